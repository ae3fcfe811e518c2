"""A network of maps in integers and the one in floating point that it stands for."""

import numpy as np
import pytest

from lava_ib.experiment.inference import classify
from lava_ib.rule.fixed.map_equivalent import (
    in_real_units,
    maps_in_real_numbers,
    quantised_maps,
)
from lava_ib.rule.fixed.settings import FixedSettings
from lava_ib.rule.geometry import Convolution
from lava_ib.rule.information import settled_outputs
from lava_ib.rule.memory import Prototype
from lava_ib.rule.settings import NetworkSettings, Settings
from lava_ib.rule.state import initial_state

NETWORK = NetworkSettings(
    layers=(64, 120, 10),
    image=(8, 8, 1),
    convolutions=(Convolution(channels=6, grid=2), Convolution(channels=8, pool=1, grid=2)),
    steps_per_sample=1,
    tau=1.0,
    tau_e=1.0,
)
SETTINGS = Settings(
    network=NETWORK,
    memory=Prototype(storage="margin", units=5),
    fixed=FixedSettings(arithmetic="plain", weight_bits=8),
)
REAL = Settings(network=NETWORK)


def network():
    """A network in floating point with something in its means and a readout, and pictures."""
    rng = np.random.default_rng(6)
    state = initial_state(REAL, "all", 150, seed=1)
    x = rng.normal(size=(150, 64)) / 8
    for number in (1, 2, 3):
        mean = np.abs(rng.normal(size=state[f"pool{number}/channel_mean"].shape))
        state[f"pool{number}/channel_mean"][:] = 0.3 * mean * (0.125 if number == 1 else 1.0)
        shown = state[f"pool{number}/summary_mean"]
        shown[:] = np.resize(state[f"pool{number}/channel_mean"], shown.shape)
    state["readout/weights"][:] = rng.normal(size=state["readout/weights"].shape)
    return state, x


def test_there_and_back_leaves_rounding_alone():
    state, x = network()
    offset = np.full(64, 0.1)
    integers, whole = quantised_maps(state, SETTINGS, x, offset)
    assert {array.dtype.kind for array in integers.values()} == {"i"}
    real, back = in_real_units(integers, SETTINGS, whole)
    np.testing.assert_allclose(back, x - offset)
    found = settled_outputs(REAL, real, back[:20])
    for ours, theirs in zip(found, settled_outputs(REAL, state, back[:20]), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=0.05)


def test_everything_that_has_a_unit_is_scaled():
    whole = initial_state(SETTINGS, "all", 10, seed=0)
    ones = {name: np.ones(array.shape, dtype=np.int64) for name, array in whole.items()}
    real = maps_in_real_numbers(ones, SETTINGS)
    assert real["conv2/weights"].ravel()[0] == real["memory1/prototypes"][0, 0] == 1 / 128
    assert real["layer1/u"].ravel()[0] == 1 / 128 / (16 * 8)
    assert real["layer2/u"].ravel()[0] == 1 / 128 / 16
    assert real["pool3/channel_mean"][0] == 1 / 128 / 16 / 256
    assert real["conv1/sample"][0] == 1


def test_floating_point_and_dense_networks_stay_as_they_are():
    state, x = network()
    assert in_real_units(state, REAL, x) == (state, x)


@pytest.mark.slow
def test_a_network_from_floating_point_is_classified_nearly_alike_in_integers():
    state, x = network()
    real = classify(REAL, state, x)
    assert len(np.unique(real)) > 3
    assert np.mean(classify(REAL, state, x, backend="fixed") == real) > 0.95
