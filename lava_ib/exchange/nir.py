"""NIR: the rectifier becomes an integrate-and-fire neuron, and a rate a number of spikes.

NIR 1.0 has no rectifier. An integrate-and-fire neuron with subtractive reset fires, over T steps
of a constant input, as often as a rectifier's value says, to within one spike; the longer, the
closer. That holds while no neuron would have to fire more than once a step, so each layer is scaled
until its largest activity on training samples is its threshold (Diehl et al., Fast-classifying,
high-accuracy spiking deep networks through weight and threshold balancing, IJCNN 2015; Rueckauer
et al., Front. Neurosci. 11:682, 2017).
"""

from itertools import pairwise
from pathlib import Path

import h5py
import nir
import numpy as np

from lava_ib.errors import InputError
from lava_ib.exchange.network import DenseNetwork, Metadata, chained

PERCENTILE = 99.9
"""Share of a layer's activities, in per cent, that one spike a step has to suffice for: the few
larger ones saturate, and all others get finer steps (Rueckauer et al. 2017)."""


def write_nir(network: DenseNetwork, inputs: np.ndarray, metadata: Metadata, path: Path) -> None:
    """Write a NIR graph.

    Its input is a sample as the data set has it, at every time step; the class is the largest of
    the sums over time of its output.

    Parameters
    ----------
    network : DenseNetwork
    inputs : ndarray, shape (samples, n)
        Training samples that the thresholds are balanced on.
    metadata : dict of str to str
        Goes into the graph's ``metadata``.
    path : Path
    """
    nodes: dict[str, nir.NIRNode] = {"input": nir.Input({"input": np.array([network.sizes[0]])})}
    before = 1.0
    *hidden, _ = network.activities(inputs)
    for number, (matrix, rates) in enumerate(zip(network.weights, [*hidden, None], strict=True), 1):
        largest = 1.0 if rates is None else float(np.percentile(rates, PERCENTILE)) or 1.0
        weights = (matrix * (before / largest)).astype(np.float32)
        # An Affine everywhere, since not every simulator reads a Linear.
        bias = network.bias / largest if number == 1 else np.zeros(len(matrix))
        nodes[f"dense{number}"] = nir.Affine(weights, bias.astype(np.float32))
        if rates is not None:
            ones = np.ones(len(matrix), dtype=np.float32)
            nodes[f"layer{number}"] = nir.IF(r=ones, v_threshold=ones)
        before = largest
    nodes["output"] = nir.Output({"output": np.array([network.sizes[-1]])})
    names = list(nodes)
    graph = nir.NIRGraph(nodes, list(pairwise(names)), metadata={**metadata})
    nir.write(str(path), graph)
    _leave_out_reset(path)


def _leave_out_reset(path: Path) -> None:
    """Remove a field that NIR before 1.0.6 does not read, and that is 0 where it is missing."""
    with h5py.File(path, "r+") as file:
        for node in file["node/nodes"].values():
            if "v_reset" in node:
                del node["v_reset"]


def read_nir(path: Path) -> DenseNetwork:
    """Read a chain of dense layers and neurons with thresholds.

    Raises
    ------
    InputError
        If the file is no NIR graph, or holds more than that.
    """
    try:
        graph = nir.read(str(path))
        order = _chain(graph)
    except (OSError, KeyError, ValueError, TypeError, AssertionError, AttributeError) as error:
        raise InputError(f"{path}: not a NIR graph of dense layers ({error})") from None
    weights: list[np.ndarray] = []
    biases: list[np.ndarray] = []
    for node in order:
        if isinstance(node, nir.Affine | nir.Linear):
            weights.append(np.asarray(node.weight, dtype=float))
            biases.append(np.asarray(getattr(node, "bias", np.zeros(len(node.weight))), float))
        elif isinstance(node, nir.IF):
            # One spike says as much as the threshold over the neuron's resistance.
            size = np.asarray(node.v_threshold / node.r, dtype=float)
            weights[-1] = weights[-1] / np.reshape(size, (-1, 1))
            biases[-1] = biases[-1] / size
        elif not isinstance(node, nir.Input | nir.Output | nir.Flatten | nir.Threshold):
            raise InputError(
                f"{path}: holds a node of type {type(node).__name__}; expected Affine, Linear, IF"
            )
    return chained(path, weights, biases)


def _chain(graph: nir.NIRGraph) -> list[nir.NIRNode]:
    """Nodes from input to output, of a graph without branches."""
    after = dict(graph.edges)
    if len(after) != len(graph.edges):
        raise ValueError("it branches")
    (name,) = (name for name, node in graph.nodes.items() if isinstance(node, nir.Input))
    found: list[nir.NIRNode] = []
    while name is not None and len(found) <= len(graph.nodes):
        found.append(graph.nodes[name])
        name = after.get(name)
    return found
