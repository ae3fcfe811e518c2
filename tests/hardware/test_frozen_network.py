"""A trained network in integers, against the network in floating point."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lava_ib.hardware.frozen_layers import FrozenDense
from lava_ib.hardware.frozen_network import (
    ACTIVITY_BITS,
    STATE_LIMIT,
    WEIGHT_LIMIT,
    FrozenNetwork,
    freeze,
    shape_errors,
)


def floating(weights, bias, x):
    """Scores with normalised layers, as the rule trains them."""
    a = x
    for number, matrix in enumerate(weights[:-1]):
        r = np.maximum(a @ matrix.T + (bias if number == 0 else 0.0), 0.0)
        a = r / np.maximum(np.linalg.norm(r, axis=1, keepdims=True), 1e-12)
    return a @ weights[-1].T


@settings(deadline=None, max_examples=25)
@given(
    seed=st.integers(0, 2**32 - 1),
    sizes=st.lists(st.integers(8, 40), min_size=3, max_size=4),
    centred=st.booleans(),
    signed=st.booleans(),
    scale=st.floats(1e-3, 1e3),
)
def test_predictions_are_those_of_the_normalised_network(seed, sizes, centred, signed, scale):
    rng = np.random.default_rng(seed)
    x = scale * rng.uniform(-1.0 if signed else 0.0, 1.0, (400, sizes[0]))
    weights = [rng.normal(size=(post, pre)) for pre, post in pairwise(sizes)]
    bias = -weights[0] @ x.mean(axis=0) if centred else np.zeros(sizes[1])
    network, close = freeze(weights, bias, x[:200])
    assert close == () and shape_errors(network) == []
    scores = np.sort(floating(weights, bias, x), axis=1)
    agrees = network.predict(x) == np.argmax(floating(weights, bias, x), axis=1)
    clear = scores[:, -1] - scores[:, -2] > 0.1 * np.abs(scores).max()
    assert agrees[clear].mean() > 0.99 if clear.any() else True
    for layer in network.layers:
        assert np.abs(layer.weights).max() <= WEIGHT_LIMIT
    for values in network.activities(network.encode(x[:200]))[:-1]:
        assert values.max() < 2 ** (ACTIVITY_BITS - 1)


def test_a_bias_comes_in_over_two_constant_inputs():
    weights = [np.full((3, 4), 0.01), np.eye(3)]
    bias = np.array([1.0, -0.3, 0.07])
    x = np.random.default_rng(0).uniform(0, 1, (50, 4))
    network, _ = freeze(weights, bias, x)
    assert len(network.constants) == 2 and network.sizes[0] == 6
    sums = FrozenDense(network.layers[0].weights, 0).sums(network.encode(x))
    scale = network.input_scale * WEIGHT_LIMIT / 0.01
    np.testing.assert_allclose(sums / scale, x @ weights[0].T + bias, atol=2e-4)
    assert freeze(weights, np.zeros(3), x)[0].constants == ()


def test_sums_near_the_width_of_a_neuron_are_told():
    wide = [np.ones((2, 600)), np.ones((2, 2))]
    _, close = freeze(wide, np.zeros(2), np.ones((3, 600)))
    assert close == (f"sums of layer 1 reach {600 * 255 * 127:,} of {STATE_LIMIT:,}",)


@pytest.mark.parametrize(
    ("layers", "problem"),
    [
        ([FrozenDense(np.full((2, 2), 128), 0)], "layer 1: weights: expected a matrix"),
        ([FrozenDense(np.zeros(2), 0)], "layer 1: weights: expected a matrix"),
        ([FrozenDense(np.zeros((2, 2)), -1)], "layer 1: shift is -1"),
        ([FrozenDense(np.zeros((2, 3)), 0), FrozenDense(np.zeros((2, 3)), 0)], "layer 2 has 3"),
    ],
)
def test_what_does_not_go_together_is_told(layers, problem):
    (found,) = shape_errors(FrozenNetwork(tuple(layers), 1.0))
    assert found.startswith(problem)


def test_integer_weights_stay_as_they_are():
    x = np.random.default_rng(0).uniform(0, 1, (50, 4))
    eight = [np.array([[-128, 3, 127, 0], [1, 2, 3, 4]]), np.array([[5, -6], [7, 8]])]
    network, _ = freeze(eight, np.zeros(2), x, input_scale=127.0)
    assert network.input_scale == 127.0
    for layer, weights in zip(network.layers, eight, strict=True):
        assert np.array_equal(layer.weights, weights)
    nine, _ = freeze([2 * eight[0], eight[1]], np.zeros(2), x)
    assert np.array_equal(nine.layers[0].weights, eight[0])
    assert shape_errors(nine) == []
