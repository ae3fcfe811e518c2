"""Layers of any Lava Process and all that is connected to it.

A layer is a Process of neurons with the connections into it, hierarchies expanded as for stock
Lava's fixed point. What neither has weights nor is neurons stays on the host.
"""

from collections import defaultdict
from dataclasses import replace
from typing import Any

import networkx
import numpy as np

from lava_ib.errors import InputError
from lava_ib.hardware.layers import Layer
from lava_ib.inspection.cost import bits_of, kind_of, weights_of
from lava_ib.inspection.expansion import Expanded, expand
from lava_ib.inspection.inspector import process_from
from lava_ib.inspection.isolation import apart
from lava_ib.inspection.reading import read_connections, unique_names
from lava_ib.inspection.run_configs import RUN_CONFIGS

_STATE_WORDS = {"Izhikevich": 3, "S4d": 2, "SigmaS4dDelta": 2} | dict.fromkeys(
    ("LIF", "LIFReset", "Sigma", "Delta", "SigmaDelta", "GradedVec", "GradedReluVec"), 1
)
"""Words of state of a neuron by class (R10); of others, one is assumed."""

_HOST_MODULES = ("lava.proc.io", "lava.proc.monitor")


def process_layers(target: str) -> tuple[list[Layer], tuple[str, ...]]:
    """Read a network from a function that makes a Process.

    Parameters
    ----------
    target : str
        ``module:function``.

    Returns
    -------
    list of Layer
        From input to output.
    tuple of str
        What could not be read.

    Raises
    ------
    InputError
        If there is no such function, or what it makes has no neurons.
    """
    return apart(lambda: _read(target))


def _read(target: str) -> tuple[list[Layer], tuple[str, ...]]:
    entries = expand(process_from(target), RUN_CONFIGS["fixed_pt"]())
    names = unique_names(entries)
    leaves = {names[entry.process.id]: entry for entry in entries if not entry.hierarchical}
    network = _Network(leaves, read_connections(entries, names))
    if not network.neurons:
        raise InputError(f"{target}: no Process of neurons in it")
    layers = [network.layer(name) for name in network.order()]
    return layers, tuple(network.notes)


class _Network:
    """Neurons, and the connections between them."""

    def __init__(self, leaves: dict[str, Expanded], links: Any) -> None:
        self.leaves = leaves
        self.notes: list[str] = []
        self.weighted = {name for name, leaf in leaves.items() if weights_of(leaf.process)}
        self.neurons = [name for name in leaves if self._is_neurons(name)]
        self.into: dict[str, list[str]] = defaultdict(list)
        self.sources: dict[str, list[str]] = defaultdict(list)
        self.sends: dict[str, set[str]] = defaultdict(set)
        for link in links:
            if link.target_port.startswith("s_in_"):  # traces of a learning connection
                continue
            self.sends[link.source].add(link.target)
            if link.source in self.weighted:
                self.into[link.target].append(link.source)
            elif link.target in self.weighted:
                self.sources[link.target].append(link.source)

    def _is_neurons(self, name: str) -> bool:
        process = self.leaves[name].process
        if name in self.weighted or type(process).__module__.startswith(_HOST_MODULES):
            return False
        return kind_of(process) == "neurons"

    def order(self) -> list[str]:
        """Neurons from input to output; those of a cycle in the order in which they were made."""
        graph = networkx.DiGraph()
        graph.add_nodes_from(self.neurons)
        for name in self.neurons:
            for connection in self.into[name]:
                for source in self.sources[connection]:
                    if source in self.neurons:
                        graph.add_edge(source, name)
        parts = networkx.condensation(graph)
        return [
            name
            for part in networkx.topological_sort(parts)
            for name in sorted(parts.nodes[part]["members"], key=self.neurons.index)
        ]

    def layer(self, name: str) -> Layer:
        """Neurons with all connections into them."""
        process = self.leaves[name].process
        shape = tuple(int(size) for size in process.out_ports.members[0].shape)
        words = _STATE_WORDS.get(type(process).__name__)
        if words is None:
            self.notes.append(f"{name}: one word of state is assumed of {type(process).__name__}")
        alone = Layer(name, "neurons", int(np.prod(shape)), shape=_picture(shape))
        first, *others = [self._connection(each) for each in self.into[name]] or [alone]
        if any(other.kind == "conv" for other in (first, *others)) and others:
            raise InputError(f"{name}: a convolution beside other connections: no rule is known")
        return replace(
            first,
            name=name,
            state_words=words or 1,
            further=tuple(others),
            targets=self._targets(name, first.kind == "conv"),
        )

    def _connection(self, name: str) -> Layer:
        process = self.leaves[name].process
        weights = weights_of(process)
        bits = bits_of(weights.init)
        if weights.name == "weight":
            return self._convolution(name, process, bits)
        neurons, inputs = (int(size) for size in weights.shape)
        plastic = process.proc_params._parameters.get("learning_rule") is not None
        if hasattr(weights.init, "nnz"):
            density = weights.init.nnz / (neurons * inputs)
            return Layer(
                name,
                "sparse",
                neurons,
                inputs=inputs,
                weight_bits=bits,
                plastic=plastic,
                density=max(density, 1.0 / (neurons * inputs)),
            )
        return Layer(name, "dense", neurons, inputs=inputs, weight_bits=bits, plastic=plastic)

    def _convolution(self, name: str, process: Any, bits: int) -> Layer:
        given = process.proc_params._parameters
        _, width, height, _ = (int(size) for size in process.weight.shape)
        before, after = process.s_in.shape, process.a_out.shape
        if given.get("groups", 1) != 1 or np.any(np.asarray(given.get("dilation", 1)) != 1):
            raise InputError(f"{name}: groups or dilation, which no rule is known for")
        return Layer(
            name,
            "conv",
            int(np.prod(after)),
            inputs=int(np.prod(before)),
            shape=_picture(after),
            input_shape=_picture(before),
            kernel=(width, height),
            weight_bits=bits,
        )

    def _targets(self, name: str, convolution: bool) -> int:
        """Dense and sparse connections and host links; into convolutions no rule is known."""
        ends = self.sends[name]
        if not ends:
            return 0 if convolution else 1
        weights = [weights_of(self.leaves[end].process) for end in ends if end in self.weighted]
        counted = [each for each in weights if each.name != "weight"]  # Conv's own name
        return len(counted) + (len(ends) > len(weights))


def _picture(shape: tuple[int, ...]) -> tuple[int, int, int] | None:
    if len(shape) != 3:
        return None
    width, height, channels = (int(size) for size in shape)
    return width, height, channels
