"""Memory of a Loihi 2 core, as Intel's compiler counted it in its printed tables.

The compiler has a table of registers with a limit each. Their limits, and the rules that
turn a layer into numbers of 64-bit words, were recovered from public logs of compiled networks;
each states how well it reproduces them. R1 to R13 name the rules, A to D how sure they are:
``docs/deploy.md`` has the list.
"""

import math
from dataclasses import dataclass

WORD_BITS = 64

CORE_LIMITS = {
    "input axons": 16_000,
    "neuron groups": 8,
    "neurons": 4_095,
    "synapses": 16_000,
    "output axons": 16_000,
    "axon memory": 16_000,
    "total": 20_000,
}
"""Words a core has, since autumn 2023; ``total`` is the sum over all registers.

R4 (A): consistent with 70 distinct rows of compiler output printed in per cent.
"""

USER_CORES = 120
"""Cores of a Loihi 2 chip that networks may use, by the profile script of Intel's YOLO-KP."""

POOL_WORDS = 20_504
"""Physical memory of a core, and of it in use on an otherwise empty core, in words: R5 (A),
fitted to the memory bars of Intel's profiler for 13 kinds of core of the two PilotNets. The base
is not the same for all programs (D): YOLO's fullest core would exceed the pool by 1 %."""
BASE_WORDS = 3_146

INDEX_BITS = 12
_HEADER_BITS = 12
_PLASTIC_BITS = 16


@dataclass(frozen=True)
class CoreMemory:
    """Words of memory that something needs, all on one core.

    Attributes
    ----------
    input_axons, neurons, synapses, output_axons, axon_memory, neuron_groups : int
        The registers of the compiler's table; ``neurons`` are words of state.
    """

    input_axons: int = 0
    neurons: int = 0
    synapses: int = 0
    output_axons: int = 0
    axon_memory: int = 0
    neuron_groups: int = 0

    @property
    def words(self) -> dict[str, int]:
        """Words by kind of memory, and their plain sum as ``total`` (R4, A)."""
        words = {
            "input axons": self.input_axons,
            "neuron groups": self.neuron_groups,
            "neurons": self.neurons,
            "synapses": self.synapses,
            "output axons": self.output_axons,
            "axon memory": self.axon_memory,
        }
        return words | {"total": sum(words.values())}

    @property
    def shares(self) -> dict[str, float]:
        """Multiple of what one core has, by kind of memory."""
        return {kind: count / CORE_LIMITS[kind] for kind, count in self.words.items()}

    @property
    def fraction(self) -> float:
        """Fraction of the core's physical memory in use, as the profiler's bars show it (R5)."""
        return (BASE_WORDS + self.words["total"]) / POOL_WORDS


def dense_words(
    targets: int,
    axons: int,
    weight_bits: int,
    plastic: bool = False,
    index_bits: int = INDEX_BITS,
) -> int:
    """Synapse words of a dense layer: each axon has a list of all its targets (R1, A).

    Parameters
    ----------
    targets : int
        Neurons on the core.
    axons : int
        Inputs.
    weight_bits : int
        From :func:`weight_bits`.
    plastic : bool
        Whether the weights learn: 16 bits more each (R3, A-: from one published network).
    index_bits : int
        Of a target: 12, and 10 before about September 2022 (R2, B).

    Returns
    -------
    int
        Exact for all 35 rows of compiler output whose weights are known.
    """
    return axons * list_words(targets, weight_bits, plastic, index_bits)


def list_words(
    synapses: int, weight_bits: int, plastic: bool = False, index_bits: int = INDEX_BITS
) -> int:
    """Words of the list of one axon's synapses on a core."""
    if synapses == 0:
        return 0
    bits = index_bits + weight_bits + (_PLASTIC_BITS if plastic else 0)
    return math.ceil((synapses * bits + _HEADER_BITS) / WORD_BITS)


def convolution_words(kernel: tuple[int, int], inputs: int, channels: int, weight_bits: int) -> int:
    """Synapse words of a convolution: one copy of the kernel, without indices (R6, A).

    Parameters
    ----------
    kernel : tuple of int
        Width and height.
    inputs : int
        Input channels.
    channels : int
        Output channels on the core; they are stored in parts that are powers of two.
    weight_bits : int

    Returns
    -------
    int
        Exact for the ten convolutions of PilotNet, whose weights are known.
    """
    parts = [1 << bit for bit in range(channels.bit_length()) if channels >> bit & 1]
    words = sum(math.ceil((part * weight_bits + _HEADER_BITS) / WORD_BITS) for part in parts)
    return kernel[0] * kernel[1] * inputs * words


def weight_bits(smallest: int, largest: int, step: int = 1) -> int:
    """Bits that a weight takes.

    Parameters
    ----------
    smallest, largest : int
        Range of the weights.
    step : int
        Largest power of two that divides them all; it is stored once, as an exponent.

    Returns
    -------
    int
        Width in two's complement (R1, A). Weights that are never negative have no sign bit: 0
        or 9 take 4 bits, and 1 takes one, in the printed rows of lava-dl's S4D networks.
    """
    low, high = smallest // step, largest // step
    if low < 0:
        return stored_bits(1 + max(high, ~low).bit_length())
    return stored_bits(max(high, 1).bit_length())


def stored_bits(bits: int) -> int:
    """Bits of a weight as stored: 7 are raised to 8 (R1, seen in one layer only)."""
    return 8 if bits == 7 else bits
