"""Run configs of the graph that is deployed: the chip, and the same graph on CPU.

Lava's own ``Loihi2HwCfg`` takes a Python model where a Process has none for the chip, and says
nothing. Here only what belongs on the host may run there.
"""

from collections.abc import Iterable

from lava.magma.compiler.compiler_graphs import ProcGroupDiGraphs
from lava.magma.core.model.model import AbstractProcessModel
from lava.magma.core.model.py.model import AbstractPyProcessModel
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.run_configs import Loihi2HwCfg, Loihi2SimCfg
from lava.proc.io.sink import PyReceiveModelFixed
from lava.proc.io.sink import RingBuffer as Sink
from lava.proc.io.source import PySendModelFixed
from lava.proc.io.source import RingBuffer as Source
from lava.proc.sdn.models import PyDeltaModelFixed
from lava.proc.sdn.process import Delta

from lava_ib.errors import InputError
from lava_ib.hardware.host_link.models import (
    NxFromChipModel,
    NxToChipModel,
    PyFromChipModel,
    PyToChipModel,
)
from lava_ib.hardware.host_link.process import FromChip, ToChip

Models = dict[type[AbstractProcess], type[AbstractProcessModel]]

ON_HOST: Models = {Source: PySendModelFixed, Delta: PyDeltaModelFixed, Sink: PyReceiveModelFixed}
"""Processes of the inference graph that run on the host, with their models."""


class Loihi2Config(Loihi2HwCfg):
    """Runs every Process on the chip but those that belong on the host.

    Parameters
    ----------
    chosen : mapping
        Models of the Processes on the host, and of those that are made of others.
    """

    def __init__(self, chosen: Models = ON_HOST) -> None:
        adapters: Models = {ToChip: NxToChipModel, FromChip: NxFromChipModel}
        super().__init__(select_sub_proc_model=True, exception_proc_model_map=chosen | adapters)

    def check(self, processes: Iterable[tuple[str, AbstractProcess]]) -> None:
        """Refuse a network before anything starts.

        Parameters
        ----------
        processes : iterable of (str, AbstractProcess)
            Each with the name to call it by.

        Raises
        ------
        InputError
            With the names of all Processes that have no model for the chip.
        """
        missing = []
        for name, process in processes:
            try:
                self.select(process, ProcGroupDiGraphs._find_proc_models(process))
            except InputError:
                missing.append((name, process))
        if missing:
            raise _without_model(missing)

    def select(
        self, process: AbstractProcess, models: list[type[AbstractProcessModel]]
    ) -> type[AbstractProcessModel]:
        """Pick the model of one Process; raises InputError where there is none for the chip."""
        if type(process) in self.exception_proc_model_map or self._belongs_to_extension(process):
            return super().select(process, models)
        # First: without the extension Lava's own choice among several ends in a NameError.
        if not all(issubclass(model, AbstractPyProcessModel) for model in models):
            chosen = super().select(process, models)
            if not issubclass(chosen, AbstractPyProcessModel):
                return chosen
        raise _without_model([(process.name, process)])

    @staticmethod
    def _belongs_to_extension(process: AbstractProcess) -> bool:
        """Adapters have a part on the host, which the extension places itself."""
        return type(process).__module__.startswith("lava.proc.embedded_io")


def _without_model(processes: list[tuple[str, AbstractProcess]]) -> InputError:
    names = ", ".join(f"{name} ({type(process).__name__})" for name, process in processes)
    return InputError(
        f"no model for Loihi 2: {names}; Lava would run Python models on the host instead, and say "
        "nothing"
    )


class DeployedSimConfig(Loihi2SimCfg):
    """The same graph on CPU, in the fixed point of Lava's stock models; `chosen` as above."""

    def __init__(self, chosen: Models = ON_HOST) -> None:
        adapters: Models = {ToChip: PyToChipModel, FromChip: PyFromChipModel}
        super().__init__(select_tag="fixed_pt", exception_proc_model_map=chosen | adapters)
