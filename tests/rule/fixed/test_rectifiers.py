"""Rectifiers of a memory in integers, beside those of floating point."""

import numpy as np
import pytest

from lava_ib.rule.fixed.neuron import NORM
from lava_ib.rule.fixed.rectifiers import (
    rates_beyond,
    rates_exponent,
    rates_of,
    through_rectifiers,
)
from lava_ib.rule.fixed.settings import FixedSettings
from lava_ib.rule.fixed.state import FIRST_WEIGHT_SIZE, integer_weights
from lava_ib.rule.memory.prototype import through_rates, with_rates

UNITS, NEURONS = 128, 200


def case(missing_bits: int = 0):
    """An output, rows' answer, rectifiers in integers, and their weights in floating point."""
    rng = np.random.default_rng(2)
    z = rng.normal(size=NEURONS)
    z = np.rint(NORM * z / np.linalg.norm(z)).astype(np.int64)
    fixed = FixedSettings(weight_bits=9 - missing_bits)
    expansion = integer_weights(rng.normal(size=(UNITS, NEURONS)), 1.0, fixed)
    exponent = rates_exponent(UNITS, missing_bits)
    return z, rng.integers(-90, 90, NEURONS + UNITS), expansion, exponent


@pytest.mark.parametrize("units", [12, 32, 128, 256, 1000])
def test_rates_have_their_size_in_floating_point_up_to_a_power_of_two(units):
    size = np.sqrt(2.0 / units) / FIRST_WEIGHT_SIZE
    assert 2 ** rates_exponent(units, 0) / size == pytest.approx(1.0, rel=0.42)
    assert rates_exponent(units, 2) == rates_exponent(units, 0) + 2


@pytest.mark.parametrize("missing_bits", [0, 2])
def test_rows_see_what_they_see_in_floating_point(missing_bits):
    z, _, expansion, exponent = case(missing_bits)
    seen = np.concatenate((z, rates_of(expansion @ z, exponent, 7)))
    exact = with_rates(z, expansion @ z * 2.0**exponent)
    np.testing.assert_allclose(seen, np.minimum(exact, 127), atol=1.0)
    assert 0.4 < np.mean(seen[NEURONS:] > 0) < 0.6


def test_modulators_go_back_by_the_exact_transpose():
    z, xi, expansion, exponent = case()
    rates = rates_of(expansion @ z, exponent, 7)
    back = (xi[NEURONS:] * (rates > 0)) @ expansion
    exact = through_rates(xi, np.where(rates > 0, 1.0, -1.0), expansion * 2.0**exponent)
    np.testing.assert_allclose(through_rectifiers(xi[:NEURONS], back, exponent), exact, atol=1.0)


def test_rates_that_do_not_fit_are_cut_off_and_counted():
    drive = np.array([-(1 << 20), 3 << 9, 127 << 9, 128 << 9])
    assert rates_of(drive, -9, 7).tolist() == [0, 3, 127, 127]
    assert rates_beyond(drive, -9) == 1
    assert rates_of(drive, -9, 5).tolist() == [0, 0, 124, 124]
