"""What is learned at the end of a presentation, by each hidden layer on its own."""

import numpy as np

from lava_ib.processes.fused.compiler import compiled, merged
from lava_ib.processes.fused.first_layer import credit, hold, scale_first
from lava_ib.processes.fused.structures import (
    MEMORIES,
    FirstLayer,
    LayerMemory,
    Layers,
    Rule,
    Samples,
)
from lava_ib.rule.memory.features import (
    expand,
    feature_evidence,
    remember_features,
    through_expansion,
)
from lava_ib.rule.memory.prototype import (
    margin_modulator,
    prototype_modulator,
    rival,
    store_leaky,
    store_margin,
    through_rates,
    with_rates,
)
from lava_ib.rule.memory.released import released_modulator
from lava_ib.rule.memory.reservoir import correct
from lava_ib.rule.memory.slots import next_slot
from lava_ib.rule.memory.window import hsic_modulator, kde_modulator
from lava_ib.rule.normalisation import through_normalisation
from lava_ib.rule.readout import class_error, delta_rule
from lava_ib.rule.schedule import decay_factor

_DELTA, _MARGIN = MEMORIES["delta"], MEMORIES["margin"]
_FEATURES, _KDE, _SLOTS = MEMORIES["features"], MEMORIES["kde"], MEMORIES["slots"]
_RESERVOIR = MEMORIES["reservoir"]
_HSIC, _FIXED = MEMORIES["hsic"], MEMORIES["hsic_fixed"]


@compiled
def modulator(
    label: np.ndarray, x: np.ndarray, factor: float, rule: Rule, memory: LayerMemory
) -> np.ndarray:
    """Ask the layer's memory for its modulator, and let it store the sample.

    Parameters
    ----------
    label : ndarray, shape (C,)
        One-hot.
    x : ndarray, shape (n,)
        The network's input, for a window that compresses it.
    factor : float
        Linear factor of all rates.
    """
    if rule.memory == _RESERVOIR:
        return _reservoir_modulator(label, x, rule, memory)
    if rule.memory == _SLOTS:
        return _slots_modulator(label, rule, memory)
    if rule.memory >= _KDE:
        return _window_modulator(label, x, rule, memory)
    if rule.memory == _FEATURES:
        return _features_modulator(label, rule, memory)
    if memory.expansion.shape[0] == 0:
        return _from_rows(label, memory.z, factor, rule, memory.prototypes)
    drive = _expanded(memory.expansion, memory.z)
    xi = _from_rows(label, with_rates(memory.z, drive), factor, rule, memory.prototypes)
    return through_rates(xi, drive, memory.expansion)


@compiled
def _from_rows(
    label: np.ndarray, z: np.ndarray, factor: float, rule: Rule, rows: np.ndarray
) -> np.ndarray:
    alpha = rule.alpha * factor
    if rule.memory == _MARGIN:
        best = rival(rows, z, label, rule.margin)
        xi = margin_modulator(rows, label, best)
        store_margin(rows, z, label, best, alpha)
        return xi
    error = class_error(rows, z, label, rule.beta, rule.smoothing)
    xi = prototype_modulator(rows, error, rule.beta)
    if rule.memory == _DELTA:
        delta_rule(rows, error, z, alpha)
    else:
        store_leaky(rows, z, label, alpha)
    return xi


@merged
def _window_modulator(
    label: np.ndarray, x: np.ndarray, rule: Rule, memory: LayerMemory
) -> np.ndarray:
    newest, stored = _keep(label, x, memory)
    z, labels = memory.window_z[:stored], memory.window_labels[:stored]
    if rule.memory == _KDE:
        return kde_modulator(z, labels, newest, rule.sigma)
    inputs = memory.window_x[:stored]  # no columns where the input is not compressed
    if rule.memory == _HSIC:
        return hsic_modulator(z, labels, inputs, newest, rule.sigma, rule.gamma, rule.sigma_x)
    fixed = rule.memory == _FIXED
    return released_modulator(
        z, labels, inputs, newest, rule.sigma, rule.gamma, rule.sigma_x, fixed
    )


@merged
def _keep(label: np.ndarray, x: np.ndarray, memory: LayerMemory) -> tuple[int, int]:
    """Store the sample in the window; returns its row, and how many rows are filled."""
    size = memory.window_z.shape[0]
    newest = memory.stored[0] % size
    memory.window_z[newest] = memory.z
    memory.window_labels[newest] = label
    if memory.window_x.shape[1] > 0:
        memory.window_x[newest] = x
    memory.stored[0] += 1
    return newest, min(memory.stored[0], size)


@merged
def _reservoir_modulator(
    label: np.ndarray, x: np.ndarray, rule: Rule, memory: LayerMemory
) -> np.ndarray:
    """The readout's estimate, corrected by exact kernels where it learns while it is used."""
    rates, weights = np.tanh(memory.reservoir_u), memory.reservoir_readout
    xi = np.dot(weights, rates)
    if rule.reservoir_rate > 0.0:
        newest, stored = _keep(label, x, memory)
        z, labels = memory.window_z[:stored], memory.window_labels[:stored]
        exact = kde_modulator(z, labels, newest, rule.sigma)
        correct(weights, rates, exact - xi, rule.reservoir_rate)
    return xi


@merged
def _slots_modulator(label: np.ndarray, rule: Rule, memory: LayerMemory) -> np.ndarray:
    z, labels = memory.window_z, memory.window_labels
    newest = next_slot(label, memory.stored, z.shape[0], rule.per_class)
    z[newest] = memory.z
    labels[newest] = label
    memory.stored[np.argmax(label)] += 1
    return kde_modulator(z, labels, newest, rule.sigma)


@merged
def _features_modulator(label: np.ndarray, rule: Rule, memory: LayerMemory) -> np.ndarray:
    averages, average = memory.averages, memory.average_features
    centred = memory.z - memory.mean
    drive = _expanded(memory.expansion, centred)
    phi = expand(drive, rule.feature, rule.sigma)
    evidence = feature_evidence(phi, label, averages, average, memory.feature_readout)
    slope = through_expansion(drive, phi, evidence, rule.feature, rule.sigma)
    if rule.remembers:
        remember_features(phi, label, averages, average, rule.horizon, rule.balanced)
    memory.mean[:] += rule.centring * centred
    return np.dot(slope.astype(memory.expansion.dtype), memory.expansion).astype(np.float64)


@compiled
def _expanded(expansion: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Drive of a memory's random units, whose weights are as precise as the layer's are."""
    return np.dot(expansion, z.astype(expansion.dtype)).astype(np.float64)


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
