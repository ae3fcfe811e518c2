"""Reservoir memory: fixed weights, units that echo, a readout that is corrected."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lava_ib.rule.memory import Reservoir
from lava_ib.rule.memory.reservoir import advance, correct


def drawn(settings: Reservoir, seed: int = 0) -> dict[str, np.ndarray]:
    state = {name: np.zeros(slot.shape) for name, slot in settings.slots(6, 3, 1).items()}
    settings.draw(state, np.random.default_rng(seed))
    return state


def test_recurrent_weights_are_sparse_and_as_strong_as_asked_for():
    weights = drawn(Reservoir(units=400, density=0.1, strength=1.2))["recurrent"]
    assert np.mean(weights != 0.0) == pytest.approx(0.1, abs=0.01)
    drive = weights @ np.sign(np.random.default_rng(1).normal(size=400))
    assert drive.std() == pytest.approx(1.2, abs=0.15)


def test_weaker_ones_forget_what_they_started_from():
    """The echo of a first state dies out where the recurrent weights are weak, and goes on else."""
    for strength, remembers in ((0.5, False), (3.0, True)):
        state = drawn(Reservoir(units=100, strength=strength))
        first, second = np.zeros(100), np.random.default_rng(2).normal(size=100)
        for _ in range(400):
            for u in (first, second):
                advance(u, state["recurrent"] @ np.tanh(u), tau=2.0)
        assert (np.linalg.norm(first - second) > 1e-3) == remembers


@given(st.floats(1, 50))
def test_units_end_at_a_constant_drive(tau):
    u, drive = np.zeros(3), np.array([-1.0, 0.5, 2.0])
    for _ in range(int(40 * tau)):
        advance(u, drive, tau)
    np.testing.assert_allclose(u, drive, atol=1e-9)


@given(st.integers(0, 100), st.floats(0, 1))
def test_a_correction_takes_its_share_of_the_error_away(seed, rate):
    rng = np.random.default_rng(seed)
    readout, rates, target = rng.normal(size=(4, 9)), rng.normal(size=9), rng.normal(size=4)
    error = target - readout @ rates
    correct(readout, rates, error, rate)
    np.testing.assert_allclose(target - readout @ rates, (1 - rate) * error, atol=1e-9)


def test_silent_units_correct_nothing():
    readout = np.ones((2, 3))
    correct(readout, np.zeros(3), np.ones(2), 0.5)
    assert np.all(readout == 1.0)


def test_a_teacher_is_there_only_while_the_readout_learns():
    assert "labels" not in Reservoir().slots(6, 3, 1)
    assert Reservoir(rate=0.1, samples=7).slots(6, 3, 1)["labels"].shape == (7, 3)
