"""Words of memory, against rows that Intel's compiler printed for networks with known weights."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lava_ib.hardware.limits import (
    CORE_LIMITS,
    CoreMemory,
    convolution_words,
    dense_words,
    list_words,
    weight_bits,
)

# targets on the core, axons, weight bits, plastic, printed words
DENSE = {
    "pilotnet sdnn, dense 1": (1, 10, 4, False, 10),
    "pilotnet sdnn, dense 10": (10, 50, 5, False, 150),
    "pilotnet sdnn, dense 50": (50, 100, 6, False, 1500),
    "pilotnet lif, dense 50": (50, 100, 4, False, 1300),
    "mnist, 64 to 10": (10, 64, 8, False, 256),
    "mnist, 128 to 64": (64, 128, 8, False, 2688),
    "mnist, 784 to 50 of 128": (50, 784, 8, False, 12_544),
    "em-stdp, plastic 200 to 100": (100, 200, 8, True, 11_400),
}
# kernel, input channels, output channels, weight bits, printed words
CONVOLUTIONS = {
    "pilotnet sdnn, conv 1": ((3, 3), 3, 24, 6, 81),
    "pilotnet sdnn, conv 2": ((3, 3), 24, 36, 5, 864),
    "pilotnet sdnn, conv 3": ((3, 3), 36, 48, 4, 1620),
    "pilotnet sdnn, conv 4": ((3, 3), 48, 64, 5, 2592),
    "pilotnet sdnn, conv 5": ((3, 3), 64, 64, 4, 2880),
    "pilotnet lif, conv 4": ((3, 3), 48, 64, 4, 2160),
}


@pytest.mark.parametrize("row", DENSE.values(), ids=DENSE.keys())
def test_dense_layers_take_the_words_that_the_compiler_printed(row):
    targets, axons, bits, plastic, printed = row
    assert dense_words(targets, axons, bits, plastic) == printed


@pytest.mark.parametrize("row", CONVOLUTIONS.values(), ids=CONVOLUTIONS.keys())
def test_convolutions_take_the_words_that_the_compiler_printed(row):
    kernel, inputs, channels, bits, printed = row
    assert convolution_words(kernel, inputs, channels, bits) == printed


@pytest.mark.parametrize(
    ("smallest", "largest", "step", "bits"),
    [
        (-98, 130, 2, 8),
        (-30, 34, 2, 6),
        (-16, 14, 2, 4),
        (-14, 16, 2, 5),
        (0, 9, 1, 4),
        (1, 1, 1, 1),
        (-64, 0, 1, 8),
    ],
)
def test_weight_bits_of_known_layers(smallest, largest, step, bits):
    assert weight_bits(smallest, largest, step) == bits


@given(st.integers(-128, 0), st.integers(0, 127))
def test_weight_bits_hold_both_ends_and_are_never_seven(smallest, largest):
    bits = weight_bits(smallest, largest)
    if smallest < 0:
        assert -(2 ** (bits - 1)) <= smallest and largest < 2 ** (bits - 1)
    assert 0 <= largest < 2**bits
    assert bits in {1, 2, 3, 4, 5, 6, 8}


@given(st.integers(1, 4096), st.sampled_from([1, 4, 8]), st.booleans())
def test_a_list_is_never_smaller_than_its_bits(synapses, bits, plastic):
    words = list_words(synapses, bits, plastic)
    assert words == math.ceil((synapses * (12 + bits + 16 * plastic) + 12) / 64)
    assert list_words(0, bits, plastic) == 0


def test_shares_are_of_each_limit_and_of_the_sum():
    memory = CoreMemory(input_axons=1600, neurons=4095, synapses=8000, output_axons=0)
    assert memory.shares == {
        "input axons": 0.1,
        "neuron groups": 0.0,
        "neurons": 1.0,
        "synapses": 0.5,
        "output axons": 0.0,
        "axon memory": 0.0,
        "total": 13_695 / CORE_LIMITS["total"],
    }
