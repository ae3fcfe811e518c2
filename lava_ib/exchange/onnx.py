"""ONNX: the same sums in the same order, so nothing is lost but the digits of float32.

One input ``x`` of shape (samples, n), raw as the data set has it; one output ``scores``.
"""

from pathlib import Path

import numpy as np

from lava_ib.errors import InputError
from lava_ib.exchange.maps import MapNetwork
from lava_ib.exchange.network import DenseNetwork, Metadata
from lava_ib.exchange.onnx_maps import Graph, map_nodes

_OPSET, _IR_VERSION = 13, 8
"""Of 2020: every runtime in use reads them, and these networks need no more."""


def write_onnx(
    network: DenseNetwork | MapNetwork, inputs: np.ndarray, metadata: Metadata, path: Path
) -> None:
    """Write an ONNX model.

    Parameters
    ----------
    network : DenseNetwork or MapNetwork
    inputs : ndarray
        Not needed for this format.
    metadata : dict of str to str
        Goes into the model's ``metadata_props``.
    path : Path

    Raises
    ------
    InputError
        If the package ``onnx`` is not installed.
    """
    try:
        import onnx
        from onnx import TensorProto, helper, numpy_helper
    except ModuleNotFoundError:
        raise InputError(
            "--format onnx: the package onnx is not installed; pip install 'lava-ib[onnx]'"
        ) from None

    built = Graph(helper, numpy_helper)
    if isinstance(network, MapNetwork):
        map_nodes(built, network)
    else:
        _dense_nodes(built, network)
    ends = [
        helper.make_tensor_value_info(end, TensorProto.FLOAT, ["samples", size])
        for end, size in (("x", network.sizes[0]), ("scores", network.sizes[-1]))
    ]
    graph = helper.make_graph(built.nodes, "lava_ib", ends[:1], ends[1:], built.arrays)
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR_VERSION
    )
    helper.set_model_props(model, metadata)
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())


def _dense_nodes(graph: Graph, network: DenseNetwork) -> None:
    first, *others = network.weights
    a = graph.add("Gemm", "x", first, network.bias, transB=1)
    for number, matrix in enumerate(others, 1):
        name = "scores" if number == len(others) else None
        a = graph.add("Gemm", graph.add("Relu", a), matrix, transB=1, name=name)
