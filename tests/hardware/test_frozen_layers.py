"""Layers in integers, against the rule's own convolution and pooling."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lava_ib.hardware.frozen_layers import (
    PLACE,
    FrozenConv,
    FrozenDense,
    FrozenPool,
    digits,
    places_of,
)
from lava_ib.rule.convolution import convolve, patches
from lava_ib.rule.geometry import Convolution, layer_geometries
from lava_ib.rule.summary import average_pool


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 2**32 - 1),
    image=st.tuples(st.integers(6, 9), st.integers(6, 9), st.integers(1, 3)),
    kernel=st.integers(1, 4),
    stride=st.integers(1, 2),
    padding=st.integers(0, 2),
    pool=st.integers(1, 2),
)
def test_maps_are_convolved_and_pooled_as_by_the_rule(seed, image, kernel, stride, padding, pool):
    rng = np.random.default_rng(seed)
    convolution = Convolution(
        channels=4, kernel=kernel, stride=stride, padding=padding, pool=1, grid=1
    )
    (geometry,) = layer_geometries(image, [convolution], [])
    weights = rng.integers(-127, 128, geometry.weights)
    maps = rng.integers(-255, 256, (3, *image))
    conv = FrozenConv(weights, image, stride, padding)
    assert list(conv.problems()) == []
    assert conv.shape == geometry.output and conv.inputs == maps[0].size
    sums = conv.sums(maps.reshape(3, -1))
    size = min(pool, *conv.shape[:2])
    pooling = FrozenPool(conv.shape, size, None, 3, 2)
    assert list(pooling.problems()) == []
    for own, pooled, a in zip(sums, pooling.sums(sums), maps, strict=True):
        expected = convolve(weights, patches(a, geometry), geometry)
        assert np.array_equal(own.reshape(conv.shape), expected)
        averages = average_pool(expected, size)
        in_whole = np.rint(averages * size**2).astype(np.int64)
        assert np.array_equal(pooled.reshape(pooling.shape), 3 * in_whole >> 2)


def test_a_bias_comes_before_the_factor_of_a_pool_and_behind_the_shift_of_a_connection():
    pool = FrozenPool((2, 2, 1), 2, np.array([-7]), 3, 1)
    assert pool.sums(np.array([[1, 2, 3, 4]])).tolist() == [[(10 - 7) * 3 >> 1]]
    dense = FrozenDense(np.array([[5, -5]]), 2, np.array([100]))
    assert dense.sums(np.array([[3, 1]])).tolist() == [[(10 >> 2) + 100]]


@given(st.lists(st.integers(-(2**26), 2**26), min_size=1, max_size=9))
def test_digits_are_weights_of_eight_bits_and_add_up(values):
    bias = np.array(values)
    places = places_of([bias])
    assert all(after == PLACE * before for before, after in pairwise(places))
    written = digits(bias, max(1, len(places)))
    assert np.abs(written).max() <= PLACE // 2
    assert np.array_equal(written @ np.array(places or (1,)), bias)


@pytest.mark.parametrize(
    ("layer", "problem"),
    [
        (FrozenDense(np.zeros((2, 3)), 40), "shift is 40: expected 0 to 31"),
        (FrozenDense(np.zeros((2, 3)), 0, np.zeros(3)), r"bias of shape (3,): expected (2,)"),
        (
            FrozenDense(np.zeros((1, 3)), 0, np.array([-(2**23)])),
            "bias reaches 8,388,608: expected",
        ),
        (FrozenConv(np.full((1, 1, 1, 1), 128), (2, 2, 1), 1, 0), "weights: expected filters"),
        (FrozenConv(np.zeros((1, 1, 1, 2)), (2, 2, 1), 1, 0), "2 channels, its input 1"),
        (
            FrozenConv(np.zeros((1, 3, 3, 1)), (2, 2, 1), 1, 0),
            "a kernel of (3, 3) leaves a map of (0, 0, 1)",
        ),
        (FrozenConv(np.zeros((1, 1, 1, 1)), (2, 2, 1), 0, 0), "stride is 0"),
        (FrozenConv(np.zeros((1, 1, 1, 1)), (2, 2, 1), 1, 9), "padding is 9: expected 0 to 2"),
        (FrozenConv(np.zeros((1, 1, 1, 1)), (2**20, 2**20, 1), 1, 0), "input_shape is (1048576,"),
        (FrozenPool((2, 2, 0), 1, None, 1, 0), "input_shape is (2, 2, 0): expected"),
        (FrozenPool((2, 2, 1), 3, None, 1, 0), "size is 3: expected 1 to 2"),
        (FrozenPool((2, 2, 1), 2, None, 128, 0), "multiplier is 128: expected 1 to 127"),
    ],
)
def test_what_cannot_be_is_told(layer, problem):
    (found,) = layer.problems()
    assert found.startswith(problem)
