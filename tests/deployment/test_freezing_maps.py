"""A network of convolutions in integers, against the same one in floating point."""

import numpy as np
import pytest

from lava_ib.deployment.freezing_maps import freeze_maps
from lava_ib.exchange.maps import MapLayer, MapNetwork
from lava_ib.hardware.frozen_layers import FrozenPool
from lava_ib.hardware.frozen_network import ACTIVITY_BITS, WEIGHT_LIMIT, shape_errors
from lava_ib.rule.convolution import convolve, patches
from lava_ib.rule.geometry import Convolution, layer_geometries
from lava_ib.rule.summary import average_pool, cell_averages, summarise

IMAGE = (9, 8, 2)
CONVOLUTIONS = (
    Convolution(channels=6, kernel=3, padding=1, pool=2, grid=2),
    Convolution(channels=7, kernel=2, stride=1, padding=0, pool=1, grid=2),
)
CLASSES = 5


def drawn(dense):
    """A network of random weights, the numbers that stand in for its norms, and pictures."""
    rng = np.random.default_rng(len(dense))
    geometries = layer_geometries(IMAGE, CONVOLUTIONS, dense)
    x = rng.normal(size=(400, *IMAGE))
    a, layers, norms = x, [], []
    for geometry in geometries:
        weights = rng.normal(size=geometry.weights) / np.sqrt(np.prod(geometry.weights[1:]))
        pooled = np.stack([pooled_rates(weights, one, geometry) for one in a])
        mean = pooled.mean(axis=(0, 1, 2))
        layers.append(MapLayer(weights, geometry.stride, geometry.padding, geometry.pool, mean))
        centred = pooled - mean
        norms.append(np.sqrt(np.square(centred).mean(axis=(1, 2, 3))).mean())
        a = centred / norms[-1]
    last = geometries[-1]
    shown = np.stack([summarise(one, last.grid) for one in pooled])
    network = MapNetwork(
        image=IMAGE,
        steps=None,
        scale=1.0,
        offset=np.zeros(np.prod(IMAGE)),
        layers=tuple(layers),
        cells=tuple(cell_averages(side, last.grid) for side in last.pooled[:2]),
        summary_mean=shown.mean(axis=0),
        readout=rng.normal(size=(CLASSES, last.shown)),
    )
    return network, geometries, (shown - shown.mean(axis=0)) @ network.readout.T, x


def pooled_rates(weights, a, geometry):
    drive = convolve(weights, patches(a, geometry), geometry)
    return average_pool(np.maximum(drive, 0.0), geometry.pool)


@pytest.mark.parametrize("dense", [(), (11,), (11, 8)], ids=["grid", "dense", "two dense"])
def test_scores_are_those_of_constant_norms_but_for_rounding(dense):
    network, geometries, scores, x = drawn(dense)
    frozen, close = freeze_maps(network, x[:250].reshape(250, -1))
    assert close == () and shape_errors(frozen) == []
    assert len(frozen.layers) == 2 * len(CONVOLUTIONS) + len(dense) + 1
    own = frozen.scores(frozen.encode(x.reshape(400, -1)))
    aligned = own * (np.vdot(own, scores) / np.vdot(own, own))
    assert np.linalg.norm(aligned - scores) < 0.03 * np.linalg.norm(scores)
    assert np.mean(own.argmax(axis=1) == scores.argmax(axis=1)) > 0.97
    assert frozen.layers[0].shape == geometries[0].output


def test_numbers_keep_their_widths():
    network, _, _, x = drawn((11,))
    frozen, _ = freeze_maps(network, x[:250].reshape(250, -1))
    pools = [layer for layer in frozen.layers if isinstance(layer, FrozenPool)]
    encoded = frozen.encode(x[:250].reshape(250, -1))
    for layer, sent in zip(frozen.layers, frozen.activities(encoded)[:-1], strict=False):
        if layer in pools:
            largest = np.abs(sent).max()
            assert 2 ** (ACTIVITY_BITS - 2) <= largest <= 2 ** (ACTIVITY_BITS - 1)
        else:
            assert 0 < np.abs(layer.weights).max() <= WEIGHT_LIMIT
    assert all(pool.bias is not None for pool in pools)


def test_sums_near_the_width_of_a_neuron_are_told():
    network, _, _, x = drawn((11,))
    wide = np.sign(x[:250]).reshape(250, -1)
    ones = MapLayer(np.ones((1, 9, 8, 2)), 1, 0, 1, np.zeros(1))
    summed = MapNetwork(
        image=IMAGE,
        steps=None,
        scale=1.0,
        offset=network.offset,
        layers=(ones,),
        cells=(np.ones((1, 1)), np.ones((1, 1))),
        summary_mean=np.zeros(1),
        readout=np.ones((CLASSES, 1)),
    )
    _, close = freeze_maps(summed, np.abs(wide))
    assert close == ("sums of layer 1 reach 4,663,440 of 8,388,608",)
    assert 9 * 8 * 2 * 127 * 255 == 4_663_440
