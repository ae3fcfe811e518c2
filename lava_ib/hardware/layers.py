"""What a layer of a network is, as far as its place on a chip depends on it.

A layer is a group of neurons with the connection that leads into it. It is data without
weights: numbers of neurons, shapes, and bits.
"""

import math
from dataclasses import dataclass
from typing import Literal

from lava_ib.hardware.limits import stored_bits

Kind = Literal["dense", "sparse", "conv", "neurons"]
Pattern = Literal["even", "block"]
Shape = tuple[int, int, int]


@dataclass(frozen=True)
class Layer:
    """A group of neurons and the connection into it.

    Attributes
    ----------
    name : str
    kind : {"dense", "sparse", "conv", "neurons"}
        ``neurons`` have no connection: inputs of a network.
    neurons : int
    inputs : int
        Neurons that the connection comes from; 0 without one.
    shape, input_shape : tuple of int, optional
        Width, height and channels of the neurons and of the inputs, for a convolution; ``shape``
        also for neurons that a convolution follows.
    kernel, stride, padding : tuple of int
        Of a convolution, in x and y.
    groups : int
        Of a convolution's channels. No rule is known for the memory they take: it is that of one
        without groups, which is not less.
    weight_bits : int
        1 to 8.
    plastic : bool
        Whether the weights learn on the chip.
    state_words : int
        64-bit words of state of a neuron (R10, A): 1 for LIF, CUBA LIF and sigma-delta ReLU, 2
        for S4D and PIPG neurons, 3 for Izhikevich.
    density : float
        Share of the synapses that a sparse connection has.
    pattern : {"even", "block"}
        Which ones: the same number for each input, or, as in a Kronecker product of an identity
        and a row or column of ones, each input the next run of neurons, or each neuron the next
        run of inputs.
    activity : float
        Share of the inputs that send in a time step; for time and energy only.
    neuron_ns : float, optional
        Nanoseconds that a neuron takes in a time step, where that is known.
    further : tuple of Layer
        Other connections into the same neurons, each as a dense or sparse layer.
    targets : int, optional
        Layers and host links that its neurons send to; by default the next layer of the list.
    """

    name: str
    kind: Kind
    neurons: int
    inputs: int = 0
    shape: Shape | None = None
    input_shape: Shape | None = None
    kernel: tuple[int, int] = (1, 1)
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (0, 0)
    groups: int = 1
    weight_bits: int = 8
    plastic: bool = False
    state_words: int = 1
    density: float = 1.0
    pattern: Pattern = "even"
    activity: float = 1.0
    neuron_ns: float | None = None
    further: tuple["Layer", ...] = ()
    targets: int | None = None

    @property
    def connections(self) -> tuple["Layer", ...]:
        """All connections into its neurons."""
        return (self, *self.further)

    @property
    def stored_bits(self) -> int:
        """Bits of a weight in memory."""
        return stored_bits(self.weight_bits)

    @property
    def fan_in(self) -> float:
        """Synapses of a neuron, on average; those of a convolution at its edges count in full."""
        if self.kind == "conv":
            assert self.input_shape is not None
            return math.prod(self.kernel) * self.input_shape[2] / self.groups
        if self.kind == "neurons":
            return 0
        if self.pattern == "block":
            return max(1.0, self.inputs / self.neurons)
        return self.inputs * self.density
