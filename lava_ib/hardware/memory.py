"""Words of memory that a part of a layer takes on its core.

A part is either a run of neurons, of a layer without geometry, or a tile of width, height and
channels. Input axons count in full on each core of a split layer, also those without a target
there (R8, A).
"""

import math

from lava_ib.hardware.layers import Layer, Shape
from lava_ib.hardware.limits import (
    INDEX_BITS,
    CoreMemory,
    convolution_words,
    dense_words,
    list_words,
)


def chunk_memory(
    layer: Layer, first: int, count: int, index_bits: int = INDEX_BITS, outputs: int = 1
) -> CoreMemory:
    """Words of a run of neurons of a dense or sparse layer, or of neurons without connection.

    Parameters
    ----------
    layer : Layer
    first, count : int
        The run.
    index_bits : int
        Of :class:`~lava_ib.hardware.compilers.Compiler`.
    outputs : int
        Output axons of a neuron: one for each dense or sparse layer that it leads to, even if
        that one is split (R10, A). Those into a convolution are an open point: 0.
    """
    return CoreMemory(
        input_axons=sum(connection.inputs for connection in layer.connections),
        neurons=count * layer.state_words,
        synapses=sum(
            _synapse_words(connection, first, count, index_bits) for connection in layer.connections
        ),
        output_axons=count * outputs,
        neuron_groups=1,
    )


def tile_memory(layer: Layer, tile: Shape, outputs: int = 1) -> CoreMemory:
    """Words of a tile of a convolution, or of neurons in the shape of a picture.

    A tile that reaches over the edge is charged in full, as that of PilotNet's last convolution
    was (R5). The compiler printed one or two input axons a core; here it is one, and those of other
    connections into the same neurons, whose lists are as in :func:`chunk_memory`.
    """
    neurons = math.prod(tile)
    words = sum(_synapse_words(other, 0, neurons, INDEX_BITS) for other in layer.further)
    if layer.kind == "conv":
        assert layer.input_shape is not None
        channels = layer.input_shape[2]
        words += convolution_words(layer.kernel, channels, tile[2], layer.stored_bits)
    return CoreMemory(
        input_axons=1 + sum(other.inputs for other in layer.further),
        neurons=neurons * layer.state_words,
        synapses=words,
        output_axons=neurons * outputs,
        neuron_groups=1,
    )


def _synapse_words(layer: Layer, first: int, count: int, index_bits: int) -> int:
    """Zeros are kept in a dense connection, and left out of a sparse one (R1, A)."""
    bits = layer.stored_bits
    if layer.kind == "neurons":
        return 0
    if layer.kind == "dense":
        return dense_words(count, layer.inputs, bits, layer.plastic, index_bits)
    lengths = _block(layer, first, count) if layer.pattern == "block" else _even(layer, count)
    return sum(
        lists * list_words(length, bits, layer.plastic, index_bits) for length, lists in lengths
    )


def _even(layer: Layer, count: int) -> list[tuple[int, int]]:
    """Lengths of the lists, and how many have them, as even as can be.

    An assumption: how the synapses of a real sparse matrix lie is not told.
    """
    synapses = round(layer.inputs * count * layer.density)
    lists = min(layer.inputs, synapses)
    length, longer = divmod(synapses, lists) if lists else (0, 0)
    return [(length + 1, longer), (length, lists - longer)]


def _block(layer: Layer, first: int, count: int) -> list[tuple[int, int]]:
    """Whole runs of targets between the first and the last one, which may be cut."""
    if layer.inputs >= layer.neurons:
        return [(1, count * (layer.inputs // layer.neurons))]
    run = layer.neurons // layer.inputs
    head = min(count, -first % run)
    whole, tail = divmod(count - head, run)
    return [(head, 1), (run, whole), (tail, 1)]
