"""The convolutional Processes: Lava's own Conv, and the rule's functions, as oracles."""

import numpy as np
import pytest
from lava.proc.conv.process import Conv

from lava_ib.processes import PlasticConv, Pooling, RateMap
from lava_ib.processes.plastic_conv.models import PyPlasticConvModelFloat
from lava_ib.processes.pooling.models import PyPoolingModelFloat
from lava_ib.processes.rate_map.models import PyRateMapModelFloat
from lava_ib.rule.convolution import patches, shared_change
from lava_ib.rule.geometry import Convolution, layer_geometries
from lava_ib.testing import SteppedModel

GEOMETRY = layer_geometries(
    (7, 6, 2), [Convolution(channels=3, kernel=3, stride=2, padding=1, pool=1, grid=2)], []
)[0]


def test_the_frozen_twin_is_lavas_conv(run_lava, feed, record):
    rng = np.random.default_rng(0)
    weights = rng.normal(size=GEOMETRY.weights)
    samples = rng.normal(size=(3, *GEOMETRY.input))
    ours = PlasticConv(geometry=GEOMETRY, weights=weights, plastic=False, name="ours")
    stock = Conv(
        weight=weights, input_shape=GEOMETRY.input, stride=2, padding=1, num_message_bits=8
    )
    assert stock.output_shape == GEOMETRY.output
    rows = np.moveaxis(samples, 0, -1)
    feed(ours.s_in, rows.T)
    feed(stock.s_in, rows.T)
    own, other = record(ours.a_out, 3), record(stock.a_out, 4)
    run_lava(ours, 3)
    run_lava(stock, 4)
    # Lava's connection sends what it received a time step before.
    np.testing.assert_allclose(own(), other()[1:], atol=1e-12)


def stepped_layer(**options):
    weights = np.random.default_rng(1).normal(size=GEOMETRY.weights)
    norm = np.linalg.norm(weights)
    conv = PlasticConv(geometry=GEOMETRY, weights=weights, first_norm=norm, **options)
    return SteppedModel(conv, PyPlasticConvModelFloat), weights, norm


def test_filters_move_by_the_share_of_their_first_norm_that_eta_says():
    layer, before, norm = stepped_layer(eta=0.02)
    rng = np.random.default_rng(2)
    a, xi = rng.normal(size=GEOMETRY.input), rng.normal(size=GEOMETRY.output)
    active = (rng.random(GEOMETRY.output) < 0.5).astype(float)
    layer.step(s_in=a, s_in_y1=active, s_in_y2=np.maximum(xi, 0), s_in_y3=np.maximum(-xi, 0))
    moved = layer.model.weights - before
    change = shared_change(xi, active, patches(a, GEOMETRY)).reshape(before.shape)
    assert np.linalg.norm(moved) == pytest.approx(0.02 * norm)
    np.testing.assert_allclose(moved / np.linalg.norm(moved), change / np.linalg.norm(change))


def test_nothing_moves_in_the_warm_up_or_without_a_modulator():
    layer, before, _ = stepped_layer(warm_up=2)
    ones = np.ones(GEOMETRY.output)
    layer.step(s_in=np.ones(GEOMETRY.input))
    assert layer.model.power[0] == 0.0
    layer.step(s_in=np.ones(GEOMETRY.input), s_in_y1=ones, s_in_y2=ones)
    np.testing.assert_array_equal(layer.model.weights, before)
    assert layer.model.power[0] > 0.0
    layer.step(s_in=np.ones(GEOMETRY.input), s_in_y1=ones, s_in_y2=ones)
    assert np.abs(layer.model.weights - before).max() > 0.0


def test_a_map_rectifies_and_passes_both_parts_of_its_modulator_on():
    layer = SteppedModel(RateMap(shape=(1, 2, 1)), PyRateMapModelFloat)
    sent = layer.step(a_in=[[[2.0], [-1.0]]], a_third_factor_in=[[[3.0], [-4.0]]])
    np.testing.assert_array_equal(sent["s_out"].ravel(), [2.0, 0.0])
    np.testing.assert_array_equal(sent["s_out_y1"].ravel(), [1.0, 0.0])
    np.testing.assert_array_equal(sent["s_out_y2"].ravel(), [3.0, 0.0])
    np.testing.assert_array_equal(sent["s_out_y3"].ravel(), [0.0, 4.0])
    assert layer.model.modulator_sum[0] == 5.0


def test_pooling_shows_unit_vectors_and_moves_its_means_only_when_it_learns():
    rates = np.random.default_rng(3).random(GEOMETRY.output)
    learning = SteppedModel(Pooling(geometry=GEOMETRY), PyPoolingModelFloat)
    sent = learning.step(s_in=rates)
    assert np.linalg.norm(sent["m_out"]) == pytest.approx(1.0)
    assert np.mean(sent["s_out"] ** 2) == pytest.approx(1.0)
    np.testing.assert_allclose(learning.model.channel_mean, rates.mean(axis=(0, 1)))
    still = SteppedModel(
        Pooling(geometry=GEOMETRY, learning=False, plastic=False), PyPoolingModelFloat
    )
    still.step(s_in=rates)
    assert not still.model.channel_mean.any()
