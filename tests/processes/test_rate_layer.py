"""The float model of RateLayer, step by step."""

import numpy as np
import pytest

from lava_ib.processes import RateLayer
from lava_ib.processes.rate_layer.models import PyRateLayerModelFloat
from lava_ib.testing import SteppedModel

N = 5
DRIVE = np.random.default_rng(1).normal(size=(24, N))
THIRD = np.random.default_rng(2).normal(size=(24, N))
steps_per_sample = pytest.mark.parametrize("steps", [1, 4])


def layer(**params) -> SteppedModel:
    return SteppedModel(RateLayer(shape=(N,), **params), PyRateLayerModelFloat)


def rates(drive: np.ndarray, tau: float, bias: np.ndarray | float = 0.0) -> np.ndarray:
    """Membrane potentials of all steps, from u = 0."""
    u, history = np.zeros(N), []
    for now in drive:
        u = (1 - 1 / tau) * u + (now + bias) / tau
        history.append(u)
    return np.array(history)


def normalised(u: np.ndarray) -> np.ndarray:
    """r / ||r|| in every step, zeros where no neuron is active."""
    r = np.maximum(u, 0)
    norm = np.linalg.norm(r, axis=1, keepdims=True)
    return np.divide(r, norm, out=np.zeros_like(r), where=norm > 0)


def through(xi: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Transposed Jacobian of r / ||r|| at r = max(u, 0)."""
    r = np.maximum(u, 0)
    norm = np.linalg.norm(r)
    if norm == 0:
        return np.zeros(N)
    jacobian = (np.eye(N) - np.outer(r, r) / norm**2) / norm
    return jacobian.T @ xi


@pytest.mark.parametrize("tau", [1.0, 1.5, 4.0])
def test_membranes_leak_towards_drive_and_bias(tau):
    bias = np.linspace(-1, 1, N)
    model = layer(tau=tau, bias=bias)
    expected = rates(DRIVE, tau, bias)
    for drive, u in zip(DRIVE, expected, strict=True):
        model.step(a_in=drive)
        np.testing.assert_allclose(model.model.u, u, atol=1e-14)


def test_output_is_the_normalised_rectified_membrane():
    sent = layer(tau=1.5).run(24, a_in=DRIVE)
    u = rates(DRIVE, 1.5)
    np.testing.assert_allclose(sent["s_out"], normalised(u), atol=1e-14)
    np.testing.assert_array_equal(sent["m_out"], sent["s_out"])
    np.testing.assert_array_equal(sent["s_out_y1"], u > 0)
    np.testing.assert_array_equal(sent["s_out_bap"], u > 0)
    assert sent["s_out_bap"].dtype == bool


def test_silent_layer_sends_zeros_and_has_no_modulator():
    sent = layer().step(a_in=-np.ones(N), a_third_factor_in=np.ones(N))
    assert set(sent) == {"s_out", "m_out", "s_out_bap", "s_out_y1", "s_out_y2", "s_out_y3"}
    assert all(not values.any() for values in sent.values())


@steps_per_sample
def test_paper_modulator_leaves_at_the_end_of_its_own_presentation(steps):
    model = layer(tau=1.5, steps_per_sample=steps)
    sent = model.run(24, a_in=DRIVE, a_third_factor_in=THIRD)
    u = rates(DRIVE, 1.5)
    expected = np.zeros((24, N))
    for end in range(steps - 1, 24, steps):
        expected[end] = through(THIRD[end], u[end])
    np.testing.assert_allclose(sent["s_out_y2"] - sent["s_out_y3"], expected, atol=1e-13)
    np.testing.assert_allclose(
        model.model.modulator_sum, np.linalg.norm(expected, axis=1).sum(), rtol=1e-13
    )


@steps_per_sample
def test_chip_modulator_leaves_during_the_whole_next_presentation(steps):
    model = layer(tau=1.5, steps_per_sample=steps, timing="chip", xi=np.arange(-2.0, 3.0))
    sent = model.run(24, a_in=DRIVE, a_third_factor_in=THIRD)
    u = rates(DRIVE, 1.5)
    expected = np.empty((24, N))
    expected[:steps] = np.arange(-2.0, 3.0)
    for start in range(steps, 24, steps):
        expected[start : start + steps] = through(THIRD[start - 1], u[start - 1])
    np.testing.assert_allclose(sent["s_out_y2"] - sent["s_out_y3"], expected, atol=1e-13)
    np.testing.assert_allclose(model.model.xi, through(THIRD[-1], u[-1]), atol=1e-13)


@pytest.mark.parametrize("timing", ["paper", "chip"])
def test_modulator_is_sent_as_its_positive_and_negative_part(timing):
    sent = layer(timing=timing).run(24, a_in=DRIVE, a_third_factor_in=THIRD)
    assert (sent["s_out_y2"] >= 0).all() and (sent["s_out_y3"] >= 0).all()
    assert sent["s_out_y2"].any() and sent["s_out_y3"].any()
    assert not (sent["s_out_y2"] * sent["s_out_y3"]).any()


def test_without_division_the_modulator_is_only_made_orthogonal():
    divided = layer().step(a_in=DRIVE[0], a_third_factor_in=THIRD[0])
    plain = layer(divide_by_norm=False).step(a_in=DRIVE[0], a_third_factor_in=THIRD[0])
    norm = np.linalg.norm(np.maximum(DRIVE[0], 0))
    xi = plain["s_out_y2"] - plain["s_out_y3"]
    np.testing.assert_allclose(xi, norm * (divided["s_out_y2"] - divided["s_out_y3"]), atol=1e-14)
    np.testing.assert_allclose(xi @ plain["s_out"], 0, atol=1e-14)


@steps_per_sample
def test_reset_starts_every_presentation_at_rest(steps):
    sent = layer(tau=3.0, steps_per_sample=steps, reset=True).run(24, a_in=DRIVE)
    u = np.concatenate([rates(part, 3.0) for part in DRIVE.reshape(-1, steps, N)])
    np.testing.assert_allclose(sent["s_out"], normalised(u), atol=1e-13)


def test_without_reset_a_presentation_starts_where_the_last_one_ended():
    model = layer(tau=2.0, u=np.full(N, 8.0))
    model.step()
    np.testing.assert_array_equal(model.model.u, 4.0)
