"""Eligibility traces and the three-factor update."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lava_ib.rule.eligibility import apply_modulator, decay_trace, epoch_gain

POST, PRE = 4, 3
values = st.floats(-10, 10)
traces = arrays(float, (POST, PRE), elements=values)
gates = arrays(float, POST, elements=st.sampled_from([0.0, 1.0]))
inputs = arrays(float, PRE, elements=values)
modulators = arrays(float, POST, elements=values)
time_constants = st.floats(1, 50)


def moved(trace: np.ndarray, gate: np.ndarray, a: np.ndarray, gain: float, times: int = 1):
    trace = trace.copy()
    for _ in range(times):
        decay_trace(trace, gate, a, gain)
    return trace


@given(traces, gates, inputs, st.floats(0.01, 1))
def test_each_trace_moves_towards_its_own_coincidence(trace, gate, a, gain):
    after = moved(trace, gate, a, gain)
    for i, j in np.ndindex(trace.shape):
        expected = trace[i, j] + gain * (gate[i] * a[j] - trace[i, j])
        assert after[i, j] == pytest.approx(expected, abs=1e-12)


@given(traces, gates, inputs)
def test_full_gain_leaves_the_present_coincidence(trace, gate, a):
    np.testing.assert_array_equal(moved(trace, gate, a, 1.0), np.outer(gate, a))


@given(gates, inputs, time_constants, st.integers(1, 30))
def test_trace_of_a_constant_input_grows_by_the_epoch_gain(gate, a, tau_e, steps):
    after = moved(np.zeros((POST, PRE)), gate, a, 1 / tau_e, steps)
    np.testing.assert_allclose(after, epoch_gain(tau_e, steps) * np.outer(gate, a), atol=1e-12)


@given(traces, gates, inputs)
def test_trace_of_a_constant_input_converges_to_the_coincidence(trace, gate, a):
    after = moved(trace, gate, a, 1 / 2, times=60)
    np.testing.assert_allclose(after, np.outer(gate, a), atol=1e-12)


@given(traces, gates, inputs, time_constants, st.integers(1, 30))
def test_one_epoch_move_equals_its_steps_while_the_input_is_constant(trace, gate, a, tau_e, steps):
    stepwise = moved(trace, gate, a, 1 / tau_e, steps)
    at_once = moved(trace, gate, a, epoch_gain(tau_e, steps))
    np.testing.assert_allclose(at_once, stepwise, atol=1e-11)


@given(time_constants)
def test_epoch_gain_of_one_step_is_the_gain_of_the_trace(tau_e):
    assert epoch_gain(tau_e, 1) == pytest.approx(1 / tau_e)


@given(time_constants, st.integers(1, 60))
def test_epoch_gain_grows_with_steps_and_stays_in_range(tau_e, steps):
    gain = epoch_gain(tau_e, steps)
    assert type(gain) is float
    assert 0 < gain <= epoch_gain(tau_e, steps + 1) <= 1


@given(traces, traces, modulators, st.floats(0, 2))
def test_each_weight_moves_by_the_product_of_three_factors(weights, trace, xi, eta):
    after = weights.copy()
    apply_modulator(after, trace, xi, eta)
    for i, j in np.ndindex(weights.shape):
        expected = weights[i, j] + eta * xi[i] * trace[i, j]
        assert after[i, j] == pytest.approx(expected, abs=1e-12)


@given(traces, traces, modulators)
def test_nothing_moves_without_learning_rate_modulator_or_trace(weights, trace, xi):
    after = weights.copy()
    apply_modulator(after, trace, xi, 0.0)
    apply_modulator(after, trace, np.zeros(POST), 1.0)
    apply_modulator(after, np.zeros((POST, PRE)), xi, 1.0)
    np.testing.assert_array_equal(after, weights)
