"""Divisive normalisation and its derivative."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lava_ib.rule.normalisation import normalise, project, through_normalisation

rates = arrays(float, 6, elements=st.just(0.0) | st.floats(1e-3, 1e3)).filter(np.any)
modulators = arrays(float, 6, elements=st.floats(-1e3, 1e3))
gains = st.floats(1e-2, 1e2)


@given(rates)
def test_output_is_a_direction_of_unit_length(r):
    z, norm = normalise(r)
    assert np.dot(z, z) == pytest.approx(1)
    assert np.all(z >= 0)
    np.testing.assert_allclose(norm * z, r)


@given(rates, gains)
def test_gain_changes_the_norm_alone(r, gain):
    z, norm = normalise(r)
    scaled_z, scaled_norm = normalise(gain * r)
    np.testing.assert_allclose(scaled_z, z, rtol=1e-12)
    assert scaled_norm == pytest.approx(gain * norm)


def test_silent_layer_has_neither_output_nor_norm():
    z, norm = normalise(np.zeros(6))
    np.testing.assert_array_equal(z, 0)
    assert norm == 0


@given(modulators, rates)
def test_projected_modulator_is_orthogonal_to_the_output(xi, r):
    z, _ = normalise(r)
    assert np.dot(project(xi, z), z) == pytest.approx(0, abs=1e-9)


@given(modulators, rates)
def test_projection_removes_only_the_part_along_the_output(xi, r):
    z, _ = normalise(r)
    once = project(xi, z)
    np.testing.assert_allclose(project(once, z), once, atol=1e-9)
    np.testing.assert_allclose(np.outer(z, z) @ xi, xi - once, atol=1e-9)


@given(modulators, rates)
def test_division_gives_the_transposed_jacobian(xi, r):
    z, norm = normalise(r)
    jacobian = (np.eye(6) - np.outer(z, z)) / norm
    np.testing.assert_allclose(
        through_normalisation(xi, z, norm, divide=True), jacobian.T @ xi, atol=1e-9 / norm
    )


@given(modulators, rates, gains)
def test_divided_modulator_falls_with_the_gain(xi, r, gain):
    plain = through_normalisation(xi, *normalise(r), divide=True)
    scaled = through_normalisation(xi, *normalise(gain * r), divide=True)
    np.testing.assert_allclose(gain * scaled, plain, atol=1e-9 / normalise(r)[1])


@given(modulators, rates, gains)
def test_undivided_modulator_ignores_the_gain(xi, r, gain):
    plain = through_normalisation(xi, *normalise(r), divide=False)
    scaled = through_normalisation(xi, *normalise(gain * r), divide=False)
    np.testing.assert_allclose(scaled, plain, atol=1e-9)


@pytest.mark.parametrize("divide", [True, False])
@given(xi=modulators)
def test_silent_layer_has_no_modulator(divide, xi):
    z, norm = normalise(np.zeros(6))
    np.testing.assert_array_equal(through_normalisation(xi, z, norm, divide), 0)
