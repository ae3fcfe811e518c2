"""What each Process costs, from its class, its Vars and its parameters.

Our own Processes are counted by what their models compute; any other one by its Vars: who
has weights is a connection, who keeps as many values as it sends is a group of neurons.
"""

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from lava.magma.core.process.process import AbstractProcess

from lava_ib.hardware.limits import (
    CoreMemory,
    convolution_words,
    dense_words,
    list_words,
    weight_bits,
)
from lava_ib.inspection.expansion import Expanded
from lava_ib.inspection.graph import Connection, Cost, Kind, Variable
from lava_ib.inspection.process_cost import COUNTED


def cost_of(
    entry: Expanded, variables: tuple[Variable, ...], sent: Iterable[Connection], fixed_point: bool
) -> tuple[Kind, Cost]:
    """Kind and cost of a leaf Process.

    Parameters
    ----------
    entry : Expanded
    variables : tuple of Variable
        Its Vars, as read.
    sent : iterable of Connection
        Those that start at it.
    fixed_point : bool
        Whether to tell what share of a Loihi 2 core it would take.
    """
    rule = COUNTED.get(type(entry.process), _any_process)
    kind, cost = rule(entry.process)
    connections = list(sent)
    shares = _core_memory(entry.process, cost).shares if fixed_point else {}
    return kind, replace(
        cost,
        state_bytes=sum(variable.bytes for variable in variables),
        messages=sum(link.messages for link in connections),
        bytes=sum(link.bytes for link in connections),
        core_shares={name: share for name, share in shares.items() if share > 0.0},
    )


def _any_process(process: AbstractProcess) -> tuple[Kind, Cost]:
    """Judge a Process by its Vars and ports."""
    weights = weights_of(process)
    sends = [int(port.size) for port in process.out_ports.members]
    if weights is not None:
        synapses = int(getattr(weights.init, "nnz", weights.size))
        work = synapses * (_positions(process) if weights.name == "weight" else 1)
        return "connection", Cost(synapses=synapses, multiply_adds=float(work))
    if not process.in_ports.members and sends:
        return "source", Cost()
    kept = [var for var in process.vars.members if sends and var.size == max(sends)]
    if kept and max(sends) > 0:
        return "neurons", Cost(neurons=max(sends), multiply_adds=float(len(kept) * max(sends)))
    return "other", Cost()


def kind_of(process: AbstractProcess) -> Kind:
    """What a leaf Process does, as far as its class and Vars tell."""
    return COUNTED.get(type(process), _any_process)(process)[0]


def weights_of(process: AbstractProcess) -> Any:
    """The Var with the weights: ``weights`` in Lava's Dense and Sparse, ``weight`` in Conv."""
    for var in process.vars.members:
        if var.name in ("weights", "weight"):
            return var
    return None


def _positions(process: AbstractProcess) -> int:
    """Places that a convolution applies its kernel at."""
    return int(math.prod(process.out_ports.members[0].shape[:2]))


def _core_memory(process: AbstractProcess, cost: Cost) -> CoreMemory:
    """Words that a Process takes, were it all on one core; one state word a neuron."""
    weights = weights_of(process)
    if weights is None:
        return CoreMemory(neurons=cost.neurons, output_axons=cost.neurons)
    plastic = process.proc_params._parameters.get("learning_rule") is not None
    bits = bits_of(weights.init)
    if len(weights.shape) == 4:  # filters (out, x, y, in), Lava's Conv's or ours
        channels, width, height, inputs = weights.shape
        words = convolution_words((width, height), inputs, channels, bits)
        return CoreMemory(input_axons=1, synapses=words)
    post, pre = weights.shape
    if hasattr(weights.init, "nnz"):
        lengths = np.diff(weights.init.tocsc().indptr)
        words = sum(list_words(int(length), bits, plastic) for length in lengths)
        return CoreMemory(input_axons=int(np.count_nonzero(lengths)), synapses=words)
    return CoreMemory(input_axons=pre, synapses=dense_words(post, pre, bits, plastic))


def bits_of(initial: Any) -> int:
    """Bits of integer weights; 8 where they are not integers or not known."""
    values = np.asarray(getattr(initial, "data", initial))
    if values.size < 2 or values.dtype.kind not in "iuf" or np.any(values != np.rint(values)):
        return 8
    whole = values.astype(np.int64)
    step = int(np.bitwise_or.reduce(np.abs(whole).ravel()))
    return weight_bits(int(whole.min()), int(whole.max()), (step & -step) or 1)
