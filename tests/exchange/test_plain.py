"""Networks of convolutions as layers of weights and biases, against the rule's own functions."""

from dataclasses import replace

import numpy as np
import pytest

import lava_ib
from lava_ib.exchange.plain import PlainConv, PlainDense, activities, plain_maps, with_constant

SHAPES = pytest.mark.parametrize("dense", [(), (11,), (11, 8)], ids=["grid", "dense", "two dense"])


@SHAPES
def test_scores_are_those_of_constant_norms(drawn_maps, dense):
    network, scores, x = drawn_maps(dense)
    layers = plain_maps(network, x)
    *_, found = activities(layers, x)
    kinds = [PlainConv, PlainConv, *(PlainDense for _ in dense), PlainDense]
    assert [type(layer) for layer in layers] == kinds
    # The last layer's norm is left out, and all scores are as much larger.
    np.testing.assert_allclose(found, scores, atol=1e-9 * np.abs(scores).max())


def test_raw_pictures_are_scaled_and_centred_by_the_first_layer(drawn_maps):
    network, scores, x = drawn_maps((11,))
    offset = np.random.default_rng(1).normal(size=x.shape[1])
    shifted = replace(network, scale=0.5, offset=offset)
    raw = (x + offset) / 0.5
    *_, found = activities(plain_maps(shifted, raw), raw)
    np.testing.assert_allclose(found, scores, atol=1e-9 * np.abs(scores).max())


def test_what_pooling_leaves_over_is_not_seen(drawn_maps):
    network, scores, x = drawn_maps((), image=(9, 11, 1))
    *_, found = activities(plain_maps(network, x), x)
    np.testing.assert_allclose(found, scores, atol=1e-9 * np.abs(scores).max())
    padded = replace(network.layers[1], padding=1)
    with pytest.raises(
        lava_ib.InputError, match="a map of 9x11 leaves a rest when it is pooled by 2"
    ):
        plain_maps(replace(network, layers=(network.layers[0], padded)), x)


@SHAPES
def test_a_constant_neuron_takes_the_biases_of_the_scores(drawn_maps, dense):
    network, scores, x = drawn_maps(dense)
    layers = with_constant(plain_maps(network, x))
    assert not layers[-1].bias.any()
    *_, found = activities(layers, x)
    np.testing.assert_allclose(found, scores, atol=1e-9 * np.abs(scores).max())
    assert with_constant(layers) is layers


def test_what_whitens_each_picture_is_refused(drawn_maps):
    network, _, x = drawn_maps(())
    with pytest.raises(lava_ib.InputError, match=r"data\.contrast and"):
        plain_maps(replace(network, steps=object()), x)
