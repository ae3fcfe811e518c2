"""What is learned at the end of a presentation, by each hidden layer on its own."""

import numpy as np

from lava_ib.processes.fused.compiler import compiled, merged
from lava_ib.processes.fused.first_layer import credit, hold, scale_first
from lava_ib.processes.fused.memories import modulator
from lava_ib.processes.fused.structures import FirstLayer, LayerMemory, Layers, Rule, Samples
from lava_ib.rule.normalisation import through_normalisation
from lava_ib.rule.schedule import decay_factor


@merged
def learn_hidden(
    index: int,
    sample: int,
    factor: float,
    label: np.ndarray,
    x: np.ndarray,
    rule: Rule,
    samples: Samples,
    layers: Layers,
    first: FirstLayer,
) -> None:
    """Let every hidden layer learn from the presentation that has ended.

    Parameters
    ----------
    index, sample : int
        Which sample of the data, which presentation of the run.
    factor : float
        Linear factor of all rates.
    label, x
        As for :func:`modulator`; a label of zeros teaches nothing.
    """
    labelled = np.sum(label) > 0.0
    eta = rule.eta * factor
    decays = (sample + 1) % rule.decay_interval == 0
    shrink = decay_factor(rule.weight_decay, rule.decay_interval, factor)
    lasting = rule.keep > 0.0 and not rule.chip  # traces collect over the steps
    for number in range(rule.depth):
        u, gate, waiting = layers.u[number], layers.gate[number], layers.xi[number]
        weights, trace = layers.weights[number], layers.trace[number]
        arriving = np.zeros(u.size)
        if labelled:
            arriving = _arriving(label, x, factor, u, gate, rule, layers.memories[number])
        acting = waiting if rule.chip else arriving
        if number == 0:
            _learn_first(index, acting, eta, rule, samples, gate, weights, trace, first)
            if decays:
                scale_first(shrink, weights, first)
        else:
            below = layers.average if lasting else layers.z
            partial, switched = layers.partial[number], layers.switched[number]
            _learn_deeper(
                acting, eta, rule, below[number - 1], gate, weights, trace, partial, switched
            )
            if decays:
                weights[:] *= shrink
        waiting[:] = arriving


@compiled
def _arriving(
    label: np.ndarray,
    x: np.ndarray,
    factor: float,
    u: np.ndarray,
    gate: np.ndarray,
    rule: Rule,
    memory: LayerMemory,
) -> np.ndarray:
    """Ask a layer's memory for its modulator, and carry it through the normalisation."""
    norm = np.sqrt(np.sum((u * gate) ** 2))
    xi = modulator(label, x, factor, rule, memory)
    arriving = through_normalisation(xi, memory.z, norm, rule.divide)
    memory.modulator_sum[0] += np.sqrt(np.dot(arriving, arriving))
    return arriving


@compiled
def _learn_first(
    index: int,
    xi: np.ndarray,
    eta: float,
    rule: Rule,
    samples: Samples,
    gate: np.ndarray,
    weights: np.ndarray,
    trace: np.ndarray,
    first: FirstLayer,
) -> None:
    if rule.chip:
        credit(xi, eta, rule, weights, trace, first)
        first.gates_now[:] = (1.0 - rule.kept) * gate
        hold(index, first.gates_now, rule, samples, weights, first)
    else:
        hold(index, first.gates_now, rule, samples, weights, first)
        credit(xi, eta, rule, weights, trace, first)


@compiled
def _learn_deeper(
    xi: np.ndarray,
    eta: float,
    rule: Rule,
    below: np.ndarray,
    gate: np.ndarray,
    weights: np.ndarray,
    trace: np.ndarray,
    partial: np.ndarray,
    switched: np.ndarray,
) -> None:
    """`below` is the average of the layer below where traces collect over steps, or its rates."""
    if rule.chip:
        _apply(xi, eta, weights, trace)
        _move_trace(1.0 - rule.kept, below, rule, gate, trace, partial, switched)
    elif rule.keep > 0.0:
        _move_trace(1.0, below, rule, gate, trace, partial, switched)
        _apply(xi, eta, weights, trace)
    else:  # the trace is the last step's product, and need not be written
        for j in range(below.size):
            if below[j] > 0.0:
                step = eta * below[j]
                for i in range(xi.size):
                    weights[j, i] += step * xi[i] * gate[i]


@merged
def _apply(xi: np.ndarray, eta: float, weights: np.ndarray, trace: np.ndarray) -> None:
    for j in range(weights.shape[0]):
        for i in range(xi.size):
            weights[j, i] += eta * xi[i] * trace[j, i]


@merged
def _move_trace(
    gain: float,
    inputs: np.ndarray,
    rule: Rule,
    gate: np.ndarray,
    trace: np.ndarray,
    partial: np.ndarray,
    switched: np.ndarray,
) -> None:
    for j in range(inputs.size):
        value = gain * inputs[j]
        for i in range(gate.size):
            trace[j, i] = rule.kept * trace[j, i] + value * gate[i]
    if np.any(switched):
        # Row by row of the trace: its columns lie a whole row apart in memory.
        for j in range(inputs.size):
            for i in range(switched.size):
                if switched[i]:
                    trace[j, i] += partial[i, j]
        for i in range(switched.size):
            if switched[i]:
                partial[i, :] = 0.0
        switched[:] = False
