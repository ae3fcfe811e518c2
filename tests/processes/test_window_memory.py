"""The float model of WindowMemory, step by step, against formulas written out in numpy."""

import numpy as np
import pytest

from lava_ib.processes import WindowMemory
from lava_ib.processes.window_memory.models import PyWindowMemoryModelFloat
from lava_ib.rule.memory import Window
from lava_ib.testing import SteppedModel

CLASSES, N, INPUTS, SAMPLES = 3, 4, 6, 14
RNG = np.random.default_rng(6)
Z = RNG.random((SAMPLES, N))
Z /= np.linalg.norm(Z, axis=1, keepdims=True)
X = RNG.normal(size=(SAMPLES, INPUTS))
LABELS = np.eye(CLASSES)[RNG.integers(0, CLASSES, SAMPLES)]
SIGMA, GAMMA, SIGMA_X = 0.6, 1.7, 1.4
objectives = pytest.mark.parametrize(
    ("objective", "compress"), [("kde", False), ("hsic", False), ("hsic", True)]
)


def memory(objective: str, compress: bool, **params) -> SteppedModel:
    settings = Window(
        objective=objective,
        samples=5,
        sigma=SIGMA,
        gamma=GAMMA,
        compress=compress,
        sigma_x=SIGMA_X,
    )
    process = WindowMemory(settings=settings, neurons=N, classes=CLASSES, inputs=INPUTS, **params)
    return SteppedModel(process, PyWindowMemoryModelFloat)


def messages(compress: bool, steps: int = 1, labels: np.ndarray = LABELS) -> dict:
    sent = {"s_in": Z, "label_in": labels} | ({"x_in": X} if compress else {})
    return {name: np.repeat(values, steps, axis=0) for name, values in sent.items()}


def objective_value(objective: str, compress: bool, z, y, x) -> float:
    """What the newest sample climbs: HSIC(Y,Z) gamma - HSIC(X,Z), or log p(y | z)."""
    k = np.exp(-np.square(z[:, None] - z[None]).sum(-1) / (2 * SIGMA**2))
    if objective == "kde":
        same = y[1:] @ y[0]
        return 0.0 if not same.any() else np.log(same @ k[0, 1:]) - np.log(k[0, 1:].sum())
    size = len(z)
    if size < 2:
        return 0.0
    centre = np.eye(size) - 1 / size
    relevance = GAMMA * y @ y.T
    if compress:
        relevance = relevance - np.exp(-np.square(x[:, None] - x[None]).sum(-1) / (2 * SIGMA_X**2))
    return np.trace(k @ centre @ relevance @ centre) / (size - 1) ** 2


def modulator(objective: str, compress: bool, z, y, x) -> np.ndarray:
    """Gradient of it by the newest z, by central differences, along the sphere's tangent."""
    gradient = np.zeros(N)
    for i in range(N):
        for sign in (1, -1):
            moved = z.copy()
            moved[0, i] += sign * 1e-5
            gradient[i] += sign * objective_value(objective, compress, moved, y, x) / 2e-5
    return gradient


def tangent(xi: np.ndarray, z: np.ndarray) -> np.ndarray:
    """The part that the layer's projection leaves: kde's gradient is given up to z itself."""
    return xi - (xi @ z) * z


@objectives
@pytest.mark.parametrize("steps", [1, 4])
def test_modulator_is_the_gradient_of_the_objective(objective, compress, steps):
    """From the first sample on, while the window fills, and when old samples fall out."""
    model = memory(objective, compress, steps_per_sample=steps)
    sent = model.run(SAMPLES * steps, **messages(compress, steps))["a_out"]
    sent = sent.reshape(SAMPLES, steps, N)
    for k in range(SAMPLES):
        stored = slice(k, k - 5 if k >= 5 else None, -1)
        expected = modulator(objective, compress, Z[stored], LABELS[stored], X[stored])
        np.testing.assert_allclose(tangent(sent[k, -1], Z[k]), tangent(expected, Z[k]), atol=1e-8)
        assert not sent[k, :-1].any()
    assert sent.any()


@objectives
def test_newest_sample_takes_the_place_of_the_oldest(objective, compress):
    stepped = memory(objective, compress)
    stepped.run(SAMPLES, **messages(compress))
    model = stepped.model
    kept = [10, 11, 12, 13, 9]
    np.testing.assert_array_equal(model.z, Z[kept])
    np.testing.assert_array_equal(model.labels, LABELS[kept])
    assert model.count[0] == SAMPLES
    if compress:
        np.testing.assert_array_equal(model.x, X[kept])


@objectives
def test_first_sample_has_no_modulator(objective, compress):
    sent = memory(objective, compress).run(
        1, **{name: values[:1] for name, values in messages(compress).items()}
    )
    assert not sent["a_out"].any()


@objectives
def test_unlabelled_samples_are_neither_stored_nor_learned_from(objective, compress):
    labels = LABELS.copy()
    labels[1::2] = 0
    model = memory(objective, compress)
    sent = model.run(SAMPLES, **messages(compress, labels=labels))["a_out"]
    assert not sent[1::2].any()
    alone = memory(objective, compress)
    kept = {name: values[::2] for name, values in messages(compress).items()}
    np.testing.assert_array_equal(sent[::2], alone.run(SAMPLES // 2, **kept)["a_out"])
    np.testing.assert_array_equal(model.model.z, alone.model.z)
    np.testing.assert_array_equal(model.model.count, alone.model.count)


@objectives
def test_only_the_last_step_of_a_presentation_is_stored(objective, compress):
    model = memory(objective, compress, steps_per_sample=2)
    model.run(4, **{name: values[:4] for name, values in messages(compress).items()})
    np.testing.assert_array_equal(model.model.z[:2], Z[[1, 3]])
    assert model.model.count[0] == 2


def test_input_is_remembered_only_where_it_is_compressed():
    settings = {"samples": 5, "objective": "hsic"}
    shape = {"neurons": N, "classes": CLASSES, "inputs": INPUTS}
    plain = WindowMemory(settings=Window(**settings), **shape)
    compressing = WindowMemory(settings=Window(compress=True, **settings), **shape)
    assert plain.x_in.shape == (1,)
    assert plain.x.shape == (5, 1)
    assert compressing.x_in.shape == (INPUTS,)
    assert compressing.x.shape == (5, INPUTS)
