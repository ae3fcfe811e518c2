"""What our own Processes cost, counted by what their models compute."""

import math
import re
from collections.abc import Callable
from itertools import pairwise

from lava.magma.core.process.process import AbstractProcess

from lava_ib.inspection.expansion import Expanded
from lava_ib.inspection.graph import Cost, Kind, Variable
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


COUNTED: dict[type[AbstractProcess], Callable[[AbstractProcess], tuple[Kind, Cost]]] = {
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
"""How a Process of ours is counted, by its class; others are judged by their Vars."""
