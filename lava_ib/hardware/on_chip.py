"""on-chip: the network of the backend ``loihi2-sim`` with the links between host and chip.

The learning engine moves the weights of the connections between layers. Memories and readout are
on the chip, too, or all of theirs is on the host.
"""

from collections.abc import Mapping
from typing import ClassVar

from lava.magma.core.model.model import AbstractProcessModel
from lava.magma.core.process.ports.ports import OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.proc.dense.process import LearningDense

from lava_ib.hardware.composition import Link, SubLoihiNetworkModel
from lava_ib.hardware.host_link.process import MESSAGE_BITS, FromChip, ToChip
from lava_ib.hardware.margin_neurons.models import PyMarginNeuronsModel
from lava_ib.hardware.margin_neurons.process import MarginNeurons
from lava_ib.hardware.run_configs import DeployedSimConfig, Loihi2Config, Models
from lava_ib.hardware.stock_models import (
    PyGradedSource,
    PyMirroredLearningDense,
    PyThirdFactorNeurons,
)
from lava_ib.hardware.transposed_dense.models import PyTransposedDenseModel
from lava_ib.hardware.transposed_dense.process import TransposedDense
from lava_ib.processes import Network, RateLayer, SampleSource

Crossings = Mapping[Link, type[ToChip | FromChip]]


class SubOnChipNetworkModel(SubLoihiNetworkModel):
    """All but the source is on the chip."""

    crossings: ClassVar[Crossings] = {"to_layers": ToChip, "labels": ToChip}

    def _linked(self, link: Link, what: str, port: OutPort) -> OutPort:
        if link not in self.crossings:
            return port
        crossing = self.crossings[link](shape=port.shape, message_bits=MESSAGE_BITS)
        setattr(self, f"{what}_link", crossing)
        port.connect(crossing.inp)
        return crossing.out


class SubHostMemoryNetworkModel(SubOnChipNetworkModel):
    """Only layers and the connections between them are on the chip."""

    crossings: ClassVar[Crossings] = {
        "to_layers": ToChip,
        "to_memory": FromChip,
        "from_memory": ToChip,
    }


_OF_MEMORY: Models = {
    MarginNeurons: PyMarginNeuronsModel,
    TransposedDense: PyTransposedDenseModel,
}
_ON_CPU: Models = {RateLayer: PyThirdFactorNeurons, LearningDense: PyMirroredLearningDense}


def on_host(memory_on_chip: bool) -> Models:
    """Models of what is on the host, and of the network."""
    network = SubOnChipNetworkModel if memory_on_chip else SubHostMemoryNetworkModel
    models: Models = {Network: network, SampleSource: PyGradedSource}
    return models if memory_on_chip else models | _OF_MEMORY


class OnChipSimConfig(DeployedSimConfig):
    """The same network on CPU."""

    def __init__(self, memory_on_chip: bool) -> None:
        super().__init__(on_host(memory_on_chip) | _ON_CPU)


class OnChipConfig(Loihi2Config):
    """The network on the chip; the class neurons' own connections are where these are."""

    def __init__(self, memory_on_chip: bool) -> None:
        super().__init__(on_host(memory_on_chip))
        self.memory_on_chip = memory_on_chip

    def select(
        self, process: AbstractProcess, models: list[type[AbstractProcessModel]]
    ) -> type[AbstractProcessModel]:
        """Pick the model of one Process; raises InputError where there is none for the chip."""
        of_memory = isinstance(process, LearningDense) and process.name.endswith("_synapses")
        if of_memory and not self.memory_on_chip:
            return PyMirroredLearningDense
        return super().select(process, models)
