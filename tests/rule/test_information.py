"""HSIC of the layers: what it says of equal, unrelated and renamed samples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lava_ib.rule.information import dependences, hsic, settled_outputs
from lava_ib.rule.kernels import gaussian_matrix
from lava_ib.rule.settings import NetworkSettings, Settings
from lava_ib.rule.state import initial_state

SETTINGS = Settings(network=NetworkSettings(layers=(6, 5, 4, 3)))


@given(st.integers(0, 2**32 - 1), st.integers(2, 15))
def test_hsic_is_the_trace_over_centred_kernels(seed, size):
    rng = np.random.default_rng(seed)
    k, other = (gaussian_matrix(rng.normal(size=(size, 3)), 1.0) for _ in range(2))
    h = np.eye(size) - 1 / size
    assert hsic(k, other) == pytest.approx(np.trace(k @ h @ other @ h) / (size - 1) ** 2)
    assert hsic(k, other) == pytest.approx(hsic(other, k))


def test_hsic_vanishes_for_what_never_changes():
    k = gaussian_matrix(np.random.default_rng(0).normal(size=(9, 2)), 1.0)
    assert hsic(k, np.ones((9, 9))) == pytest.approx(0, abs=1e-15)


def test_labels_that_follow_the_input_count_for_more_than_drawn_ones():
    rng = np.random.default_rng(1)
    state = initial_state(SETTINGS, "nothing", 1, seed=2)
    y = rng.integers(0, 3, 200)
    x = np.eye(6)[y] + 0.05 * rng.normal(size=(200, 6))
    own = dependences(SETTINGS, state, x, y)
    drawn = dependences(SETTINGS, state, x, rng.permutation(y))
    for layer, other in zip(own, drawn, strict=True):
        assert layer.hsic_y > 10 * other.hsic_y > 0
        assert layer.hsic_x == other.hsic_x > 0


def test_outputs_are_those_of_a_long_presentation():
    rng = np.random.default_rng(3)
    state = initial_state(SETTINGS, "nothing", 1, seed=2)
    x = rng.normal(size=(4, 6))
    u = np.zeros((4, 5)), np.zeros((4, 4))
    for _ in range(300):
        z = x
        for number, membrane in enumerate(u, 1):
            membrane += (z @ state[f"dense{number}/weights"].T - membrane) / 1.5
            r = np.maximum(membrane, 0)
            z = r / np.maximum(np.linalg.norm(r, axis=1, keepdims=True), 1e-300)
    found = settled_outputs(SETTINGS, state, x)
    assert [layer.shape for layer in found] == [(4, 5), (4, 4)]
    np.testing.assert_allclose(found[1], z, atol=1e-12)
