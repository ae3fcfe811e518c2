"""What is learned at the end of a presentation, by each hidden layer on its own."""

import numpy as np

from lava_ib.processes.fused.compiler import compiled, merged
from lava_ib.processes.fused.first_layer import credit, hold, scale_first
from lava_ib.processes.fused.structures import MEMORIES, FirstLayer, Layer, Rule, Samples
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
    label: np.ndarray, x: np.ndarray, factor: float, rule: Rule, layer: Layer
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
        return _reservoir_modulator(label, x, rule, layer)
    if rule.memory == _SLOTS:
        return _slots_modulator(label, rule, layer)
    if rule.memory >= _KDE:
        return _window_modulator(label, x, rule, layer)
    if rule.memory == _FEATURES:
        return _features_modulator(label, rule, layer)
    rows, z, alpha = layer.prototypes, layer.z, rule.alpha * factor
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
def _window_modulator(label: np.ndarray, x: np.ndarray, rule: Rule, layer: Layer) -> np.ndarray:
    newest, stored = _keep(label, x, layer)
    z, labels = layer.window_z[:stored], layer.window_labels[:stored]
    if rule.memory == _KDE:
        return kde_modulator(z, labels, newest, rule.sigma)
    inputs = layer.window_x[:stored]  # no columns where the input is not compressed
    if rule.memory == _HSIC:
        return hsic_modulator(z, labels, inputs, newest, rule.sigma, rule.gamma, rule.sigma_x)
    fixed = rule.memory == _FIXED
    return released_modulator(
        z, labels, inputs, newest, rule.sigma, rule.gamma, rule.sigma_x, fixed
    )


@merged
def _keep(label: np.ndarray, x: np.ndarray, layer: Layer) -> tuple[int, int]:
    """Store the sample in the window; returns its row, and how many rows are filled."""
    size = layer.window_z.shape[0]
    newest = layer.stored[0] % size
    layer.window_z[newest] = layer.z
    layer.window_labels[newest] = label
    if layer.window_x.shape[1] > 0:
        layer.window_x[newest] = x
    layer.stored[0] += 1
    return newest, min(layer.stored[0], size)


@merged
def _reservoir_modulator(label: np.ndarray, x: np.ndarray, rule: Rule, layer: Layer) -> np.ndarray:
    """The readout's estimate, corrected by exact kernels where it learns while it is used."""
    rates, weights = np.tanh(layer.reservoir_u), layer.reservoir_readout
    xi = np.dot(weights, rates)
    if rule.reservoir_rate > 0.0:
        newest, stored = _keep(label, x, layer)
        z, labels = layer.window_z[:stored], layer.window_labels[:stored]
        exact = kde_modulator(z, labels, newest, rule.sigma)
        correct(weights, rates, exact - xi, rule.reservoir_rate)
    return xi


@merged
def _slots_modulator(label: np.ndarray, rule: Rule, layer: Layer) -> np.ndarray:
    z, labels = layer.window_z, layer.window_labels
    newest = next_slot(label, layer.stored, z.shape[0], rule.per_class)
    z[newest] = layer.z
    labels[newest] = label
    layer.stored[np.argmax(label)] += 1
    return kde_modulator(z, labels, newest, rule.sigma)


@merged
def _features_modulator(label: np.ndarray, rule: Rule, layer: Layer) -> np.ndarray:
    averages, average = layer.averages, layer.average_features
    centred = layer.z - layer.mean
    drive = np.dot(layer.expansion, centred)
    phi = expand(drive, rule.feature, rule.sigma)
    evidence = feature_evidence(phi, label, averages, average, layer.feature_readout)
    slope = through_expansion(drive, phi, evidence, rule.feature, rule.sigma)
    if rule.remembers:
        remember_features(phi, label, averages, average, rule.horizon, rule.balanced)
    layer.mean[:] += rule.centring * centred
    return np.dot(slope, layer.expansion)


@merged
def learn_hidden(
    index: int,
    sample: int,
    factor: float,
    label: np.ndarray,
    x: np.ndarray,
    rule: Rule,
    samples: Samples,
    layers: tuple[Layer, ...],
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
    for number in range(len(layers)):
        layer = layers[number]
        arriving = np.zeros(layer.u.size)
        if labelled:
            norm = np.sqrt(np.sum((layer.u * layer.gate) ** 2))
            xi = modulator(label, x, factor, rule, layer)
            arriving = through_normalisation(xi, layer.z, norm, rule.divide)
            layer.modulator_sum[0] += np.sqrt(np.dot(arriving, arriving))
        acting = layer.xi if rule.chip else arriving
        if number == 0:
            _learn_first(index, acting, eta, rule, samples, layer, first)
            if decays:
                scale_first(shrink, layer, first)
        else:
            _learn_deeper(acting, eta, rule, layers[number - 1], layer)
            if decays:
                layer.weights[:] *= shrink
        layer.xi[:] = arriving


@compiled
def _learn_first(
    index: int,
    xi: np.ndarray,
    eta: float,
    rule: Rule,
    samples: Samples,
    layer: Layer,
    first: FirstLayer,
) -> None:
    if rule.chip:
        credit(xi, eta, rule, layer, first)
        first.gates_now[:] = (1.0 - rule.kept) * layer.gate
        hold(index, first.gates_now, rule, samples, layer, first)
    else:
        hold(index, first.gates_now, rule, samples, layer, first)
        credit(xi, eta, rule, layer, first)


@compiled
def _learn_deeper(xi: np.ndarray, eta: float, rule: Rule, below: Layer, layer: Layer) -> None:
    if rule.chip:
        _apply(xi, eta, layer)
        _move_trace(1.0 - rule.kept, below.z, rule, layer)
    elif rule.keep > 0.0:
        _move_trace(1.0, below.average, rule, layer)
        _apply(xi, eta, layer)
    else:  # the trace is the last step's product, and need not be written
        for j in range(below.z.size):
            if below.z[j] > 0.0:
                step = eta * below.z[j]
                for i in range(xi.size):
                    layer.weights[j, i] += step * xi[i] * layer.gate[i]


@merged
def _apply(xi: np.ndarray, eta: float, layer: Layer) -> None:
    for j in range(layer.weights.shape[0]):
        for i in range(xi.size):
            layer.weights[j, i] += eta * xi[i] * layer.trace[j, i]


@merged
def _move_trace(gain: float, inputs: np.ndarray, rule: Rule, layer: Layer) -> None:
    for j in range(inputs.size):
        value = gain * inputs[j]
        for i in range(layer.gate.size):
            layer.trace[j, i] = rule.kept * layer.trace[j, i] + value * layer.gate[i]
    if np.any(layer.switched):
        # Row by row of the trace: its columns lie a whole row apart in memory.
        for j in range(inputs.size):
            for i in range(layer.switched.size):
                if layer.switched[i]:
                    layer.trace[j, i] += layer.partial[i, j]
        for i in range(layer.switched.size):
            if layer.switched[i]:
                layer.partial[i, :] = 0.0
        layer.switched[:] = False
