"""A whole network on the cores of a chip.

Each layer takes cores of its own, numbered from the output to the input, as Intel's compiler
prints them. What does not fit is said with the smallest change that would make it fit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from lava_ib.hardware.changes import fewer_cores, smaller_part
from lava_ib.hardware.compilers import PRESENT, Compiler
from lava_ib.hardware.layers import Layer
from lava_ib.hardware.limits import USER_CORES
from lava_ib.hardware.splitting import Excess, Split, split


@dataclass(frozen=True)
class PlacedLayer:
    """A layer on its cores.

    Attributes
    ----------
    layer : Layer
    split : Split
    first_core : int
        Number of its first core.
    outputs : int
        Output axons of a neuron.
    """

    layer: Layer
    split: Split
    first_core: int
    outputs: int

    @property
    def synapse_words(self) -> int:
        """Of the core that has the most."""
        return max(part.memory.synapses for part in self.split.parts)

    @property
    def neurons_per_core(self) -> int:
        """Of the core that has the most."""
        return max(part.neurons for part in self.split.parts)


@dataclass(frozen=True)
class Violation:
    """Something that does not fit.

    Attributes
    ----------
    layer : str
        Name of the layer.
    limit : str
        What there is too little of.
    allowed, value : int
        How much there is, and how much would be needed.
    change : str
        The smallest change that would fit.
    """

    layer: str
    limit: str
    allowed: int
    value: int
    change: str


@dataclass(frozen=True)
class Placement:
    """A network on a chip.

    Attributes
    ----------
    placed : tuple of PlacedLayer
        From output to input, without the layers that fit on no number of cores.
    violations : tuple of Violation
        None when the network fits.
    """

    placed: tuple[PlacedLayer, ...]
    violations: tuple[Violation, ...]

    @property
    def cores(self) -> int:
        """How many are taken."""
        return sum(entry.split.cores for entry in self.placed)


def place(layers: Sequence[Layer], compiler: Compiler = PRESENT) -> Placement:
    """Place a network.

    Parameters
    ----------
    layers : sequence of Layer
        From input to output; each sends to the next one.
    compiler : Compiler
    """
    placed: list[PlacedLayer] = []
    violations: list[Violation] = []
    core = 0
    for layer, outputs in reversed(list(zip(layers, _output_axons(layers), strict=True))):
        found = split(layer, compiler, outputs)
        if isinstance(found, Excess):
            change = smaller_part(layer, compiler, outputs)
            violations.append(
                Violation(layer.name, found.limit, found.allowed, found.value, change)
            )
        else:
            placed.append(PlacedLayer(layer, found, core, outputs))
            core += found.cores
    if core > USER_CORES:
        most = max(placed, key=lambda entry: entry.split.cores)
        surplus = core - USER_CORES
        change = fewer_cores(most.layer, most.split, surplus, compiler, most.outputs)
        violations.append(Violation(most.layer.name, _USER_CORES, USER_CORES, core, change))
    return Placement(tuple(placed), tuple(violations))


_USER_CORES = "user cores of the chip"


def _output_axons(layers: Sequence[Layer]) -> list[int]:
    """Of a neuron of each layer: one to a layer without geometry, and out of a dense output.

    How many lead into a convolution, and out of one at the end, is open: they are not counted.
    """
    last = 0 if layers[-1].kind == "conv" else 1
    following = [0 if after.kind == "conv" else 1 for _, after in pairwise(layers)] + [last]
    return [
        by_list if layer.targets is None else layer.targets
        for layer, by_list in zip(layers, following, strict=True)
    ]
