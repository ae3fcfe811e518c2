"""Training of memory networks on random numbers, before they see any data.

The readout of a feature memory learns how much each product of feature and average should
count, to give the sums of exact Gaussian kernels; that of a reservoir learns to estimate the
exact modulator from the units' rates. Both learn by the delta rule, on random outputs of a
layer; what comes out drives the learning of any data set.
"""

from collections.abc import Iterator

import numpy as np

from lava_ib.experiment.agreement import explained
from lava_ib.rule.kernels import log_gaussian
from lava_ib.rule.memory import Features, Reservoir
from lava_ib.rule.memory.features import expand
from lava_ib.rule.memory.reservoir import advance, correct
from lava_ib.rule.memory.window import kde_modulator

Trained = tuple[dict[str, np.ndarray], dict[str, float]]
"""Arrays of a memory by name, and figures of how well they do on new random outputs."""
_SAMPLES, _TESTED = 20_000, 2_000
_FIRST_RATE = 0.1
_RIDGE = 1e-3  # of the mean power of a unit
_WINDOW = 1_000  # samples of which exact sums are taken; a longer horizon looks the same


def random_outputs(count: int, neurons: int, rng: np.random.Generator) -> np.ndarray:
    """Random outputs of a layer, rectified and normalised, shape (count, neurons)."""
    rates = np.maximum(rng.normal(size=(count, neurons)), 0.0)
    rates[~rates.any(axis=1), 0] = 1.0
    return rates / np.linalg.norm(rates, axis=1, keepdims=True)


def train_features(
    settings: Features, neurons: int, kernel_sigma: float, rng: np.random.Generator
) -> Trained:
    """Train a feature memory's readout by the normalised delta rule.

    Returns
    -------
    Trained
        Figures: ``r2`` of the kernel sums, and ``analytic_r2`` without training, with the one
        scale that fits best.
    """
    expansion = rng.normal(size=(settings.units, neurons))
    readout = np.zeros(settings.units)
    for number, (products, exact) in enumerate(
        _kernel_sums(expansion, settings, kernel_sigma, _SAMPLES, rng)
    ):
        power = np.dot(products, products)
        if power == 0.0:  # rectified features may all be silent
            continue
        if not readout.any():
            readout[:] = exact / np.sum(products)
        error = exact - np.dot(readout, products)
        readout += _rate(number) * error * products / power
    tested = list(_kernel_sums(expansion, settings, kernel_sigma, _TESTED, rng))
    every, sums = np.array([p for p, _ in tested]), np.array([s for _, s in tested])
    analytic = every.sum(axis=1)
    scale = np.dot(analytic, sums) / np.dot(analytic, analytic)
    figures = {
        "r2": explained(sums, every @ readout),
        "analytic_r2": explained(sums, scale * analytic),
    }
    return {"expansion": expansion, "readout": readout}, figures


def _rate(number: int) -> float:
    return _FIRST_RATE * (1.0 - number / _SAMPLES)


def _kernel_sums(
    expansion: np.ndarray,
    settings: Features,
    kernel_sigma: float,
    count: int,
    rng: np.random.Generator,
) -> Iterator[tuple[np.ndarray, float]]:
    """Products of features and averages, and the exact sum of kernels, for random outputs."""
    size = int(min(settings.horizon, _WINDOW))
    neurons = expansion.shape[1]
    # A rectified unit Gaussian has the mean 1 / sqrt(2 pi), and n of them the norm sqrt(n / 2).
    mean = 1.0 / np.sqrt(np.pi * neurons)
    window = random_outputs(size, neurons, rng) - mean
    features = np.array([expand(expansion @ c, settings.code, settings.sigma) for c in window])
    average = features.mean(axis=0)
    for number in range(count):
        (z,) = random_outputs(1, neurons, rng) - mean
        phi = expand(expansion @ z, settings.code, settings.sigma)
        yield phi * average, float(np.exp(log_gaussian(z, window, kernel_sigma)).mean())
        row = number % size
        average += (phi - features[row]) / size
        window[row], features[row] = z, phi


def train_reservoir(
    settings: Reservoir, neurons: int, classes: int, steps: int, rng: np.random.Generator
) -> Trained:
    """Train a reservoir's readout by the normalised delta rule.

    Returns
    -------
    Trained
        Figures: ``r2`` of the exact modulator, and ``ridge_r2`` of ridge regression on the
        same samples.
    """
    state = {
        name: np.zeros(slot.shape)
        for name, slot in settings.slots(neurons, classes, 1).items()
        if name in (*Reservoir.A_PRIORI, "u")
    }
    settings.draw(state, rng)
    rates, targets = _echoes(settings, state, steps, _SAMPLES + _TESTED, rng)
    weights = state["readout_weights"]
    for number in range(_SAMPLES):
        error = targets[number] - weights @ rates[number]
        correct(weights, rates[number], error, _rate(number))
    seen, power = rates[:_SAMPLES], np.sum(rates[:_SAMPLES] ** 2) / settings.units
    gram = seen.T @ seen + _RIDGE * power * np.eye(settings.units)
    ridge = np.linalg.solve(gram, seen.T @ targets[:_SAMPLES])
    figures = {
        "r2": explained(targets[_SAMPLES:], rates[_SAMPLES:] @ weights.T),
        "ridge_r2": explained(targets[_SAMPLES:], rates[_SAMPLES:] @ ridge),
    }
    return {name: state[name] for name in Reservoir.A_PRIORI}, figures


def _echoes(
    settings: Reservoir,
    state: dict[str, np.ndarray],
    steps: int,
    count: int,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Rates of the units after each of `count` random samples, and the exact modulators."""
    neurons, classes = state["inputs"].shape[1], state["label_inputs"].shape[1]
    z = random_outputs(count, neurons, rng)
    labels = np.eye(classes)[rng.integers(0, classes, count)]
    drives = z @ state["inputs"].T + labels @ state["label_inputs"].T
    rates, exact, u = np.empty((count, settings.units)), np.empty((count, neurons)), state["u"]
    for number in range(count):
        for _ in range(steps):
            advance(u, state["recurrent"] @ np.tanh(u) + drives[number], settings.tau)
        rates[number] = np.tanh(u)
        window = slice(max(0, number + 1 - settings.samples), number + 1)
        newest = min(number, settings.samples - 1)
        exact[number] = kde_modulator(z[window], labels[window], newest, settings.sigma)
    return rates, exact
