"""A network with convolutions: the compiled loop does what the composed Processes do."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lava_ib.backends import BACKENDS
from lava_ib.experiment.config import load_config, make_config
from lava_ib.experiment.data import DATA_VARIABLE

SAMPLES = 50
CONFIG = make_config(
    {
        "data": {"source": "digits", "contrast": True},
        "network": {
            "layers": [64, 20, 10],
            "image": [8, 8, 1],
            "flip": True,
            "steps_per_sample": 1,
            "tau": 1.0,
            "tau_e": 1.0,
            "convolutions": [
                {"channels": 6, "kernel": 5, "padding": 2, "grid": 2},
                {"channels": 8, "kernel": 3, "stride": 2, "pool": 1, "grid": 2},
            ],
        },
        "learning": {"eta": 0.02, "warm_up": 5, "weight_decay": 1e-3, "decay_interval": 10},
    }
)
pytestmark = pytest.mark.slow


PICTURES = Path(os.environ.get(DATA_VARIABLE, ""), "cifar10.npz")


@pytest.fixture(scope="module")
def digits(first_pictures):
    return first_pictures(CONFIG, 30)


@pytest.fixture(scope="module")
def compiled():
    BACKENDS["fused"].compile(CONFIG.settings)


@pytest.fixture(scope="module")
def final_state(state_after):
    def present(backend, pictures, pieces=(SAMPLES,), settings=CONFIG.settings, **options):
        return state_after(pieces, settings, **pictures, backend=backend, **options)

    return present


@pytest.fixture(scope="module")
def assert_fused_equals_float(final_state):
    def compare(pictures, **options):
        composed = final_state("float", pictures, **options)
        fused = final_state("fused", pictures, **options)
        assert composed.keys() == fused.keys()
        for name, array in composed.items():
            if name == "readout/predictions":
                # Rows of classes that no sample was of yet are equal but for rounding.
                assert np.mean(fused[name] != array) <= 0.02
                continue
            scale = max(1e-12, np.abs(array).max())
            np.testing.assert_allclose(fused[name], array, atol=1e-4 * scale, err_msg=name)

    return compare


@pytest.mark.parametrize("learn", ["all", "readout", "nothing"])
def test_fused_equals_float(compiled, digits, assert_fused_equals_float, learn):
    assert_fused_equals_float(digits, learn=learn)


def test_fused_equals_float_where_memories_have_rectifiers(
    compiled, digits, assert_fused_equals_float
):
    memory = replace(CONFIG.memory, units=12)
    assert_fused_equals_float(digits, settings=replace(CONFIG.settings, memory=memory))


@pytest.mark.skipif(not PICTURES.is_file(), reason=f"no cifar10.npz in {DATA_VARIABLE}")
def test_fifty_pictures_of_cifar10_give_the_same_network(first_pictures, assert_fused_equals_float):
    overrides = ["learning.warm_up=0", "data.train_limit=1500", "data.test_limit=10"]
    config = load_config(Path(__file__).parents[3] / "configs/cifar10.toml", overrides)
    BACKENDS["fused"].compile(config.settings)
    assert_fused_equals_float(first_pictures(config, SAMPLES), settings=config.settings)


def test_a_run_in_pieces_ends_at_the_same_bits(compiled, digits, final_state):
    whole = final_state("fused", digits, pieces=(30, 20))
    first = final_state("fused", digits, pieces=(30,))
    resumed = final_state("fused", digits, pieces=(20,), state=first)
    for name, array in whole.items():
        np.testing.assert_array_equal(array, resumed[name], err_msg=name)
