"""What the memory of a layer answers, in compiled form: one function a kind of memory."""

import numpy as np

from lava_ib.processes.fused.compiler import compiled, merged
from lava_ib.processes.fused.structures import MEMORIES, LayerMemory, Rule
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
from lava_ib.rule.readout import class_error, delta_rule

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
    return _prototype_modulator(label, factor, rule, memory)


@merged
def _prototype_modulator(
    label: np.ndarray, factor: float, rule: Rule, memory: LayerMemory
) -> np.ndarray:
    if memory.expansion.shape[0] == 0:
        return _from_rows(label, memory.z, factor, rule, memory.prototypes)
    return from_rates(label, factor, rule, memory, memory.expansion)


@compiled
def from_rates(
    label: np.ndarray, factor: float, rule: Rule, memory: LayerMemory, expansion: np.ndarray
) -> np.ndarray:
    """Modulator of prototypes that see rectifiers, whose weights may be in single precision."""
    drive = np.dot(expansion, memory.z.astype(expansion.dtype)).astype(np.float64)
    xi = _from_rows(label, with_rates(memory.z, drive), factor, rule, memory.prototypes)
    return through_rates(xi, drive, expansion)


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
    drive = np.dot(memory.expansion, centred)
    phi = expand(drive, rule.feature, rule.sigma)
    evidence = feature_evidence(phi, label, averages, average, memory.feature_readout)
    slope = through_expansion(drive, phi, evidence, rule.feature, rule.sigma)
    if rule.remembers:
        remember_features(phi, label, averages, average, rule.horizon, rule.balanced)
    memory.mean[:] += rule.centring * centred
    return np.dot(slope, memory.expansion)
