"""The readout: softmax, label smoothing and the delta rule."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lava_ib.rule.readout import class_error, delta_rule, smooth_target, softmax

CLASSES, NEURONS = 5, 4
values = st.floats(-10, 10)
scores = arrays(float, CLASSES, elements=values)
huge_scores = arrays(float, CLASSES, elements=st.floats(-1e4, 1e4))
weight_matrices = arrays(float, (CLASSES, NEURONS), elements=values)
outputs = arrays(float, NEURONS, elements=st.floats(0, 1))
labels = st.integers(0, CLASSES - 1).map(lambda number: np.eye(CLASSES)[number])
smoothings = st.floats(0, 0.99)


@given(huge_scores)
def test_softmax_is_a_distribution_however_large_the_scores(s):
    q = softmax(s)
    assert np.all((q >= 0) & (q <= 1))
    assert q.sum() == pytest.approx(1)


def test_softmax_of_one_dominant_score_is_certain():
    for dominant in (1e4, 1e300):
        np.testing.assert_array_equal(softmax(np.array([0.0, dominant, -dominant])), [0, 1, 0])


@given(scores, values)
def test_softmax_has_the_exponential_ratios_and_ignores_a_common_shift(s, shift):
    q = softmax(s)
    np.testing.assert_allclose(q / q[0], np.exp(s - s[0]))
    np.testing.assert_allclose(softmax(s + shift), q)


@given(labels, smoothings)
def test_smoothed_target_is_a_distribution_with_the_class_on_top(label, smoothing):
    target = smooth_target(label, smoothing)
    assert target.sum() == pytest.approx(1)
    assert np.argmax(target) == np.argmax(label)
    np.testing.assert_allclose(target[label == 0], smoothing / CLASSES)


@given(labels)
def test_target_without_smoothing_is_the_label(label):
    np.testing.assert_array_equal(smooth_target(label, 0.0), label)


@given(weight_matrices, outputs, labels, st.floats(0.1, 30), smoothings)
def test_class_errors_are_bounded_and_sum_to_zero(weights, z, label, beta, smoothing):
    error = class_error(weights, z, label, beta, smoothing)
    assert error.sum() == pytest.approx(0, abs=1e-12)
    assert np.all(np.abs(error) <= 1)


@given(weight_matrices, outputs, labels, st.floats(0.1, 30), smoothings)
def test_class_error_is_the_target_minus_the_expectation(weights, z, label, beta, smoothing):
    expected = smooth_target(label, smoothing) - softmax(beta * weights @ z)
    np.testing.assert_allclose(
        class_error(weights, z, label, beta, smoothing), expected, atol=1e-10
    )


@given(labels, outputs)
def test_zero_weights_expect_all_classes_alike(label, z):
    error = class_error(np.zeros((CLASSES, NEURONS)), z, label, beta=20.0, smoothing=0.0)
    np.testing.assert_allclose(error, label - 1 / CLASSES)


@given(outputs)
def test_a_single_class_leaves_no_error(z):
    assert class_error(np.ones((1, NEURONS)), z, np.ones(1), beta=20.0, smoothing=0.1) == 0


@given(weight_matrices, scores, outputs, st.floats(0, 1))
def test_each_row_moves_along_the_output_by_its_error(weights, error, z, alpha):
    after = weights.copy()
    delta_rule(after, error, z, alpha)
    for row in range(CLASSES):
        np.testing.assert_allclose(after[row], weights[row] + alpha * error[row] * z, atol=1e-12)


def test_delta_rule_learns_a_label():
    weights, z, label = np.zeros((CLASSES, NEURONS)), np.eye(NEURONS)[1], np.eye(CLASSES)[2]
    for _ in range(200):
        delta_rule(weights, class_error(weights, z, label, 20.0, 0.1), z, alpha=0.1)
    np.testing.assert_allclose(softmax(20.0 * weights @ z), smooth_target(label, 0.1), atol=1e-6)
