"""Feature memory: what its averages are, and what it asks for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lava_ib.rule.memory.features import (
    Features,
    exponential,
    feature_evidence,
    relu4,
    remember_features,
    soft,
)

CLASSES, UNITS = 3, 5
ONE_HOT = np.eye(CLASSES)
drives = arrays(float, UNITS, elements=st.floats(-5, 5))
positive = st.floats(0.01, 1)
phis = arrays(float, UNITS, elements=positive)
averages = arrays(float, (CLASSES, UNITS), elements=positive)
classes = st.integers(0, CLASSES - 1)


@given(drives, st.floats(0.1, 5))
def test_soft_features_share_one(drive, sigma):
    phi = soft(drive, sigma)
    assert phi.sum() == pytest.approx(1)
    assert np.all(phi >= 0)
    np.testing.assert_allclose(phi, soft(drive + 3.0, sigma), atol=1e-12)
    np.testing.assert_allclose(phi, (e := exponential(drive, sigma)) / e.sum(), atol=1e-12)


@given(drives)
def test_relu4_features_are_never_negative(drive):
    np.testing.assert_array_equal(relu4(drive) > 0, np.maximum(drive, 0) ** 4 > 0)


@given(phis, averages, classes)
def test_a_class_that_is_like_all_others_asks_for_nothing(phi, rows, own):
    average = rows[own].copy()
    evidence = feature_evidence(phi, ONE_HOT[own], rows, average, np.ones(UNITS))
    np.testing.assert_allclose(evidence, 0, atol=1e-9)


@given(phis, averages, classes)
def test_evidence_does_not_change_the_size_of_features(phi, rows, own):
    """It is the gradient of a function that ignores their scale."""
    evidence = feature_evidence(phi, ONE_HOT[own], rows, rows.mean(0), np.ones(UNITS))
    assert np.dot(evidence, phi) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("own", range(CLASSES))
def test_nothing_is_asked_before_anything_is_remembered(own):
    zeros = np.zeros((CLASSES, UNITS))
    evidence = feature_evidence(np.ones(UNITS), ONE_HOT[own], zeros, zeros[0], np.ones(UNITS))
    np.testing.assert_array_equal(evidence, 0)


@given(phis, averages, classes, st.floats(CLASSES, 1000))
def test_only_the_class_shown_moves(phi, rows, own, horizon):
    after, average = rows.copy(), rows.mean(0)
    expected = average + (phi - average) / horizon
    remember_features(phi, ONE_HOT[own], after, average, horizon, balanced=False)
    np.testing.assert_array_equal(np.delete(after, own, 0), np.delete(rows, own, 0))
    share = CLASSES / horizon
    np.testing.assert_allclose(after[own], (1 - share) * rows[own] + share * phi, atol=1e-12)
    np.testing.assert_allclose(average, expected, atol=1e-12)


@given(phis, averages, classes, st.floats(1, 1000))
def test_balanced_compares_with_the_mean_of_the_classes(phi, rows, own, horizon):
    average = np.zeros(UNITS)
    remember_features(phi, ONE_HOT[own], rows, average, horizon, balanced=True)
    np.testing.assert_allclose(average, rows.mean(axis=0), atol=1e-12)


@given(phis, classes)
def test_the_shortest_horizon_keeps_the_newest_sample(phi, own):
    rows, average = np.ones((CLASSES, UNITS)), np.ones(UNITS)
    remember_features(phi, ONE_HOT[own], rows, average, 1.0, balanced=False)
    np.testing.assert_allclose(rows[own], phi)
    np.testing.assert_allclose(average, phi)


@pytest.mark.parametrize("learning", [True, False])
def test_a_memory_that_does_not_learn_starts_at_random_codes(learning):
    memory = Features(units=UNITS, learning=learning)
    slots = memory.slots(neurons=4, classes=CLASSES, inputs=9)
    state = {name: np.full(slot.shape, slot.fill) for name, slot in slots.items()}
    memory.draw(state, np.random.default_rng(0))
    assert state["expansion"].shape == (UNITS, 4)
    np.testing.assert_array_equal(state["readout"], 1)
    assert np.any(state["averages"] != 0) != learning
    np.testing.assert_allclose(state["average"], state["averages"].mean(axis=0))
