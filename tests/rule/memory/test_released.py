"""The modulator of the paper's released code, against its formula on whole matrices."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lava_ib.rule.memory.released import released_modulator
from lava_ib.rule.normalisation import normalise

CLASSES, SIGMA, GAMMA, SIGMA_X = 4, 0.5, 2.0, 0.8


@st.composite
def windows(draw, min_size=1):
    """Normalised outputs, one-hot labels and inputs of random samples."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    size, neurons = draw(st.integers(min_size, 12)), draw(st.integers(1, 8))
    z = np.array([normalise(rng.uniform(size=neurons))[0] for _ in range(size)])
    return z, np.eye(CLASSES)[rng.integers(CLASSES, size=size)], rng.normal(size=(size, 3))


def modulator(window, newest, fixed):
    return released_modulator(*window, newest, SIGMA, GAMMA, SIGMA_X, fixed)


def gaussian(rows, sigma):
    return np.exp(-np.square(rows[:, None] - rows[None]).sum(-1) / (2 * sigma**2))


def global_error(window, fixed):
    """Trace over the samples before the newest, which is the last row, plus its own corner.

    Written as the released code does it: matrices with an axis for the neurons, the trace
    over the first two. To be descended.
    """
    z, labels, inputs = window
    size = len(z)
    k_x, k_y, k_z = gaussian(inputs, SIGMA_X), labels @ labels.T, gaussian(z, SIGMA)
    relevance = (k_x - k_x.mean(axis=1)) - GAMMA * (k_y - k_y.mean(axis=1))
    slopes = 2 * k_z[-1][:, None] / SIGMA**2 * (z[-1] - z)
    before = slopes[:-1] if fixed else slopes[-1]
    matrix = relevance[:-1, :-1, None] * before / size
    corner = relevance[-1, -1] * slopes[:-1].sum(axis=0) / size
    return (np.trace(matrix) + corner) / (size - 1) ** 2


versions = pytest.mark.parametrize("fixed", [False, True], ids=["released", "fixed"])


@versions
@given(window=windows(min_size=2))
def test_it_is_what_the_released_code_descends(fixed, window):
    xi = modulator(window, len(window[0]) - 1, fixed)
    np.testing.assert_allclose(xi, -global_error(window, fixed), atol=1e-12)


@versions
@given(window=windows(), newest=st.integers(0, 11))
def test_the_newest_sample_may_stand_in_any_row(fixed, window, newest):
    z, *_ = rolled = tuple(np.roll(array, newest, axis=0) for array in window)
    expected = modulator(window, 0, fixed)
    np.testing.assert_allclose(modulator(rolled, newest % len(z), fixed), expected, atol=1e-12)


@versions
@given(window=windows(min_size=2))
def test_samples_of_the_same_and_of_another_class_repel_the_newest(fixed, window):
    z, labels = window[0], np.eye(CLASSES)[[0, 0, 1]]
    trio = np.vstack([z[:2], normalise(z[0] + z[1])[0]])
    same, other = (
        released_modulator(trio[rows], labels[[0, 1, 2]], np.empty((3, 0)), 0, 0.5, 1.0, 1.0, fixed)
        for rows in ([0, 1, 0], [0, 0, 1])  # the third stands where the newest does, or the second
    )
    away = z[0] - z[1]
    assert same @ away >= 0
    assert other @ away >= 0
    np.testing.assert_allclose(np.sign(same), np.sign(other), atol=1e-12)


@given(window=windows(min_size=2), classes=st.integers(2, CLASSES))
def test_as_released_the_direction_does_not_depend_on_labels(window, classes):
    z, _, inputs = window
    directions = []
    for labels in (np.arange(len(z)) % classes, np.arange(len(z)) // (len(z) // 2 + 1)):
        directions.append(modulator((z, np.eye(CLASSES)[labels], inputs[:, :0]), 0, fixed=False))
    first, second = directions
    sizes = np.linalg.norm(directions, axis=1)
    np.testing.assert_allclose(first * sizes[1], second * sizes[0], atol=1e-12)


@versions
def test_a_first_sample_has_nothing_to_compare_with(fixed):
    window = np.ones((1, 2)) / np.sqrt(2), np.eye(CLASSES)[:1], np.ones((1, 3))
    np.testing.assert_array_equal(modulator(window, 0, fixed), [0, 0])
