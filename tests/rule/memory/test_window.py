"""Window memory: the modulators of hsic and kde."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lava_ib.rule.kernels import log_gaussian
from lava_ib.rule.memory.window import Window, hsic_modulator, kde_modulator
from lava_ib.rule.normalisation import normalise, through_normalisation

CLASSES = 3


def hsic(z, labels, inputs, sigma=0.5):
    return hsic_modulator(z, labels, inputs, 0, sigma, gamma=1.5, sigma_x=0.8)


def hsic_label_term(z, labels, inputs, sigma=0.5):
    return hsic_modulator(z, labels, inputs[:, :0], 0, sigma, gamma=1.5, sigma_x=0.8)


def kde(z, labels, inputs, sigma=0.5):
    return kde_modulator(z, labels, 0, sigma)


modulators = pytest.mark.parametrize("modulator", [hsic, hsic_label_term, kde])


@st.composite
def windows(draw, max_size=12):
    """Normalised outputs, one-hot labels and inputs of random samples, newest first."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    size, neurons = draw(st.integers(1, max_size)), draw(st.integers(1, 8))
    z = np.array([normalise(rng.uniform(size=neurons))[0] for _ in range(size)])
    labels = np.eye(CLASSES)[rng.integers(CLASSES, size=size)]
    return z, labels, rng.normal(size=(size, 4))


@given(window=windows(), newest=st.integers(0, 11))
def test_the_newest_sample_may_stand_in_any_row(window, newest):
    z, labels, inputs = (np.roll(array, newest, axis=0) for array in window)
    row = newest % len(z)
    moved = hsic_modulator(z, labels, inputs, row, 0.5, gamma=1.5, sigma_x=0.8)
    np.testing.assert_allclose(moved, hsic(*window), atol=1e-12)
    np.testing.assert_allclose(kde_modulator(z, labels, row, 0.5), kde(*window), atol=1e-12)


@modulators
@given(window=windows(), order=st.randoms(use_true_random=False))
def test_order_of_past_samples_does_not_matter(modulator, window, order):
    past = list(range(1, len(window[0])))
    order.shuffle(past)
    shuffled = [array[[0, *past]] for array in window]
    np.testing.assert_allclose(modulator(*shuffled), modulator(*window), atol=1e-12)


@modulators
@given(window=windows())
def test_names_of_the_classes_do_not_matter(modulator, window):
    z, labels, inputs = window
    renamed = modulator(z, labels[:, ::-1], inputs)
    np.testing.assert_allclose(renamed, modulator(*window), atol=1e-12)


@pytest.mark.parametrize("modulator", [hsic_label_term, kde])
@given(window=windows(max_size=40))
def test_a_single_class_in_memory_asks_for_nothing(modulator, window):
    z, labels, inputs = window
    labels[:] = labels[0]
    np.testing.assert_allclose(modulator(z, labels, inputs), 0, atol=1e-12)


@modulators
@given(window=windows())
def test_silent_window_has_no_modulator(modulator, window):
    z, labels, inputs = window
    np.testing.assert_array_equal(modulator(np.zeros_like(z), labels, inputs), 0)


@modulators
@given(window=windows())
def test_silent_layer_has_no_modulator(modulator, window):
    window[0][0], norm = normalise(np.zeros(window[0].shape[1]))
    xi = through_normalisation(modulator(*window), window[0][0], norm, divide=True)
    np.testing.assert_array_equal(xi, 0)


@modulators
def test_a_first_sample_has_nothing_to_compare_with(modulator):
    xi = modulator(np.ones((1, 2)) / np.sqrt(2), np.eye(CLASSES)[:1], np.ones((1, 4)))
    np.testing.assert_array_equal(xi, [0, 0])


@pytest.mark.parametrize("modulator", [hsic_label_term, kde])
def test_modulator_pulls_to_the_own_class_and_away_from_the_other(modulator):
    z = np.vstack([normalise(np.ones(3))[0], np.eye(3)])
    labels = np.eye(CLASSES)[[0, 0, 1, 2]]
    xi = modulator(z, labels, np.zeros((4, 1)))
    assert xi @ z[1] > 0 > xi @ z[2] == pytest.approx(xi @ z[3])


@given(windows())
def test_input_term_vanishes_while_all_inputs_are_the_same(window):
    z, labels, inputs = window
    inputs[:] = inputs[0]
    np.testing.assert_allclose(
        hsic(z, labels, inputs), hsic_label_term(z, labels, inputs), atol=1e-12
    )


@given(windows())
def test_input_term_pushes_against_an_equal_label_term(window):
    """Inputs that are as alike as the labels: compression and relevance cancel."""
    z, labels, _ = window
    far_apart = 1e3 * labels
    xi = hsic_modulator(z, labels, far_apart, 0, sigma=0.5, gamma=1.0, sigma_x=1.0)
    np.testing.assert_allclose(xi, 0, atol=1e-12)


@given(windows(), st.floats(0, 10))
def test_label_term_of_hsic_is_proportional_to_gamma(window, gamma):
    z, labels, inputs = window
    unit, scaled = (hsic_modulator(z, labels, inputs[:, :0], 0, 0.5, g, 1.0) for g in (1.0, gamma))
    np.testing.assert_allclose(scaled, gamma * unit, atol=1e-12)


@given(windows())
def test_kde_asks_for_nothing_while_the_newest_class_is_not_in_memory(window):
    z, labels, inputs = window
    labels[:] = np.eye(CLASSES)[1]
    labels[0] = np.eye(CLASSES)[0]
    np.testing.assert_array_equal(kde(z, labels, inputs), 0)


def test_narrow_kde_points_from_the_nearest_sample_to_the_nearest_of_the_class():
    """Every kernel value of the own class is below the smallest double here."""
    sigma = 0.02
    near, own, own_far = [0.8, 0.6, 0.0], [0.28, 0.96, 0.0], [0.0, 0.0, 1.0]
    z = np.array([[1.0, 0.0, 0.0], own_far, near, own])
    labels = np.eye(CLASSES)[[0, 0, 1, 0]]
    assert np.exp(log_gaussian(z[0], z[3:], sigma)) == 0
    expected = np.subtract(own, near) / sigma**2
    np.testing.assert_allclose(kde_modulator(z, labels, 0, sigma), expected, atol=1e-9)


@given(windows(max_size=40))
def test_narrow_kde_stays_finite_and_bounded(window):
    z, labels, _ = window
    xi = kde_modulator(z, labels, 0, 0.02)
    assert np.linalg.norm(xi) <= np.sqrt(2) / 0.02**2 * (1 + 1e-12)


@pytest.mark.parametrize("compress", [False, True])
def test_slots_hold_the_samples_and_inputs_only_to_compress(compress):
    window = Window(samples=6, compress=compress)
    slots = window.slots(neurons=5, classes=3, inputs=8)
    assert {name: slot.shape for name, slot in slots.items()} == {
        "z": (6, 5),
        "labels": (6, 3),
        "x": (6, 8 if compress else 1),
        "count": (1,),
    }
    assert slots["count"].dtype is np.int64
