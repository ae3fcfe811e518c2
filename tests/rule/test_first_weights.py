"""Where the weights of hidden layers start."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lava_ib.rule.first_weights import antipodal, first_weights, gaussian

seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(1, 12)
VARIANCE = 3.0


def generator(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_gaussian_weights_have_the_variance_per_neuron():
    weights = gaussian((300, 200), VARIANCE, generator(1))
    assert weights.var() == pytest.approx(VARIANCE / 300, rel=5 * np.sqrt(2 / weights.size))


@given(sizes, sizes, seeds)
def test_antipodal_rows_have_the_mean_square_norm_of_gaussian_rows(post, pre, seed):
    weights = antipodal((post, pre), VARIANCE, generator(seed))
    assert weights.shape == (post, pre)
    np.testing.assert_allclose(np.sum(weights**2, axis=1), VARIANCE / post * pre)


@given(sizes, sizes, seeds)
def test_antipodal_rows_come_with_their_opposites(pairs, pre, seed):
    weights = antipodal((2 * pairs, pre), VARIANCE, generator(seed))
    np.testing.assert_array_equal(weights[pairs:], -weights[:pairs])


@given(sizes, sizes, seeds)
def test_antipodal_directions_are_orthogonal_as_far_as_they_can_be(pairs, pre, seed):
    directions = antipodal((2 * pairs, pre), VARIANCE, generator(seed))[:pairs]
    for start in range(0, pairs, pre):
        gram = directions[start : start + pre] @ directions[start : start + pre].T
        np.testing.assert_allclose(gram, np.diag(np.diag(gram)), atol=1e-12)


@given(st.integers(2, 12), sizes, seeds)
def test_every_input_drives_some_neuron_of_an_antipodal_layer(post, pre, seed):
    rng = generator(seed)
    drive = antipodal((post, pre), VARIANCE, rng) @ rng.normal(size=pre)
    assert drive.max() > 0


@given(st.integers(2, 5), sizes, sizes, seeds)
def test_antipodal_network_has_no_negative_weight_above_the_first_layer(layer, post, pre, seed):
    weights = first_weights("antipodal", layer, (post, pre), VARIANCE, generator(seed))
    np.testing.assert_array_equal(weights, np.abs(gaussian((post, pre), VARIANCE, generator(seed))))


@pytest.mark.parametrize(
    ("kind", "layer", "draw"),
    [("gaussian", 1, gaussian), ("gaussian", 2, gaussian), ("antipodal", 1, antipodal)],
)
def test_kind_and_layer_choose_the_draw(kind, layer, draw):
    weights = first_weights(kind, layer, (6, 4), VARIANCE, generator(1))
    np.testing.assert_array_equal(weights, draw((6, 4), VARIANCE, generator(1)))
