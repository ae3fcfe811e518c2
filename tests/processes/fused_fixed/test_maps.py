"""A network of maps in integers: the compiled loop is the composed Processes, bit for bit."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lava_ib.backends import BACKENDS
from lava_ib.experiment.config import load_config, make_config
from lava_ib.experiment.data import DATA_VARIABLE
from lava_ib.rule.fixed.scaling import saturations
from lava_ib.rule.state import initial_state

SAMPLES = 50
CONFIG = make_config(
    {
        "backend": "fused-fixed",
        "data": {"source": "digits", "contrast": True},
        "network": {
            "layers": [64, 20, 10],
            "image": [8, 8, 1],
            "flip": True,
            "steps_per_sample": 1,
            "tau": 1.0,
            "tau_e": 1.0,
            "convolutions": [
                {"channels": 6, "kernel": 5, "padding": 2, "grid": 3},
                {"channels": 8, "kernel": 3, "stride": 2, "pool": 1, "grid": 2},
            ],
        },
        "learning": {"warm_up": 5},
        "fixed": {"margin": 60_000, "memory_rate": 8},
    }
)
PICTURES = Path(os.environ.get(DATA_VARIABLE, ""), "cifar10.npz")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def digits(first_pictures):
    """Digits of which some values saturate."""
    pictures = first_pictures(CONFIG, 30)
    return pictures | {name: 3 * pictures[name] for name in ("x", "offset")}


@pytest.fixture(scope="module")
def compiled():
    BACKENDS["fused-fixed"].compile(CONFIG.settings)


@pytest.fixture(scope="module")
def final_state(state_after):
    def present(backend, pictures, pieces=(SAMPLES,), settings=CONFIG.settings, **options):
        return state_after(pieces, settings, **pictures, backend=backend, **options)

    return present


@pytest.fixture(scope="module")
def assert_equal_states(final_state):
    def compare(pictures, **options):
        composed = final_state("fixed", pictures, **options)
        fused = final_state("fused-fixed", pictures, **options)
        assert composed.keys() == fused.keys()
        for name, array in composed.items():
            assert array.dtype == fused[name].dtype == np.int64, name
            np.testing.assert_array_equal(array, fused[name], err_msg=name)
        return composed

    return compare


def test_no_bit_differs_where_everything_learns(compiled, digits, assert_equal_states):
    state = assert_equal_states(digits)
    first = initial_state(CONFIG.settings, "all", 30, seed=3)
    for number in (1, 2, 3):
        assert np.mean(state[f"conv{number}/weights"] != first[f"conv{number}/weights"]) > 0.3
    counted = saturations(state)
    assert counted["source/s_out"] > 0 and counted["pool1/m_out"] > 0


def test_no_bit_differs_where_memories_have_rectifiers(compiled, digits, assert_equal_states):
    memory = replace(CONFIG.memory, units=24)
    state = assert_equal_states(digits, settings=replace(CONFIG.settings, memory=memory))
    counted = saturations(state)
    assert counted["memory1/rates"] > 0 and counted["memory1/a_out"] > 0


@pytest.mark.parametrize("learn", ["readout", "nothing"])
def test_no_bit_differs_where_less_learns(compiled, digits, assert_equal_states, learn):
    assert_equal_states(digits, learn=learn)


def test_no_bit_differs_with_fewer_bits_and_weights_that_decay(
    compiled, digits, assert_equal_states
):
    few = {"weight_bits": 6, "trace_bits": 5, "modulator_bits": 5, "weight_decay": True}
    settings = replace(CONFIG.settings, fixed=replace(CONFIG.fixed, **few))
    state = initial_state(settings, "all", 30, seed=3)
    for name in state:
        if name.endswith("/sample"):
            state[name][:] = 2020  # weights decay at sample 2048
    assert_equal_states(digits, settings=settings, state=state)


@pytest.mark.skipif(not PICTURES.is_file(), reason=f"no cifar10.npz in {DATA_VARIABLE}")
def test_fifty_pictures_of_cifar10_give_the_same_bits(first_pictures, assert_equal_states):
    overrides = ["learning.warm_up=0", "data.train_limit=1500", "data.test_limit=10"]
    overrides += ["backend=fused-fixed"]
    config = load_config(Path(__file__).parents[3] / "configs/cifar10.toml", overrides)
    BACKENDS["fused-fixed"].compile(config.settings)
    assert_equal_states(first_pictures(config, SAMPLES), settings=config.settings)


def test_a_run_in_pieces_ends_at_the_same_bits(compiled, digits, final_state):
    whole = final_state("fused-fixed", digits, pieces=(30, 20))
    first = final_state("fused-fixed", digits, pieces=(30,))
    resumed = final_state("fused-fixed", digits, pieces=(20,), state=first)
    for name, array in whole.items():
        np.testing.assert_array_equal(array, resumed[name], err_msg=name)
