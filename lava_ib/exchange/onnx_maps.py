"""ONNX of networks with convolutions, from raw pictures to class scores."""

from typing import Any

import numpy as np

from lava_ib.exchange.maps import MapLayer, MapNetwork, PictureSteps

_SMALLEST = 1e-30
"""Norms of nothing are replaced by this, so that nothing stays nothing."""


class Graph:
    """Nodes and constants of an ONNX graph, as they are added one after the other.

    Parameters
    ----------
    helper, numpy_helper
        Modules of the package ``onnx``.
    """

    def __init__(self, helper: Any, numpy_helper: Any) -> None:
        self.helper, self.numpy_helper = helper, numpy_helper
        self.nodes: list[Any] = []
        self.arrays: list[Any] = []

    def constant(self, value: Any, kind: type = np.float32) -> str:
        """Name of a new constant."""
        name = f"constant{len(self.arrays)}"
        self.arrays.append(self.numpy_helper.from_array(np.asarray(value, kind), name))
        return name

    def add(self, kind: str, *operands: Any, name: str | None = None, **attributes: Any) -> str:
        """Append a node; operands are names or constants. Returns the name of its output."""
        names = [
            operand if isinstance(operand, str) else self.constant(operand) for operand in operands
        ]
        name = name or f"{kind}{len(self.nodes)}"
        self.nodes.append(self.helper.make_node(kind, names, [name], **attributes))
        return name


def map_nodes(graph: Graph, network: MapNetwork) -> None:
    """Append a network's nodes, from the input ``x`` to ``scores``."""
    shape = graph.constant([-1, *network.image], np.int64)
    a = graph.add("Transpose", graph.add("Reshape", "x", shape), perm=[0, 3, 1, 2])
    if network.steps is not None:
        a = _prepared(graph, a, network.steps)
    offset = network.offset.reshape(network.image).transpose(2, 0, 1)
    a = graph.add("Sub", graph.add("Mul", a, network.scale), offset)
    for layer in network.layers[:-1]:
        a = _passed_on(graph, _pooled(graph, a, layer), layer.channel_mean)
    p = _pooled(graph, a, network.layers[-1])
    across, along = network.cells
    cells = graph.add("MatMul", graph.add("MatMul", across, p), along.T)
    summary = graph.add("Flatten", graph.add("Transpose", cells, perm=[0, 2, 3, 1]))
    centred = graph.add("Sub", summary, network.summary_mean)
    norm = graph.add("ReduceL2", centred, axes=[1])
    z = graph.add("Div", centred, graph.add("Max", norm, _SMALLEST))
    graph.add("Gemm", z, network.readout, transB=1, name="scores")


def _pooled(graph: Graph, a: str, layer: MapLayer) -> str:
    # Turned back: ONNX slides its kernels over the map as they are.
    kernels = layer.weights[:, ::-1, ::-1].transpose(0, 3, 1, 2)
    strides, pads = [layer.stride] * 2, [layer.padding] * 4
    rates = graph.add("Relu", graph.add("Conv", a, kernels, strides=strides, pads=pads))
    sides = [layer.pool] * 2
    return graph.add("AveragePool", rates, kernel_shape=sides, strides=sides)


def _passed_on(graph: Graph, p: str, channel_mean: np.ndarray) -> str:
    centred = graph.add("Sub", p, channel_mean[:, None, None])
    return graph.add("Div", centred, graph.add("Max", _root_mean_square(graph, centred), _SMALLEST))


def _root_mean_square(graph: Graph, a: str) -> str:
    square = graph.add("Mul", a, a)
    return graph.add("Sqrt", graph.add("ReduceMean", square, axes=[1, 2, 3]))


def _prepared(graph: Graph, a: str, steps: PictureSteps) -> str:
    a = graph.add("Sub", a, steps.channel_mean[:, None, None])
    a = _normalised(graph, a, steps.smallest_deviation)
    if steps.whitening is not None:
        edge = len(steps.whitening) // 2
        pads = graph.constant([0, 0, edge, edge] * 2, np.int64)
        mirrored = graph.add("Pad", a, pads, mode="reflect")
        a = graph.add("Conv", mirrored, steps.whitening.transpose(3, 2, 0, 1))
        a = _normalised(graph, a, steps.smallest_deviation)
    return a


def _normalised(graph: Graph, a: str, smallest_deviation: float | None) -> str:
    if smallest_deviation is None:
        return a
    centred = graph.add("Sub", a, graph.add("ReduceMean", a, axes=[1, 2, 3]))
    deviation = _root_mean_square(graph, centred)
    return graph.add("Div", centred, graph.add("Max", deviation, smallest_deviation))
