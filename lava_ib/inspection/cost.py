"""What each Process costs, from its class, its Vars and its parameters.

Our own Processes are counted by what their models compute; any other one by its Vars: who
has weights is a connection, who keeps as many values as it sends is a group of neurons.
"""

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import pairwise
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
from lava_ib.inspection.memory_cost import (
    centred,
    compared,
    echoed,
    estimated,
    expanded,
    fed_back,
    fixed_synapses,
    integrated,
    latched,
    remembered,
)
from lava_ib.processes import (
    Centring,
    ClassIntegrators,
    ExpandedPrototypeMemory,
    ExpansionUnits,
    FixedDense,
    KernelUnits,
    Network,
    PlasticConv,
    PlasticDense,
    Pooling,
    PrototypeMemory,
    RateLayer,
    RateMap,
    Readout,
    ReservoirReadout,
    ReservoirUnits,
    SampleSource,
    SlotFeedback,
    SlotLatches,
    WindowMemory,
)
from lava_ib.rule.geometry import Geometry

_LAYER_STEP = 4
"""Multiply-adds of a rate neuron in a time step: membrane, square, division, projection."""


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
    rule = _OURS.get(type(entry.process), _any_process)
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


def _source(process: AbstractProcess) -> tuple[Kind, Cost]:
    inputs, (classes,) = math.prod(process.s_out.shape), process.label_out.shape
    return "source", latched(process.proc_params["replay"] * classes, inputs, classes)


def _plastic_dense(process: AbstractProcess) -> tuple[Kind, Cost]:
    params = process.proc_params
    return "connection", _synapses(
        *params["shape"],
        steps=params["steps_per_sample"],
        plastic=params["plastic"],
        trace_steps=params["steps_per_sample"] if params["timing"] == "paper" else 1,
    )


def _synapses(post: int, pre: int, *, steps: int, plastic: bool, trace_steps: int) -> Cost:
    """Drive at every step; trace (decay and product) and weights when they move."""
    synapses = post * pre
    learning = (2 * trace_steps + 1) / steps if plastic else 0.0
    return Cost(synapses=synapses, multiply_adds=synapses * (1.0 + learning))


def _plastic_conv(process: AbstractProcess) -> tuple[Kind, Cost]:
    return "connection", _filters(process.proc_params["geometry"], process.proc_params["plastic"])


def _filters(geometry: Geometry, plastic: bool) -> Cost:
    """Drive at each position, and as much again for the change of the shared weights."""
    synapses = math.prod(geometry.weights)
    return Cost(
        synapses=synapses,
        multiply_adds=float(synapses * (geometry.positions * (2 if plastic else 1) + plastic)),
    )


def _rate_map(process: AbstractProcess) -> tuple[Kind, Cost]:
    return "neurons", Cost(neurons=math.prod(process.proc_params["shape"]))


def _pooling(process: AbstractProcess) -> tuple[Kind, Cost]:
    return "neurons", _pooled(process.proc_params["geometry"], process.proc_params["plastic"])


def _pooled(geometry: Geometry, plastic: bool) -> Cost:
    """Sums of the squares, and the modulator's way back; twice the pooled map for the rest."""
    work = math.prod(geometry.output) * (2 if plastic else 1) + 2 * math.prod(geometry.pooled)
    return Cost(neurons=math.prod(geometry.pooled), multiply_adds=float(work))


def _rate_layer(process: AbstractProcess) -> tuple[Kind, Cost]:
    return "neurons", _neurons(math.prod(process.proc_params["shape"]))


def _neurons(neurons: int) -> Cost:
    return Cost(neurons=neurons, multiply_adds=_LAYER_STEP * neurons)


def _memory(process: AbstractProcess) -> tuple[Kind, Cost]:
    params = process.proc_params
    (neurons,), (classes,) = process.s_in.shape, process.label_in.shape
    steps = params["steps_per_sample"]
    return "memory", remembered(params["settings"], neurons, classes, steps)


def _centring(process: AbstractProcess) -> tuple[Kind, Cost]:
    return "neurons", centred(process.s_in.shape[0], process.proc_params["steps_per_sample"])


def _fixed_dense(process: AbstractProcess) -> tuple[Kind, Cost]:
    return "connection", fixed_synapses(*process.weights.shape)


def _expansion_units(process: AbstractProcess) -> tuple[Kind, Cost]:
    return "neurons", expanded(process.proc_params["feature"], process.a_in.shape[0])


def _class_integrators(process: AbstractProcess) -> tuple[Kind, Cost]:
    params, (classes,) = process.proc_params, process.label_in.shape
    return "memory", integrated(params["settings"], classes, params["steps_per_sample"])


def _slot_latches(process: AbstractProcess) -> tuple[Kind, Cost]:
    return "memory", latched(*process.z.shape, *process.label_in.shape)


def _kernel_units(process: AbstractProcess) -> tuple[Kind, Cost]:
    slots, neurons = process.s_in_slots.shape
    (classes,), steps = process.label_in.shape, process.proc_params["steps_per_sample"]
    return "neurons", compared(slots, neurons, classes, steps)


def _slot_feedback(process: AbstractProcess) -> tuple[Kind, Cost]:
    return "neurons", fed_back(*process.s_in_slots.shape)


def _reservoir_units(process: AbstractProcess) -> tuple[Kind, Cost]:
    return "neurons", echoed(process.u.size)


def _reservoir_readout(process: AbstractProcess) -> tuple[Kind, Cost]:
    params, (neurons, units) = process.proc_params, process.readout_weights.shape
    learns, steps = params["rate"] > 0.0, params["steps_per_sample"]
    return "memory", estimated(neurons, units, learns, steps)


def _readout(process: AbstractProcess) -> tuple[Kind, Cost]:
    steps = process.proc_params["steps_per_sample"]
    return "readout", _classified(*process.weights.shape, steps=steps)


def _classified(classes: int, neurons: int, *, steps: int) -> Cost:
    """Class scores at every step, and one step of the delta rule a presentation."""
    synapses = classes * neurons
    return Cost(neurons=classes, synapses=synapses, multiply_adds=synapses * (1.0 + 1.0 / steps))


def _network(process: AbstractProcess) -> tuple[Kind, Cost]:
    return "other", sum(_network_work(process).values(), Cost())


def _network_work(process: AbstractProcess) -> dict[str, Cost]:
    """Work of a network in one model, by layer: of its parts, some of which the loop skips."""
    params = process.proc_params
    settings, learning = params["settings"], params["learn"] == "all"
    layers, steps = settings.network.layers, settings.network.steps_per_sample
    trace_steps = steps if settings.network.timing == "paper" else 1
    work = {}
    for number, geometry in enumerate(settings.network.geometries, 1):
        cost = _filters(geometry, learning) + _pooled(geometry, learning)
        cost += Cost(neurons=math.prod(geometry.output))
        if learning:
            cost += remembered(settings.memory, geometry.shown, layers[-1], steps)
        work[layer_of(f"layer{number}")] = cost
    dense = () if settings.network.convolutions else pairwise(layers[:-1])
    for number, (pre, post) in enumerate(dense, 1):
        cost = _synapses(post, pre, steps=steps, plastic=learning, trace_steps=trace_steps)
        cost += _neurons(post)
        if learning:
            cost += remembered(settings.memory, post, layers[-1], steps)
        work[layer_of(f"layer{number}")] = cost
    return work | {layer_of("readout"): _classified(layers[-1], layers[-2], steps=steps)}


def layers_of(entry: Expanded, variables: tuple[Variable, ...]) -> dict[str, Cost]:
    """Cost by layer of a network that runs as one Process; nothing for any other."""
    if not isinstance(entry.process, Network) or entry.hierarchical:
        return {}
    layers = {layer_of("source"): Cost()} | _network_work(entry.process)
    for variable in variables:
        layer = layer_of(variable.name.split("_")[0])
        layers[layer] += Cost(state_bytes=variable.bytes)
    return layers


def layer_of(part: str) -> str:
    """Group of the totals that a part of a network counts for: ``layer 1`` for ``dense1``."""
    number = re.fullmatch(r"\D+(\d+)", part)
    return f"layer {number[1]}" if number else part


_OURS: dict[type[AbstractProcess], Callable[[AbstractProcess], tuple[Kind, Cost]]] = {
    Centring: _centring,
    ClassIntegrators: _class_integrators,
    ExpandedPrototypeMemory: _memory,
    ExpansionUnits: _expansion_units,
    FixedDense: _fixed_dense,
    KernelUnits: _kernel_units,
    Network: _network,
    PlasticConv: _plastic_conv,
    PlasticDense: _plastic_dense,
    Pooling: _pooling,
    PrototypeMemory: _memory,
    RateLayer: _rate_layer,
    RateMap: _rate_map,
    Readout: _readout,
    ReservoirReadout: _reservoir_readout,
    ReservoirUnits: _reservoir_units,
    SampleSource: _source,
    SlotFeedback: _slot_feedback,
    SlotLatches: _slot_latches,
    WindowMemory: _memory,
}


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
    return _OURS.get(type(process), _any_process)(process)[0]


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
    if weights.name == "weight":  # (out, x, y, in) in Lava's Conv
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
