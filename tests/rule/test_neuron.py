"""Leaky rate neurons."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lava_ib.rule.neuron import gate, leak, rate

potentials = arrays(float, 5, elements=st.floats(-1e3, 1e3))
time_constants = st.floats(1, 100)


@given(potentials, time_constants)
def test_leak_rests_where_the_potential_equals_the_drive(drive, tau):
    np.testing.assert_array_equal(leak(drive, drive, tau), drive)


@given(potentials, potentials, time_constants)
def test_leak_moves_towards_the_drive_and_never_past_it(u, drive, tau):
    after = leak(u, drive, tau)
    assert np.all(after >= np.minimum(u, drive) - 1e-9)
    assert np.all(after <= np.maximum(u, drive) + 1e-9)


@given(potentials, potentials, potentials, time_constants)
def test_leak_is_monotone_in_potential_and_drive(u, drive, step, tau):
    before = leak(u, drive, tau)
    assert np.all(leak(u + np.abs(step), drive, tau) >= before - 1e-9)
    assert np.all(leak(u, drive + np.abs(step), tau) >= before - 1e-9)


@given(potentials, potentials, time_constants, st.integers(1, 30))
def test_distance_to_a_constant_drive_decays_exponentially(u, drive, tau, steps):
    now = u
    for _ in range(steps):
        now = leak(now, drive, tau)
    np.testing.assert_allclose(now - drive, (1 - 1 / tau) ** steps * (u - drive), atol=1e-9)


@given(potentials, potentials)
def test_time_constant_of_one_forgets_the_step_before(u, drive):
    np.testing.assert_allclose(leak(u, drive, 1.0), drive, atol=1e-12)


@given(potentials)
def test_rate_is_the_positive_part(u):
    assert np.all(rate(u) >= 0)
    np.testing.assert_array_equal(rate(u) - rate(-u), u)
    np.testing.assert_array_equal(rate(u) * rate(-u), 0)


@given(potentials)
def test_gate_is_the_slope_of_the_rate(u):
    assert set(gate(u)) <= {0.0, 1.0}
    np.testing.assert_array_equal(gate(u) * u, rate(u))


def test_gate_is_closed_at_zero():
    np.testing.assert_array_equal(gate(np.array([-1e-300, -0.0, 0.0, 1e-300])), [0, 0, 0, 1])
