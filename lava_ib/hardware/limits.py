"""Memory of a Loihi 2 core, as Intel's compiler counted it in its printed tables.

The compiler has a table of registers with a limit each. Their limits, and the rules that
turn a layer into numbers of 64-bit words, were recovered from public logs of compiled networks;
each states how well it reproduces them.
"""

import math
from dataclasses import dataclass

WORD_BITS = 64

CORE_LIMITS = {
    "input axons": 16_000,
    "neurons": 4_095,
    "synapses": 16_000,
    "output axons": 16_000,
    "total": 20_000,
}
"""Words a core has, since autumn 2023; ``total`` is the sum over all registers.

Consistent with 70 distinct rows of compiler output printed in per cent.
"""

_INDEX_BITS = 12
_HEADER_BITS = 12
_PLASTIC_BITS = 16


@dataclass(frozen=True)
class CoreMemory:
    """Words of memory that something needs, all on one core.

    Attributes
    ----------
    input_axons, neurons, synapses, output_axons : int
    """

    input_axons: int = 0
    neurons: int = 0
    synapses: int = 0
    output_axons: int = 0

    @property
    def shares(self) -> dict[str, float]:
        """Multiple of what one core has, by kind of memory."""
        words = {
            "input axons": self.input_axons,
            "neurons": self.neurons,
            "synapses": self.synapses,
            "output axons": self.output_axons,
        }
        words["total"] = sum(words.values())
        return {kind: count / CORE_LIMITS[kind] for kind, count in words.items()}


def dense_words(targets: int, axons: int, weight_bits: int, plastic: bool = False) -> int:
    """Synapse words of a dense layer: each axon has a list of all its targets.

    Parameters
    ----------
    targets : int
        Neurons on the core.
    axons : int
        Inputs.
    weight_bits : int
        From :func:`weight_bits`.
    plastic : bool
        Whether the weights learn: 16 bits more each, from one published network.

    Returns
    -------
    int
        Exact for all 35 rows of compiler output whose weights are known.
    """
    return axons * list_words(targets, weight_bits, plastic)


def list_words(synapses: int, weight_bits: int, plastic: bool = False) -> int:
    """Words of the list of one axon's synapses on a core."""
    if synapses == 0:
        return 0
    bits = _INDEX_BITS + weight_bits + (_PLASTIC_BITS if plastic else 0)
    return math.ceil((synapses * bits + _HEADER_BITS) / WORD_BITS)


def convolution_words(kernel: tuple[int, int], inputs: int, channels: int, weight_bits: int) -> int:
    """Synapse words of a convolution: one copy of the kernel, without indices.

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
    """Bits that a weight takes: two's complement, 1 to 6 or 8 of them.

    Parameters
    ----------
    smallest, largest : int
        Range of the weights.
    step : int
        Largest power of two that divides them all; it is stored once, as an exponent.
    """
    low, high = smallest // step, largest // step
    bits = next(bits for bits in range(1, 17) if -(1 << bits - 1) <= low <= high < 1 << bits - 1)
    return 8 if bits == 7 else bits
