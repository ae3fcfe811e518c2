"""How layers are cut: nothing is lost, every part fits, and known layers are cut as they were."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lava_ib.hardware.compilers import COMPILERS, PRESENT
from lava_ib.hardware.layers import Layer
from lava_ib.hardware.limits import list_words
from lava_ib.hardware.memory import chunk_memory
from lava_ib.hardware.splitting import Excess, Split, split

compilers = st.sampled_from(list(COMPILERS.values()))


@st.composite
def dense_layers(draw) -> Layer:
    return Layer(
        "dense",
        draw(st.sampled_from(["dense", "sparse"])),
        neurons=draw(st.integers(1, 3_000)),
        inputs=draw(st.integers(1, 12_000)),
        weight_bits=draw(st.integers(1, 8)),
        plastic=draw(st.booleans()),
        state_words=draw(st.integers(1, 3)),
        density=draw(st.floats(0.01, 1.0)),
    )


@st.composite
def convolutions(draw) -> Layer:
    x, y, channels, inputs = (draw(st.integers(1, size)) for size in (300, 70, 300, 600))
    side = draw(st.sampled_from([1, 3, 5]))
    return Layer(
        "conv",
        "conv",
        neurons=x * y * channels,
        inputs=x * y * inputs,
        shape=(x, y, channels),
        input_shape=(x, y, inputs),
        kernel=(side, side),
        weight_bits=draw(st.integers(1, 8)),
    )


def within_limits(found: Split, limits: dict[str, int]) -> bool:
    return all(
        words <= limits[kind] for part in found.parts for kind, words in part.memory.words.items()
    )


@given(dense_layers(), compilers)
def test_runs_hold_each_neuron_once_and_fit(layer, compiler):
    found = split(layer, compiler)
    if isinstance(found, Excess):
        assert found.value > found.allowed
        one = chunk_memory(layer, 0, 1, compiler.index_bits)
        assert any(words > compiler.limits[kind] for kind, words in one.words.items())
        return
    assert sum(part.cores * part.neurons for part in found.parts) == layer.neurons
    assert within_limits(found, compiler.limits)
    assert all(part.memory.input_axons == layer.inputs for part in found.parts)
    first, *rest = [part.neurons for part in found.parts for _ in range(part.cores)]
    assert all(neurons == first for neurons in rest[:-1])
    assert rest == [] or rest[-1] <= first


@given(convolutions(), compilers)
def test_tiles_cover_the_picture_and_fit(layer, compiler):
    found = split(layer, compiler, outputs=0)
    if isinstance(found, Excess):
        assert found.value > found.allowed
        return
    (part,) = found.parts
    assert part.neurons == math.prod(found.tile)
    assert part.cores * part.neurons >= layer.neurons
    assert within_limits(found, compiler.limits)
    assert found.tile[0].bit_count() == 1
    for size, tile in zip(layer.shape[1:], found.tile[1:], strict=True):
        assert size % tile == 0 and (size // tile).bit_count() == 1


def explicit_words(layer: Layer, first: int, count: int) -> int:
    """Words of a Kronecker product, counted in the matrix itself."""
    few, many = sorted((layer.inputs, layer.neurons))
    matrix = np.kron(np.eye(few, dtype=int), np.ones((many // few, 1), dtype=int))
    matrix = matrix if layer.neurons == many else matrix.T
    lengths = matrix[first : first + count].sum(axis=0)
    return sum(list_words(int(length), layer.stored_bits) for length in lengths)


@given(st.integers(1, 12), st.integers(1, 12), st.booleans(), st.data())
def test_blocks_take_the_words_of_their_matrix(few, factor, spreads, data):
    neurons, inputs = (few * factor, few) if spreads else (few, few * factor)
    layer = Layer("s", "sparse", neurons, inputs, weight_bits=3, pattern="block")
    first = data.draw(st.integers(0, neurons - 1))
    count = data.draw(st.integers(1, neurons - first))
    assert chunk_memory(layer, first, count).synapses == explicit_words(layer, first, count)


@given(dense_layers())
def test_leaving_synapses_out_never_takes_more_words(layer):
    full = Layer("full", "dense", layer.neurons, layer.inputs, weight_bits=layer.weight_bits)
    few = Layer(
        "few", "sparse", layer.neurons, layer.inputs, weight_bits=layer.weight_bits, density=0.1
    )
    count = layer.neurons
    assert chunk_memory(few, 0, count).synapses <= chunk_memory(full, 0, count).synapses


@pytest.mark.parametrize(
    ("compiler", "neurons", "inputs", "bits", "chunk", "cores"),
    [
        ("2022", 100, 2560, 4, 9, 12),
        ("2022", 100, 2560, 3, 9, 12),
        ("2023", 1000, 1000, 1, 48, 21),
        ("2024", 128, 784, 8, 50, 3),
    ],
)
def test_known_dense_layers_are_cut_as_they_were(compiler, neurons, inputs, bits, chunk, cores):
    found = split(Layer("d", "dense", neurons, inputs, weight_bits=bits), COMPILERS[compiler])
    assert (found.parts[0].neurons, found.cores) == (chunk, cores)


def test_a_candidate_rule_says_so():
    found = split(Layer("d", "dense", 128, 784), PRESENT)
    assert "candidate" in found.basis and "D" in found.basis
    assert "candidate" not in split(Layer("d", "dense", 10, 64), PRESENT).basis


def test_older_compilers_name_targets_with_fewer_bits():
    layer = Layer("d", "dense", 200, 1)
    assert chunk_memory(layer, 0, 200, COMPILERS["2022-08"].index_bits).synapses == 57
    assert chunk_memory(layer, 0, 200).synapses == 63
