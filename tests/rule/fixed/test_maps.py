"""Maps in integers: rounded means, norms and steps, beside what floating point makes of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lava_ib.rule.convolution import running_gain
from lava_ib.rule.fixed.maps import (
    FRACTION_BITS,
    MAP_UNIT,
    cell_limit,
    cell_modulator,
    cell_share,
    filter_factor,
    filter_size,
    filter_step,
    followed,
    horizon,
    map_size,
    mean_square,
    moved_filters,
    passed_on,
    quotient,
    whole,
)
from lava_ib.rule.fixed.settings import FixedSettings
from lava_ib.rule.normalisation import project
from lava_ib.rule.summary import pass_on

PLAIN = FixedSettings(arithmetic="plain")


@given(st.integers(-(2**50), 2**50), st.integers(1, 2**23))
def test_a_quotient_is_the_nearest_whole_number(value, divisor):
    assert 2 * abs(quotient(value, divisor) * divisor - value) <= divisor


@given(st.integers(0, 5000), st.floats(1e-4, 0.5))
def test_a_mean_reaches_back_as_far_as_in_floating_point(sample, rate):
    assert 1.0 / horizon(rate, sample) == pytest.approx(running_gain(rate, sample), rel=0.34)


def test_running_means_are_those_of_floating_point():
    rng = np.random.default_rng(0)
    mean, real = np.zeros(6, dtype=np.int64), np.zeros(6)
    for sample in range(3000):
        values = rng.integers(0, 4000, 6)
        mean = followed(mean, values, horizon(0.01, sample))
        real += running_gain(0.01, sample) * (values - real)
    np.testing.assert_allclose(mean / (1 << FRACTION_BITS), real, atol=0.5)
    np.testing.assert_allclose(whole(mean), real, atol=1.0)


def test_the_first_sample_is_the_mean():
    assert followed(77, 1234, horizon(0.001, 0)) == 1234 << FRACTION_BITS


@given(st.integers(0, 2**32 - 1), st.integers(1, 2**15))
def test_a_map_is_passed_on_as_in_floating_point(seed, scale):
    rng = np.random.default_rng(seed)
    centred = np.rint(rng.normal(0.0, 50.0 * scale, (3, 4, 5))).astype(np.int64)
    size = map_size(int(np.sum(centred**2)), centred.size)
    exact = pass_on(centred, np.zeros(5)) * MAP_UNIT
    # Half a unit by rounding, the rest since the root is rounded down: by up to 1 in about 50.
    np.testing.assert_allclose(passed_on(centred, size), exact, rtol=0.03, atol=0.51)


def test_a_silent_map_divides_by_one():
    assert map_size(0, 40) == 1


@given(st.integers(0, 2**32 - 1))
def test_cells_get_a_quarter_of_the_orthogonal_part(seed):
    rng = np.random.default_rng(seed)
    z, xi = rng.integers(-80, 80, 60), rng.integers(-511, 512, 60)
    exact = project(xi, z / np.linalg.norm(z)) / 4
    np.testing.assert_allclose(cell_modulator(xi, z, 0, 7), exact, atol=0.7)
    assert cell_limit(7) == 127 and cell_limit(5) == 124
    assert np.all(cell_modulator(xi, z, 0, 5) % 4 == 0)


def test_filters_take_smaller_steps_towards_the_end():
    assert [filter_size(k, 100, 51.0) for k in (0, 50, 99, 100)] == [51, 25, 1, 1]
    assert filter_size(10**6, 0, 51.0) == 51


def test_cells_of_unequal_size_share_in_inverse_proportion():
    sizes = np.array([4, 6, 9])
    shares = cell_share(np.array([63, 63, 63]), sizes, sizes.max())
    np.testing.assert_allclose(shares * sizes / 9, 63, atol=0.5)


@given(st.integers(0, 2**32 - 1), st.integers(1, 10), st.integers(3, 20))
def test_a_step_of_its_own_size_moves_by_its_share_of_256(seed, exponent, magnitude):
    change = np.random.default_rng(seed).integers(-(2**magnitude), 2**magnitude + 1, (7, 30))
    step, square = 1 << exponent, mean_square(change)
    moved = filter_step(change, filter_factor(step, square << FRACTION_BITS)) / 2**15
    size = np.sqrt(np.mean(change.astype(float) ** 2))
    np.testing.assert_allclose(moved, change / size * step / 256, rtol=0.4, atol=2**-15)


def test_mean_squares_do_not_overflow_with_the_largest_changes():
    change = np.full((256, 2048), 252 * 127 * 1024, dtype=np.int64)
    assert mean_square(change) == (252 * 127 * 1024) ** 2


def test_small_steps_add_up():
    weights, remainder = np.zeros((4, 25), dtype=np.int64), np.full((4, 25), 1 << 14)
    step = np.random.default_rng(1).integers(-500, 500, weights.shape)
    for _ in range(1000):
        weights, remainder = moved_filters(weights, remainder, step, 0, PLAIN)
    assert remainder.min() >= 0 and remainder.max() < 1 << 15
    np.testing.assert_array_equal((weights << 15) + remainder, 1000 * step + (1 << 14))
    np.testing.assert_array_equal(weights, np.floor(1000 * step / 2**15 + 0.5))


def test_narrow_weights_move_by_so_many_bits_less():
    narrow, half = FixedSettings(arithmetic="plain", weight_bits=6), np.full((1, 2), 1 << 14)
    moved, _ = moved_filters(np.array([[1, 1]]), half, np.array([[16, -16]]) << 15, 0, narrow)
    assert moved.tolist() == [[3, -1]]


@pytest.mark.parametrize("bits", [9, 6])
def test_filters_lose_a_128th_of_themselves(bits):
    settings = FixedSettings(arithmetic="plain", weight_bits=bits)
    weights, still = np.array([[128, -128]]), np.zeros((1, 2), dtype=np.int64)
    moved, left = moved_filters(weights, still, still, 1, settings)
    assert moved.tolist() == [[127, -127]] and not left.any()
