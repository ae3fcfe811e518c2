"""A network of convolutions in integers, against the same one in floating point."""

from dataclasses import replace

import numpy as np
import pytest

from lava_ib.deployment.freezing_maps import freeze_maps
from lava_ib.exchange.maps import MapLayer
from lava_ib.hardware.frozen_layers import FrozenPool
from lava_ib.hardware.frozen_network import ACTIVITY_BITS, WEIGHT_LIMIT, shape_errors


@pytest.mark.parametrize("dense", [(), (11,), (11, 8)], ids=["grid", "dense", "two dense"])
def test_scores_are_those_of_constant_norms_but_for_rounding(drawn_maps, dense):
    network, scores, x = drawn_maps(dense)
    frozen, close = freeze_maps(network, x[:250])
    assert close == () and shape_errors(frozen) == []
    assert len(frozen.layers) == 4 + len(dense) + 1
    own = frozen.scores(frozen.encode(x))
    aligned = own * (np.vdot(own, scores) / np.vdot(own, own))
    assert np.linalg.norm(aligned - scores) < 0.03 * np.linalg.norm(scores)
    assert np.mean(own.argmax(axis=1) == scores.argmax(axis=1)) > 0.97


def test_numbers_keep_their_widths(drawn_maps):
    network, _, x = drawn_maps((11,))
    frozen, _ = freeze_maps(network, x[:250])
    pools = [layer for layer in frozen.layers if isinstance(layer, FrozenPool)]
    encoded = frozen.encode(x[:250])
    for layer, sent in zip(frozen.layers, frozen.activities(encoded)[:-1], strict=False):
        if layer in pools:
            largest = np.abs(sent).max()
            assert 2 ** (ACTIVITY_BITS - 2) <= largest <= 2 ** (ACTIVITY_BITS - 1)
        else:
            assert 0 < np.abs(layer.weights).max() <= WEIGHT_LIMIT
    assert all(pool.bias is not None for pool in pools)


def test_sums_near_the_width_of_a_neuron_are_told(drawn_maps):
    network, _, _ = drawn_maps((11,))
    ones = MapLayer(np.ones((1, *network.image)), 1, 0, 1, np.zeros(1))
    summed = replace(
        network,
        layers=(ones,),
        cells=(np.ones((1, 1)), np.ones((1, 1))),
        summary_mean=np.zeros(1),
        readout=np.ones((5, 1)),
    )
    _, close = freeze_maps(summed, np.ones((3, np.prod(network.image))))
    assert close == (f"sums of layer 1 reach {8 * 10 * 2 * 127 * 255:,} of 8,388,608",)
