"""Agreement of modulators: what it ignores, and what it does not."""

import numpy as np
import pytest

from lava_ib.experiment.agreement import agreement, explained

RNG = np.random.default_rng(5)
EXACT = RNG.normal(size=(400, 6))


@pytest.mark.parametrize("scale", [0.01, 1.0, 30.0])
def test_the_same_at_any_scale_agrees_fully(scale):
    found = agreement(EXACT, scale * EXACT)
    assert found == pytest.approx((1.0, 1.0, 1.0))


def test_noise_explains_nothing_and_half_of_the_signs():
    found = agreement(EXACT, RNG.normal(size=EXACT.shape))
    assert found.r2 == pytest.approx(0.0, abs=0.02)
    assert found.cosine == pytest.approx(0.0, abs=0.06)
    assert found.signs == pytest.approx(0.5, abs=0.05)


def test_as_much_noise_as_signal_explains_half():
    found = agreement(EXACT, EXACT + RNG.normal(size=EXACT.shape))
    assert found.r2 == pytest.approx(0.5, abs=0.05)


def test_samples_with_nothing_to_compare_do_not_count():
    exact, found = np.vstack([EXACT, np.zeros((50, 6))]), np.vstack([EXACT, np.ones((50, 6))])
    assert agreement(exact, found) == pytest.approx((1.0, 1.0, 1.0))


def test_a_memory_that_sends_nothing_explains_nothing():
    found = agreement(EXACT, np.zeros_like(EXACT))
    assert found.cosine == 0.0 and found.signs == 0.0
    assert found.r2 == pytest.approx(0.0, abs=0.02)


def test_explained_variance_of_single_numbers_knows_their_scale():
    exact = np.arange(5.0)
    assert explained(exact, exact) == 1.0
    assert explained(exact, 2 * exact) < 0.0
