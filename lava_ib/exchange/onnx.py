"""ONNX: the same sums in the same order, so nothing is lost but the digits of float32.

One input ``x`` of shape (samples, n), raw as the data set has it; one output ``scores``.
"""

from pathlib import Path

import numpy as np

from lava_ib.errors import InputError
from lava_ib.exchange.network import DenseNetwork, Metadata

_OPSET, _IR_VERSION = 13, 8
"""Of 2020: every runtime in use reads them, and a network of Gemm and Relu needs no more."""


def write_onnx(network: DenseNetwork, inputs: np.ndarray, metadata: Metadata, path: Path) -> None:
    """Write an ONNX model.

    Parameters
    ----------
    network : DenseNetwork
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

    nodes, arrays, name = [], [], "x"
    for number, matrix in enumerate(network.weights, 1):
        last = number == len(network.weights)
        operands, target = [name, f"weights{number}"], "scores" if last else f"u{number}"
        arrays.append(numpy_helper.from_array(matrix.astype(np.float32), operands[1]))
        if number == 1:
            arrays.append(numpy_helper.from_array(network.bias.astype(np.float32), "bias"))
            operands.append("bias")
        nodes.append(helper.make_node("Gemm", operands, [target], transB=1))
        if not last:
            name = f"rates{number}"
            nodes.append(helper.make_node("Relu", [target], [name]))
    ends = [
        helper.make_tensor_value_info(end, TensorProto.FLOAT, ["samples", size])
        for end, size in (("x", network.sizes[0]), ("scores", network.sizes[-1]))
    ]
    graph = helper.make_graph(nodes, "lava_ib", ends[:1], ends[1:], arrays)
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR_VERSION
    )
    helper.set_model_props(model, metadata)
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())
