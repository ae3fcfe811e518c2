"""Feature memory in integers, against the one in floating point."""

import numpy as np
import pytest

from lava_ib.rule.fixed.features import (
    AVERAGE_BITS,
    DRIVE_LIMIT,
    evidence,
    rate_shift,
    relu4,
    remember,
    through_relu4,
)
from lava_ib.rule.fixed.memory import modulator_of
from lava_ib.rule.fixed.neuron import NORM, activities, normalised
from lava_ib.rule.fixed.settings import FixedSettings
from lava_ib.rule.fixed.state import integer_weights
from lava_ib.rule.memory import Features
from lava_ib.rule.memory import features as real

RNG = np.random.default_rng(4)
NEURONS, CLASSES = 64, 4


def test_rates_become_the_nearest_powers_of_two():
    assert [rate_shift(rate) for rate in (1.0, 0.5, 0.01, 0.001)] == [0, 1, 7, 10]
    assert rate_shift(0.0) == -1


def test_features_are_fourth_powers_with_a_ceiling_that_is_counted():
    drive, saturated = np.array([-5, 0, 10, 63, 70]), np.zeros(1, dtype=np.int64)
    np.testing.assert_array_equal(relu4(drive), [0, 0, 10**4 >> 8, 63**4 >> 8, 63**4 >> 8])
    through_relu4(drive, np.zeros(5, dtype=np.int64), saturated)
    assert saturated[0] == 0  # nothing came of it
    through_relu4(drive, np.ones(5, dtype=np.int64), saturated)
    assert saturated[0] == 1


def test_evidence_fits_into_its_bits_whatever_the_averages():
    phi = relu4(RNG.integers(-20, DRIVE_LIMIT + 1, 30))
    for _ in range(200):
        averages = RNG.integers(0, 1 << RNG.integers(1, 25), (CLASSES, 30))
        found = evidence(phi, 1, averages, averages.sum(axis=0) // CLASSES)
        assert np.abs(found).max() <= 1 << 24
    assert not evidence(phi, 1, 0 * averages, averages[0]).any()


def test_averages_reach_what_they_average():
    phi = np.array([0, 3, 5000])
    averages, average = np.zeros((2, 3), dtype=np.int64), np.zeros(3, dtype=np.int64)
    for _ in range(3000):
        remember(phi, 1, averages, average, 5, 7, False)
    np.testing.assert_allclose(averages[1] / (1 << AVERAGE_BITS), phi, atol=1)
    np.testing.assert_allclose(average / (1 << AVERAGE_BITS), phi, atol=1)
    assert not averages[0].any()


@pytest.mark.parametrize("centring", [0.0, 0.002])
def test_modulators_have_the_direction_of_those_in_floating_point(centring):
    memory = Features(feature="relu4", units=48, horizon=128.0, centring=centring)
    weights = RNG.normal(size=(memory.units, NEURONS))
    kinds = {"averages": (CLASSES, 48), "average": 48, "mean": NEURONS, "saturated_drive": 1}
    state = {name: np.zeros(shape, dtype=np.int64) for name, shape in kinds.items()}
    state["expansion"] = integer_weights(weights, 1.0, FixedSettings())
    state["drive_exp"] = np.array([-9])
    averages, average, mean = np.zeros((CLASSES, 48)), np.zeros(48), np.zeros(NEURONS)
    cosines = []
    for _ in range(300):
        own = int(RNG.integers(CLASSES))
        rates = np.maximum(RNG.normal(size=NEURONS) + 2 * (np.arange(NEURONS) % CLASSES == own), 0)
        z = activities(normalised(np.rint(1000 * rates).astype(np.int64)), 7)
        found = modulator_of(memory, state, z, own)
        centred, label = z / NORM - mean, np.eye(CLASSES)[own]
        drive = weights @ centred
        phi = real.relu4(drive)
        worth = real.feature_evidence(phi, label, averages, average, np.ones(48))
        exact = weights.T @ real.through_relu4(drive, worth)
        real.remember_features(phi, label, averages, average, memory.horizon, False)
        mean += centring * centred
        if exact.any() and found.any():
            cosines.append(exact @ found / np.linalg.norm(exact) / np.linalg.norm(found))
    assert len(cosines) > 280
    assert np.median(cosines[50:]) > 0.99
    assert np.quantile(cosines[50:], 0.05) > 0.9
