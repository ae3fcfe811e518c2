"""A layer in integers, against exact arithmetic and against the layer in floating point."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lava_ib.rule.fixed.neuron import (
    ACTIVITY_LIMIT,
    MEMBRANE_LIMIT,
    NORM,
    activities,
    beyond,
    coarse,
    integer_root,
    leaked,
    limited,
    neuron_modulator,
    normalised,
    scaled_drive,
    third_factor_limit,
    through_normalisation,
)
from lava_ib.rule.normalisation import normalise, project

rates = arrays(np.int64, 9, elements=st.integers(0, MEMBRANE_LIMIT))
outputs = arrays(np.int64, 9, elements=st.integers(0, ACTIVITY_LIMIT))
modulators = arrays(np.int64, 9, elements=st.integers(-511, 511))


@given(st.integers(0, 2**60))
def test_the_root_is_exact(square):
    assert integer_root(square) == math.isqrt(square)


@given(rates.filter(lambda r: r.max() > 4000))
def test_outputs_are_normalised_rates_to_half_a_unit_and_the_roots_floor(r):
    expected = NORM * normalise(r.astype(float))[0]
    assert np.all(np.abs(normalised(r) - expected) < 0.51 + expected / 4000)


def test_a_silent_layer_sends_nothing_and_has_no_modulator():
    none = np.zeros(4, dtype=np.int64)
    np.testing.assert_array_equal(normalised(none), none)
    xi = np.array([5, -7, 200, -300])
    np.testing.assert_array_equal(through_normalisation(xi, none), xi)
    np.testing.assert_array_equal(neuron_modulator(xi, none, none, 0, 7), none)


@given(modulators, outputs.filter(lambda z: z.any()))
def test_projection_is_that_of_floating_point_to_half_a_unit(xi, z):
    expected = project(xi.astype(float), z / np.linalg.norm(z))
    assert np.all(np.abs(through_normalisation(xi, z) - expected) <= 0.5 + 1e-9)


@given(modulators, outputs, st.integers(2, 7))
def test_modulators_have_their_bits_and_no_effect_on_silent_neurons(xi, z, bits):
    limit = third_factor_limit(bits)
    u = z - 3
    found = limited(neuron_modulator(xi, z, u, 0, bits), -limit, limit)
    assert np.all(found[u <= 0] == 0)
    assert np.all(found % (1 << (7 - bits)) == 0)
    assert limit < 64


@given(st.integers(-MEMBRANE_LIMIT, MEMBRANE_LIMIT), st.integers(-(2**20), 2**20),
       st.integers(0, 5))  # fmt: skip
def test_a_membrane_comes_to_its_drive_from_above_and_to_the_leaks_floor_from_below(u, drive, s):
    values = np.array([u])
    for _ in range(40 << s):
        values = leaked(values, np.array([drive]), s)
    assert drive - (1 << s) < values[0] <= drive


def test_membranes_without_a_leak_are_their_drive():
    drive = np.array([3, -4])
    np.testing.assert_array_equal(leaked(np.array([100, 100]), drive, 0), drive)


@given(arrays(np.int64, 5, elements=st.integers(-(2**30), 2**30)), st.integers(-8, 8))
def test_drive_is_shifted_with_floor(total, exponent):
    np.testing.assert_array_equal(
        scaled_drive(total, exponent), np.floor(total * 2.0**exponent).astype(np.int64)
    )


@given(arrays(np.int64, 5, elements=st.integers(-300, 300)))
def test_what_is_cut_off_is_counted(values):
    kept = limited(values, -100, 90)
    assert beyond(values, -100, 90) == np.sum(kept != values)
    assert beyond(kept, -100, 90) == 0


@given(arrays(np.int64, 6, elements=st.integers(0, 300)), st.integers(1, 7))
def test_fewer_bits_clear_the_last_ones(exact, bits):
    sent = activities(exact, bits)
    assert np.all((sent >= 0) & (sent <= ACTIVITY_LIMIT))
    assert len(np.unique(coarse(np.arange(128), 7 - bits))) == 1 << bits
    assert np.all(limited(exact, 0, ACTIVITY_LIMIT) - sent < 1 << (7 - bits))
