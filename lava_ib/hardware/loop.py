"""chip-in-the-loop: sums on the chip; neurons, memories and learning on the host.

Every connection of the network is a stock ``Dense`` on the chip. All else is as in the backend
``fixed``, in Processes on the host. Sums come a time step late, so layer l works one step later
than the layer below it. Whoever runs the network writes the weights back after each presentation,
by Lava's ``Var.set``: see :mod:`lava_ib.deployment.learning`.
"""

from typing import Any

from lava.magma.core.decorator import implements, tag
from lava.magma.core.process.ports.ports import OutPort

from lava_ib.hardware.chip_synapses.models import SubChipSynapsesModel
from lava_ib.hardware.chip_synapses.process import ChipSynapses
from lava_ib.hardware.host_neurons import PyLateNeurons, PyTaughtDense
from lava_ib.hardware.run_configs import Models
from lava_ib.hardware.scored_readout.models import PyScoredReadoutModel
from lava_ib.hardware.scored_readout.process import ScoredReadout
from lava_ib.processes.network.models import SubNetworkModel
from lava_ib.processes.network.process import Network
from lava_ib.processes.plastic_dense.process import PlasticDense
from lava_ib.processes.prototype_memory.models import PyPrototypeMemoryModelFixed
from lava_ib.processes.prototype_memory.process import PrototypeMemory
from lava_ib.processes.rate_layer.process import RateLayer
from lava_ib.processes.readout.process import Readout
from lava_ib.processes.sample_source.models import PySampleSourceModelFixed
from lava_ib.processes.sample_source.process import SampleSource
from lava_ib.rule.settings import Settings


def loop_steps(settings: Settings) -> int:
    """Time steps of a presentation: those of the layers, and one for each connection."""
    return settings.network.steps_per_sample + settings.hidden + 1


def synapses_of(part: str) -> str:
    """Name of the connection on the chip that has the weights of a part of the network."""
    return f"{part}_on_chip"


@implements(proc=Network)
@tag("in_the_loop")
class SubLoopNetworkModel(SubNetworkModel):
    """The network of the backend ``fixed`` with its connections on the chip."""

    readout_class: type[Readout] = ScoredReadout

    def _part(self, name: str) -> dict[str, Any]:
        shown = self.settings.network.steps_per_sample
        common = {**super()._part(name), "steps_per_sample": loop_steps(self.settings)}
        if name.startswith("dense"):
            common["shown_steps"] = shown
        if name.startswith("layer"):
            number = int(name.removeprefix("layer"))
            common["window"] = (number + 1, number + shown)
        return common

    def _sums(self, dense: PlasticDense, below: OutPort) -> OutPort:
        return self._on_chip(dense.proc_params["name"], below)

    def _read(self, shown: OutPort) -> None:
        super()._read(shown)
        self._on_chip("readout", shown).connect(self.readout.scores_in)

    def _on_chip(self, part: str, below: OutPort) -> OutPort:
        state = self.params["state"]
        exponent = state.get(f"{part}/weight_exp", [0])
        synapses = ChipSynapses(
            weights=state[f"{part}/weights"],
            exponent=int(exponent[0]),
            weight_bits=self.settings.fixed.weight_bits,
            name=synapses_of(part),
        )
        setattr(self, synapses_of(part), synapses)
        below.connect(synapses.s_in)
        return synapses.a_out


ON_HOST: Models = {
    SampleSource: PySampleSourceModelFixed,
    PlasticDense: PyTaughtDense,
    RateLayer: PyLateNeurons,
    PrototypeMemory: PyPrototypeMemoryModelFixed,
    ScoredReadout: PyScoredReadoutModel,
}
"""Processes that run on the host, with their models."""

COMPOSED: Models = {
    Network: SubLoopNetworkModel,
    ChipSynapses: SubChipSynapsesModel,
}
