"""The run configs: one entry a backend, each another way to run the same network."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from lava.magma.core.model.model import AbstractProcessModel
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.run_configs import Loihi2SimCfg, RunConfig
from lava.utils import loihi

from lava_ib.errors import InputError
from lava_ib.hardware.chip import ACCESS
from lava_ib.hardware.composition import presentation_steps
from lava_ib.hardware.loihi2_sim import Loihi2SimRunConfig
from lava_ib.processes import Network
from lava_ib.processes.fused.structures import FOLD_INTERVAL
from lava_ib.rule.fixed.memory import check_maps, check_memory, nearest_arithmetic
from lava_ib.rule.fixed.settings import FixedSettings
from lava_ib.rule.memory import Features, Prototype, Window
from lava_ib.rule.settings import Settings, Timing


@dataclass(frozen=True)
class Backend:
    """One way to run a network.

    Attributes
    ----------
    name : str
        What ``--backend`` takes.
    summary : str
        What it runs and what for.
    run_config : callable
        Returns the Lava run config that picks its ProcessModels.
    timings : tuple of str
        Timing settings it can run.
    compile : callable, optional
        Takes a network's settings, compiles what is to be compiled before the run, and
        returns the seconds it took.
    grain : int
        A run that is cut after a multiple of so many samples, or at the end of a pass, goes
        on to the same bits as one that is not.
    fixed : bool
        Whether it runs integers, see :class:`lava_ib.rule.fixed.settings.FixedSettings`.
    memories : tuple of type
        Memories that it runs in integers.
    maps : bool
        Whether it runs convolutions.
    steps : callable
        Takes a network's settings and returns how many time steps of Lava a sample takes, or
        raises ValueError if it cannot run them.
    """

    name: str
    summary: str
    run_config: Callable[[], RunConfig]
    timings: tuple[Timing, ...] = ("paper", "chip")
    compile: Callable[[Settings], float] | None = None
    grain: int = 1
    fixed: bool = False
    memories: tuple[type, ...] = (Prototype, Window, Features)
    maps: bool = True
    steps: Callable[[Settings], int] = lambda settings: settings.network.steps_per_sample

    def timings_of(self, settings: Settings) -> tuple[Timing, ...]:
        """Timings that it can run of a network: with convolutions, only the paper's."""
        return ("paper",) if settings.network.convolutions else self.timings

    def settings(self, settings: Settings) -> Settings:
        """Settings as the backend runs them: with integer arithmetic, or without.

        Raises
        ------
        ValueError
            If it cannot run their timing, their memory or their convolutions.
        """
        timings = self.timings_of(settings)
        if settings.network.timing not in timings:
            raise ValueError(
                f"backend {self.name} cannot run network.timing = {settings.network.timing!r}; "
                f"it runs {', '.join(timings)}"
            )
        if not self.fixed:
            return replace(settings, fixed=None)
        maps = bool(settings.network.convolutions)
        fixed = settings.fixed or nearest_arithmetic(FixedSettings(), maps)
        try:
            if maps:
                check_maps(settings.memory, fixed, self.maps)
            check_memory(settings.memory, self.memories, maps)
        except ValueError as error:
            raise ValueError(f"backend {self.name} cannot run {error}") from None
        return replace(settings, fixed=fixed)


def _composed(tag: str) -> RunConfig:
    return Loihi2SimCfg(select_tag=tag, select_sub_proc_model=True)


def _compile_fused(settings: Settings) -> float:
    # Imported when needed: numba takes over a second, and other backends do without.
    from lava_ib.processes.fused.model import compile_loop

    return compile_loop(settings)


def _compile_fused_fixed(settings: Settings) -> float:
    from lava_ib.processes.fused.model import compile_loop
    from lava_ib.processes.fused_fixed.model import make_integer_loop

    return compile_loop(settings, make_integer_loop)


class FusedRunConfig(Loihi2SimCfg):
    """Runs a network in one ProcessModel, everything else as ``float`` or ``fixed`` does.

    Parameters
    ----------
    fixed : bool
        Whether it runs integers.
    """

    def __init__(self, fixed: bool) -> None:
        tag = "fixed_pt" if fixed else "floating_pt"
        super().__init__(select_tag=tag, select_sub_proc_model=True)
        self.fixed = fixed

    def select(
        self, process: AbstractProcess, models: list[type[AbstractProcessModel]]
    ) -> type[AbstractProcessModel]:
        """Pick the model of one Process."""
        if not isinstance(process, Network):
            return super().select(process, models)
        from lava_ib.processes.fused.model import PyFusedNetworkModel, fused_model

        if not self.fixed:
            return fused_model(process, PyFusedNetworkModel)
        from lava_ib.processes.fused_fixed.model import PyFusedFixedNetworkModel

        return fused_model(process, PyFusedFixedNetworkModel)


BACKENDS = {
    backend.name: backend
    for backend in (
        Backend(
            name="float",
            summary="one floating-point ProcessModel per Process: the reference meaning",
            run_config=partial(_composed, "floating_pt"),
        ),
        Backend(
            name="fused",
            summary="the whole network in one compiled ProcessModel: the speed of the machine",
            run_config=partial(FusedRunConfig, fixed=False),
            compile=_compile_fused,
            grain=FOLD_INTERVAL,
        ),
        Backend(
            name="fixed",
            summary="one integer ProcessModel per Process, within Loihi 2's widths",
            run_config=partial(_composed, "fixed_pt"),
            timings=("chip",),
            fixed=True,
        ),
        Backend(
            name="fused-fixed",
            summary="the integers of fixed, bit for bit, in one compiled ProcessModel",
            run_config=partial(FusedRunConfig, fixed=True),
            timings=("chip",),
            compile=_compile_fused_fixed,
            fixed=True,
        ),
        Backend(
            name="loihi2-sim",
            summary="composed of stock Lava Processes, as for the chip, on the CPU",
            run_config=Loihi2SimRunConfig,
            timings=("chip",),
            fixed=True,
            memories=(Prototype,),
            maps=False,
            steps=presentation_steps,
        ),
    )
}

CHIP = "loihi2"
"""Not one that trains a run here: a chip is reached by ``lava-ib deploy``."""


def check_backend(name: object) -> None:
    """Refuse what is no backend here.

    Raises
    ------
    InputError
        For the chip, with the way to it.
    """
    if name == CHIP:
        way = (
            "the chip trains a run's network by lava-ib deploy RUN --mode chip-in-the-loop"
            if loihi.is_installed()
            else ACCESS
        )
        raise InputError(f"backend {CHIP!r}: {way}")
    if name not in BACKENDS:
        raise InputError(f"backend {name!r}: expected one of {', '.join(BACKENDS)}")


def backend_named(backend: str | Backend) -> Backend:
    """An entry of :data:`BACKENDS` by its name; a backend of someone else's is what it is."""
    return BACKENDS[backend] if isinstance(backend, str) else backend
