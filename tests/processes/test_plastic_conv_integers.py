"""The convolutional Processes in integers: the rule in floating point as an oracle."""

import numpy as np
import pytest

from lava_ib.processes import PlasticConv, Pooling, RateMap
from lava_ib.processes.plastic_conv.models import PyPlasticConvModelFixed
from lava_ib.processes.pooling.models import PyPoolingModelFixed
from lava_ib.processes.rate_map.models import PyRateMapModelFixed
from lava_ib.rule.convolution import convolve, patches, shared_change
from lava_ib.rule.fixed.maps import FRACTION_BITS, MAP_UNIT
from lava_ib.rule.fixed.settings import FixedSettings
from lava_ib.rule.geometry import Convolution, layer_geometries
from lava_ib.rule.neuron import gate, rate
from lava_ib.rule.normalisation import normalise, through_normalisation
from lava_ib.rule.summary import average_pool, pass_on, spread, summarise, through_pool
from lava_ib.testing import SteppedModel

LAYERS = {
    "same": ((8, 8, 3), Convolution(channels=4, kernel=3, padding=1, pool=2, grid=4)),
    "strided": ((11, 12, 1), Convolution(channels=3, kernel=4, stride=3, padding=1, pool=1)),
    "unequal cells": ((14, 10, 2), Convolution(channels=3, kernel=3, padding=0, pool=1, grid=3)),
    "remainder of a pool": ((9, 9, 2), Convolution(channels=3, kernel=3, pool=2, grid=2)),
}
PLAIN = FixedSettings(arithmetic="plain", rate=1024.0)


class Layer:
    """One layer of integers, stepped by hand, with something in its means."""

    def __init__(self, name: str, fixed: FixedSettings = PLAIN) -> None:
        image, layer = LAYERS[name]
        self.geometry = layer_geometries(image, [layer], [])[0]
        rng = np.random.default_rng(4)
        self.a = np.clip(np.rint(rng.normal(0, MAP_UNIT, image)), -127, 127).astype(int)
        self.weights = np.rint(rng.normal(0, 40, self.geometry.weights)).astype(int)
        self.third_factor = rng.integers(-120, 120, self.geometry.shown)
        means = rng.integers(0, 900, self.geometry.output[2])
        self.channel_mean = means
        self.summary_mean = np.tile(means, self.geometry.grid**2)
        self.conv = SteppedModel(
            PlasticConv(geometry=self.geometry, weights=self.weights, fixed=fixed, name="conv1"),
            PyPlasticConvModelFixed,
        )
        self.map = SteppedModel(
            RateMap(shape=self.geometry.output, fixed=fixed), PyRateMapModelFixed
        )
        self.pool = SteppedModel(
            Pooling(
                geometry=self.geometry,
                fixed=fixed,
                summary_mean=self.summary_mean << FRACTION_BITS,
                channel_mean=self.channel_mean << FRACTION_BITS,
            ),
            PyPoolingModelFixed,
        )

    def present(self) -> dict[str, np.ndarray]:
        """Show the input; what the layer passes on, shows its memory, and sends its neurons."""
        u = convolve(self.weights, patches(self.a, self.geometry), self.geometry)
        rates = self.map.step(a_in=u, a_third_factor_in=np.zeros_like(u))["s_out"]
        sent = self.pool.step(s_in=rates, a_third_factor_in=self.third_factor)
        answer = self.map.step(a_in=u, a_third_factor_in=sent["a_out"])
        back = {f"s_in_{port}": answer[f"s_out_{port}"] for port in ("bap", "y1", "y2", "y3")}
        return sent | self.conv.step(s_in=self.a, **back)


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_sends_what_floating_point_sends(name):
    layer = Layer(name)
    geometry, sent = layer.geometry, layer.present()
    drive = convolve(layer.weights, patches(layer.a, geometry), geometry)
    pooled = average_pool(rate(drive), geometry.pool)
    exact = pass_on(pooled, layer.channel_mean) * MAP_UNIT
    np.testing.assert_allclose(sent["s_out"], np.clip(exact, -127, 127), atol=0.7)
    z = normalise(summarise(pooled, geometry.grid) - layer.summary_mean)[0] * 256
    np.testing.assert_allclose(sent["m_out"], np.clip(z, -127, 127), atol=0.7)


@pytest.mark.parametrize("name", LAYERS)
def test_filters_move_along_the_gradient_of_floating_point(name):
    layer = Layer(name)
    geometry = layer.geometry
    layer.present()
    moved = (layer.conv.model.weights - layer.weights).ravel().astype(float)
    cut = patches(layer.a, geometry)
    drive = convolve(layer.weights, cut, geometry)
    summary = summarise(average_pool(rate(drive), geometry.pool), geometry.grid)
    z, norm = normalise(summary - layer.summary_mean)
    xi = through_normalisation(layer.third_factor, z, norm, False)
    credit = through_pool(
        spread(xi, geometry.pooled, geometry.grid), geometry.output, geometry.pool
    )
    change = shared_change(credit, gate(drive), cut).ravel()
    cosine = moved @ change / np.linalg.norm(moved) / np.linalg.norm(change)
    assert cosine > 0.98  # steps of 4 are rounded to whole numbers
    assert np.sqrt(np.mean(moved**2)) == pytest.approx(1024 / 256, rel=0.1)


def test_nothing_moves_in_the_warm_up_or_without_a_modulator():
    geometry = Layer("same").geometry
    conv = PlasticConv(geometry=geometry, weights=40, warm_up=2, fixed=PLAIN, name="conv1")
    model, ones = SteppedModel(conv, PyPlasticConvModelFixed), np.ones(geometry.output, dtype=int)
    a = np.full(geometry.input, 9)
    model.step(s_in=a)
    assert model.model.power[0] == 0
    model.step(s_in=a, s_in_y1=ones, s_in_y2=ones)
    assert np.all(model.model.weights == 40) and model.model.power[0] > 0
    model.step(s_in=a, s_in_y1=ones, s_in_y2=ones)
    assert np.any(model.model.weights != 40)


def test_drives_that_do_not_fit_into_24_bits_are_cut_off_and_counted():
    shape = (40, 40, 8)
    geometry = layer_geometries(
        shape, [Convolution(channels=1, kernel=40, padding=0, pool=1, grid=1)], []
    )[0]
    conv = PlasticConv(geometry=geometry, weights=255, plastic=False, fixed=PLAIN, name="conv1")
    model = SteppedModel(conv, PyPlasticConvModelFixed)
    assert model.step(s_in=np.full(shape, 127))["a_out"].item() == 2**23 - 1
    assert model.model.saturated.tolist() == [0, 1]


def test_fewer_bits_are_cleared_of_what_is_sent():
    layer = Layer("same", FixedSettings(arithmetic="plain", trace_bits=5))
    sent = layer.present()
    assert np.all(sent["s_out"] % 4 == 0) and np.all(sent["m_out"] % 4 == 0)
    assert np.any(sent["s_out"] < 0) and np.any(sent["m_out"] < 0)


def test_modulators_beyond_their_width_are_counted():
    layer = Layer("same", FixedSettings(arithmetic="plain", modulator_bits=4))
    layer.third_factor *= 4
    layer.present()
    y2 = layer.pool.model.saturated[2]
    assert y2 > 0
