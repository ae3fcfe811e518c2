"""Every learning signal is the gradient it claims to be, by automatic differentiation.

The objectives are written out once more here in PyTorch, with full matrices and without a
thought for speed, and differentiated in double precision.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pytest

from lava_ib.rule.eligibility import apply_modulator, decay_trace
from lava_ib.rule.memory.features import (
    exponential,
    feature_evidence,
    relu4,
    soft,
    through_exponential,
    through_relu4,
    through_soft,
)
from lava_ib.rule.memory.prototype import (
    margin_modulator,
    prototype_modulator,
    rival,
    through_rates,
    with_rates,
)
from lava_ib.rule.memory.window import hsic_modulator, kde_modulator, kde_weights, weighed
from lava_ib.rule.neuron import gate, leak, rate
from lava_ib.rule.normalisation import normalise, through_normalisation
from lava_ib.rule.readout import class_error, delta_rule


@pytest.fixture(scope="module", autouse=True)
def pytorch():
    """Imported here and not above: where it is, each process that other tests start costs more."""
    global torch
    torch = pytest.importorskip("torch", reason="gradients are compared with PyTorch's")
    torch.set_num_threads(1)  # for matrices this small, threads only wait for each other


TOLERANCE = 1e-8
CASES = 120


def generators() -> Iterator[np.random.Generator]:
    """One for each random case."""
    return (np.random.default_rng([2024, case]) for case in range(CASES))


class Objective(NamedTuple):
    """A modulator, and what it climbs, as functions of the newest output alone."""

    modulator: Callable[[np.ndarray], np.ndarray]
    value: Callable[[Any], Any]


def tensor(array: np.ndarray) -> Any:
    return torch.tensor(array, dtype=torch.float64)


def random_window(rng: np.random.Generator, neurons: int) -> tuple[np.ndarray, np.ndarray]:
    """Outputs of past samples, silent ones included; labels, with the newest in front."""
    size, classes = rng.integers(2, 40), rng.integers(2, 10)
    past = np.array([normalise(rate(rng.normal(size=neurons)))[0] for _ in range(size)])
    seen = np.concatenate([[0, 1], rng.integers(classes, size=size - 2)])
    labels = np.eye(classes)[np.concatenate([rng.integers(2, size=1), rng.permutation(seen)])]
    return past, labels


def gaussian(samples: Any, sigma: float) -> Any:
    difference = samples[:, None] - samples[None]
    return torch.exp(-(difference**2).sum(-1) / (2 * sigma**2))


def hsic_estimate(kernel: Any, other: Any) -> Any:
    size = len(kernel)
    h = torch.eye(size, dtype=torch.float64) - 1 / size
    return torch.trace(kernel @ h @ other @ h) / (size - 1) ** 2


def hsic(rng: np.random.Generator, neurons: int, compress: bool = False) -> Objective:
    past, labels = random_window(rng, neurons)
    inputs = rng.normal(size=(len(labels), rng.integers(1, 6) if compress else 0))
    sigma, gamma, sigma_x = rng.uniform([0.2, 0.5, 0.5], [1.5, 2.0, 2.0])

    def value(z_0: Any) -> Any:
        k_z = gaussian(torch.cat([z_0[None], tensor(past)]), sigma)
        k_y = tensor(labels) @ tensor(labels).T
        relevant = gamma * hsic_estimate(k_y, k_z)
        if not compress:
            return relevant
        return relevant - hsic_estimate(gaussian(tensor(inputs), sigma_x), k_z)

    def modulator(z_0: np.ndarray) -> np.ndarray:
        return hsic_modulator(np.vstack([z_0, past]), labels, inputs, 0, sigma, gamma, sigma_x)

    return Objective(modulator, value)


def hsic_compressing(rng: np.random.Generator, neurons: int) -> Objective:
    return hsic(rng, neurons, compress=True)


def log_odds(past: np.ndarray, labels: np.ndarray, sigma: float) -> Callable[[Any], Any]:
    """What exact kernels climb: ``log S_same - log S_all``."""

    def value(z_0: Any) -> Any:
        kernel = torch.exp(-((z_0 - tensor(past)) ** 2).sum(1) / (2 * sigma**2))
        same = torch.tensor(labels[1:].argmax(1) == labels[0].argmax())
        return torch.log(kernel[same].sum()) - torch.log(kernel.sum())

    return value


def kde(rng: np.random.Generator, neurons: int) -> Objective:
    past, labels = random_window(rng, neurons)
    sigma = rng.uniform(0.2, 1.5)

    def modulator(z_0: np.ndarray) -> np.ndarray:
        return kde_modulator(np.vstack([z_0, past]), labels, 0, sigma)

    return Objective(modulator, log_odds(past, labels, sigma))


def slots(rng: np.random.Generator, neurons: int) -> Objective:
    """Some of them not filled."""
    past, labels = random_window(rng, neurons)
    sigma, empty = rng.uniform(0.2, 1.5), rng.integers(0, 5)
    held = np.vstack([past, np.zeros((empty, neurons))])
    told = np.vstack([labels[1:], np.zeros((empty, labels.shape[1]))])

    def modulator(z_0: np.ndarray) -> np.ndarray:
        return weighed(kde_weights(z_0, labels[0], held, told, sigma), held, sigma)

    return Objective(modulator, log_odds(past, labels, sigma))


def features(rng: np.random.Generator, neurons: int) -> Objective:
    """Of any kind of feature: the derivative of ``log S_y - log S``."""
    units, classes = rng.integers(2, 12), rng.integers(2, 6)
    weights, averages = rng.normal(size=(units, neurons)), rng.uniform(0.1, 1, (classes, units))
    average, readout = averages.mean(axis=0), rng.uniform(0.5, 1.5, units)
    own, kind, sigma = rng.integers(classes), rng.integers(3), rng.uniform(0.5, 2.0)
    if kind == 1:
        weights = np.abs(weights)  # or no unit may be active, and there is no gradient

    def value(z_0: Any) -> Any:
        drive = tensor(weights) @ z_0
        phi = (
            torch.softmax(drive / sigma, dim=0),
            torch.clamp(drive, min=0) ** 4,
            torch.exp(drive / sigma),
        )[kind] * tensor(readout)
        return torch.log(phi @ tensor(averages[own])) - torch.log(phi @ tensor(average))

    def modulator(z_0: np.ndarray) -> np.ndarray:
        drive, label = weights @ z_0, np.eye(classes)[own]
        phi = (soft(drive, sigma), relu4(drive), exponential(drive, sigma))[kind]
        evidence = feature_evidence(phi, label, averages, average, readout)
        back = (
            through_soft(phi, evidence, sigma),
            through_relu4(drive, evidence),
            through_exponential(phi, evidence, sigma),
        )[kind]
        return weights.T @ back

    return Objective(modulator, value)


def log_likelihood(scores: Any, own: int, smoothing: float) -> Any:
    """Expectation of ``log q`` over the smoothed label."""
    log_q = torch.log_softmax(scores, dim=0)
    return (1 - smoothing) * log_q[own] + smoothing * log_q.mean()


def prototype(rng: np.random.Generator, neurons: int) -> Objective:
    classes = rng.integers(2, 10)
    prototypes, own = rng.normal(size=(classes, neurons)), rng.integers(classes)
    beta, smoothing = rng.uniform([0.5, 0.0], [20.0, 0.5])

    def value(z_0: Any) -> Any:
        return log_likelihood(beta * tensor(prototypes) @ z_0, own, smoothing)

    def modulator(z_0: np.ndarray) -> np.ndarray:
        error = class_error(prototypes, z_0, np.eye(classes)[own], beta, smoothing)
        return prototype_modulator(prototypes, error, beta)

    return Objective(modulator, value)


def prototype_of_rates(rng: np.random.Generator, neurons: int) -> Objective:
    """Rows see rectifiers beside the output."""
    units, classes = rng.integers(1, 20), rng.integers(2, 10)
    expansion, own = rng.normal(size=(units, neurons)), rng.integers(classes)
    prototypes, beta = rng.normal(size=(classes, neurons + units)), rng.uniform(0.5, 20.0)

    def value(z_0: Any) -> Any:
        seen = torch.cat([z_0, torch.relu(tensor(expansion) @ z_0)])
        return log_likelihood(beta * tensor(prototypes) @ seen, own, 0.1)

    def modulator(z_0: np.ndarray) -> np.ndarray:
        drive = expansion @ z_0
        error = class_error(prototypes, with_rates(z_0, drive), np.eye(classes)[own], beta, 0.1)
        return through_rates(prototype_modulator(prototypes, error, beta), drive, expansion)

    return Objective(modulator, value)


def margin(rng: np.random.Generator, neurons: int) -> Objective:
    classes = rng.integers(2, 10)
    prototypes, own = rng.normal(size=(classes, neurons)), rng.integers(classes)

    def value(z_0: Any) -> Any:
        scores = tensor(prototypes) @ z_0
        return scores[own] - torch.cat([scores[:own], scores[own + 1 :]]).max()

    def modulator(z_0: np.ndarray) -> np.ndarray:
        label = np.eye(classes)[own]
        return margin_modulator(prototypes, label, rival(prototypes, z_0, label, margin=np.inf))

    return Objective(modulator, value)


def of_rates(objective: Objective) -> Callable[[Any], Any]:
    return lambda r: objective.value(r / r.norm())


def of_weights(objective: Objective, a: np.ndarray) -> Callable[[Any], Any]:
    return lambda w: of_rates(objective)(torch.relu(w @ tensor(a)))


def random_layer(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Weights and non-negative inputs for which at least two neurons are active."""
    neurons, inputs = rng.integers(3, 40), rng.integers(2, 20)
    weights, a = rng.normal(size=(neurons, inputs)), rng.uniform(0.1, 2, size=inputs)
    weights[:2] = np.abs(weights[:2])
    return weights, a


def gradient(function: Callable[[Any], Any], point: np.ndarray) -> np.ndarray:
    variable = tensor(point).requires_grad_()
    function(variable).backward()
    return variable.grad.numpy()


def relative_error(actual: np.ndarray, expected: np.ndarray) -> float:
    return float(np.linalg.norm(actual - expected) / np.linalg.norm(expected))


KINDS = [hsic, hsic_compressing, kde, slots, features, prototype, prototype_of_rates, margin]


@pytest.fixture(params=KINDS)
def cases(request):
    """Random layers, each with an objective for its output."""
    drawn = []
    for rng in generators():
        weights, a = random_layer(rng)
        drawn.append((weights, a, request.param(rng, len(weights))))
    return drawn


def test_modulator_is_the_gradient_with_respect_to_the_output(cases):
    for weights, a, objective in cases:
        z, _ = normalise(rate(weights @ a))
        assert relative_error(objective.modulator(z), gradient(objective.value, z)) < TOLERANCE


def test_modulator_through_the_normalisation_is_the_gradient_with_respect_to_the_rates(cases):
    for weights, a, objective in cases:
        r = rate(weights @ a)
        z, norm = normalise(r)
        xi = objective.modulator(z)
        expected = gradient(of_rates(objective), r)
        divided = through_normalisation(xi, z, norm, divide=True)
        undivided = through_normalisation(xi, z, norm, divide=False)
        assert relative_error(divided, expected) < TOLERANCE
        assert relative_error(undivided, norm * expected) < TOLERANCE


def test_three_factor_product_is_the_gradient_with_respect_to_the_weights(cases):
    """For a presentation of one step, without memory in membrane and trace."""
    for weights, a, objective in cases:
        u = leak(np.zeros(len(weights)), weights @ a, tau=1.0)
        z, norm = normalise(rate(u))
        trace, change = np.zeros(weights.shape), np.zeros(weights.shape)
        decay_trace(trace, gate(u), a, gain=1.0)
        xi = through_normalisation(objective.modulator(z), z, norm, divide=True)
        apply_modulator(change, trace, xi, eta=1.0)
        expected = gradient(of_weights(objective, a), weights)
        assert relative_error(change, expected) < TOLERANCE


def test_delta_rule_climbs_the_log_likelihood_over_beta():
    for rng in generators():
        classes, neurons = rng.integers(2, 10), rng.integers(1, 40)
        weights, own = rng.normal(size=(classes, neurons)), rng.integers(classes)
        z, _ = normalise(rng.uniform(size=neurons))
        beta, smoothing, alpha = rng.uniform([0.5, 0.0, 0.01], [20.0, 0.5, 1.0])

        def value(w: Any, z=z, own=own, beta=beta, smoothing=smoothing) -> Any:
            return log_likelihood(beta * w @ tensor(z), own, smoothing)

        after = weights.copy()
        error = class_error(weights, z, np.eye(classes)[own], beta, smoothing)
        delta_rule(after, error, z, alpha)
        expected = alpha / beta * gradient(value, weights)
        assert relative_error(after - weights, expected) < TOLERANCE
