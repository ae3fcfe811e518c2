"""The float model of Readout, step by step."""

import numpy as np
import pytest

from lava_ib.processes import Readout
from lava_ib.processes.readout.models import PyReadoutModelFloat
from lava_ib.rule.settings import ReadoutSettings
from lava_ib.testing import SteppedModel

CLASSES, N, SAMPLES = 3, 4, 12
RNG = np.random.default_rng(8)
WEIGHTS = RNG.normal(size=(CLASSES, N))
Z = RNG.random((SAMPLES, N))
LABELS = np.eye(CLASSES)[RNG.integers(0, CLASSES, SAMPLES)]
SETTINGS = ReadoutSettings(alpha=0.4, beta=2.0, smoothing=0.2)


def readout(**params) -> SteppedModel:
    params = {"samples": SAMPLES, "weights": WEIGHTS, **params}
    process = Readout(settings=SETTINGS, shape=(CLASSES, N), **params)
    return SteppedModel(process, PyReadoutModelFloat)


def learn(weights: np.ndarray, z: np.ndarray, label: np.ndarray, factor: float) -> np.ndarray:
    scores = np.exp(2.0 * weights @ z)
    error = 0.8 * label + 0.2 / CLASSES - scores / scores.sum()
    return weights + 0.4 * factor * np.outer(error, z)


@pytest.mark.parametrize("steps", [1, 4])
def test_readout_follows_the_delta_rule_and_predicts_before_it_learns(steps):
    model = readout(steps_per_sample=steps, total_samples=20)
    sent = model.run(
        SAMPLES * steps,
        s_in=np.repeat(Z, steps, axis=0),
        label_in=np.repeat(LABELS, steps, axis=0),
    )
    weights, scores = WEIGHTS, []
    for sample, (z, label) in enumerate(zip(Z, LABELS, strict=True)):
        scores.append(weights @ z)
        weights = learn(weights, z, label, 1 - sample / 20)
    np.testing.assert_allclose(model.model.weights, weights, atol=1e-13)
    np.testing.assert_allclose(sent["a_out"], np.repeat(scores, steps, axis=0), atol=1e-13)
    np.testing.assert_array_equal(model.model.predictions, np.argmax(scores, axis=1))
    assert model.model.sample[0] == SAMPLES


def test_only_the_last_step_of_a_presentation_counts():
    model = readout(steps_per_sample=3)
    for z in (Z[0], Z[1]):
        model.step(s_in=z, label_in=LABELS[0])
        np.testing.assert_array_equal(model.model.weights, WEIGHTS)
        assert model.model.predictions[0] == -1
    model.step(s_in=Z[2], label_in=LABELS[2])
    np.testing.assert_allclose(model.model.weights, learn(WEIGHTS, Z[2], LABELS[2], 1.0))
    assert model.model.predictions[0] == np.argmax(WEIGHTS @ Z[2])


def test_without_learning_weights_stay_and_predictions_are_made():
    model = readout(learning=False)
    model.run(SAMPLES, s_in=Z, label_in=LABELS)
    np.testing.assert_array_equal(model.model.weights, WEIGHTS)
    np.testing.assert_array_equal(model.model.predictions, np.argmax(Z @ WEIGHTS.T, axis=1))


def test_unlabelled_samples_teach_nothing_but_are_classified():
    model = readout()
    model.run(SAMPLES, s_in=Z)
    np.testing.assert_array_equal(model.model.weights, WEIGHTS)
    np.testing.assert_array_equal(model.model.predictions, np.argmax(Z @ WEIGHTS.T, axis=1))
    assert model.model.sample[0] == SAMPLES


def test_second_pass_overwrites_the_predictions_of_the_first():
    model = readout(samples=5, learning=False, sample=7)
    model.run(4, s_in=Z[:4])
    expected = np.full(5, -1)
    expected[[2, 3, 4, 0]] = np.argmax(Z[:4] @ WEIGHTS.T, axis=1)
    np.testing.assert_array_equal(model.model.predictions, expected)


def test_nothing_is_learned_after_the_schedule_has_ended():
    model = readout(total_samples=5, sample=5)
    model.run(SAMPLES, s_in=Z, label_in=LABELS)
    np.testing.assert_array_equal(model.model.weights, WEIGHTS)
