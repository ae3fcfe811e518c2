"""Kernels between samples, and their centring."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from lava_ib.rule.kernels import (
    centred_label_row,
    centred_row,
    gaussian_matrix,
    log_gaussian,
)

windows = arrays(float, array_shapes(min_dims=2, max_dims=2), elements=st.floats(-3, 3))
classes = st.lists(st.integers(0, 3), min_size=1, max_size=10)
widths = st.floats(0.2, 5)


@st.composite
def symmetric_matrices(draw):
    size = draw(st.integers(1, 8))
    square = draw(arrays(float, (size, size), elements=st.floats(-10, 10)))
    return square + square.T


def centred(kernel: np.ndarray) -> np.ndarray:
    return np.array([centred_row(kernel, row) for row in range(len(kernel))])


@given(windows, widths)
def test_log_gaussian_is_the_scaled_squared_distance(window, sigma):
    expected = [-(np.linalg.norm(z - window[0]) ** 2) / (2 * sigma**2) for z in window]
    np.testing.assert_allclose(log_gaussian(window[0], window, sigma), expected, atol=1e-12)


@given(windows, widths)
def test_gaussian_matrix_is_symmetric_with_unit_diagonal(window, sigma):
    kernel = gaussian_matrix(window, sigma)
    np.testing.assert_allclose(kernel, kernel.T, rtol=1e-14)
    np.testing.assert_array_equal(np.diag(kernel), 1)
    assert np.all((kernel >= 0) & (kernel <= 1))


@given(windows, widths)
def test_gaussian_matrix_has_no_negative_eigenvalue(window, sigma):
    assert np.linalg.eigvalsh(gaussian_matrix(window, sigma)).min() > -1e-10


@given(windows, widths, st.floats(-3, 3))
def test_gaussian_matrix_ignores_a_common_shift(window, sigma, shift):
    np.testing.assert_allclose(
        gaussian_matrix(window + shift, sigma), gaussian_matrix(window, sigma), atol=1e-10
    )


def test_gaussian_kernel_falls_to_exp_minus_a_half_at_its_width():
    kernel = gaussian_matrix(np.array([[0.0], [0.7]]), sigma=0.7)
    assert kernel[0, 1] == pytest.approx(np.exp(-0.5))


@given(classes, st.data())
def test_centred_label_row_is_the_centred_row_of_all_pairs(numbers, data):
    labels = np.eye(4)[numbers]
    row = data.draw(st.integers(0, len(numbers) - 1))
    expected = centred_row(labels @ labels.T, row)
    np.testing.assert_allclose(centred_label_row(labels, row), expected, atol=1e-12)


@given(symmetric_matrices())
def test_centred_row_is_a_row_of_the_doubly_centred_kernel(kernel):
    size = len(kernel)
    centring = np.eye(size) - np.full((size, size), 1 / size)
    np.testing.assert_allclose(centred(kernel), centring @ kernel @ centring, atol=1e-12)


@given(symmetric_matrices())
def test_rows_and_columns_of_the_centred_kernel_sum_to_zero(kernel):
    np.testing.assert_allclose(centred(kernel).sum(axis=0), 0, atol=1e-11)
    np.testing.assert_allclose(centred(kernel).sum(axis=1), 0, atol=1e-11)


@given(st.integers(1, 40), st.floats(-10, 10))
def test_centring_removes_a_constant_kernel(size, value):
    np.testing.assert_allclose(centred(np.full((size, size), value)), 0, atol=1e-12)
