"""A network's state: what arrays there are, and how they start."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from lava_ib.rule.memory import Prototype, Window
from lava_ib.rule.settings import LearningSettings, NetworkSettings, Settings
from lava_ib.rule.state import initial_state, layout, part_of

SAMPLES = 7
DEEP = Settings(network=NetworkSettings(layers=(6, 5, 4, 3, 2)))
WIDE = Settings(
    network=NetworkSettings(layers=(200, 300, 250, 10)),
    learning=LearningSettings(init_variance=3.0),
    memory=Prototype(init_scale=0.5),
)
SETTINGS = {
    "default": Settings(),
    "deep": DEEP,
    "kde": replace(DEEP, memory=Window(samples=9)),
    "hsic": replace(DEEP, memory=Window(objective="hsic", compress=True)),
    "one_hidden_layer": Settings(network=NetworkSettings(layers=(3, 2, 2))),
}
learners = pytest.mark.parametrize("learn", ["all", "readout", "nothing"])
networks = pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS.keys())


def differing(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> set[str]:
    assert one.keys() == other.keys()
    return {name for name in one if not np.array_equal(one[name], other[name])}


def test_layout_names_every_array_that_changes():
    settings = Settings(network=NetworkSettings(layers=(4, 3, 2)), memory=Window(samples=5))
    slots = layout(settings, "all", SAMPLES)
    assert {name: slot.shape for name, slot in slots.items()} == {
        "source/sample": (1,),
        "dense1/weights": (3, 4),
        "dense1/tag_1": (3, 4),
        "dense1/sample": (1,),
        "layer1/bias": (3,),
        "layer1/u": (3,),
        "layer1/xi": (3,),
        "layer1/modulator_sum": (1,),
        "memory1/z": (5, 3),
        "memory1/labels": (5, 2),
        "memory1/x": (5, 1),
        "memory1/count": (1,),
        "readout/weights": (2, 3),
        "readout/sample": (1,),
        "readout/predictions": (SAMPLES,),
    }


@networks
@pytest.mark.parametrize("learn", ["readout", "nothing"])
def test_frozen_network_lacks_the_memories_and_nothing_else(settings, learn):
    full = layout(settings, "all", SAMPLES)
    without = {name: slot for name, slot in full.items() if not name.startswith("memory")}
    assert len(without) < len(full)
    assert layout(settings, learn, SAMPLES) == without


@networks
@learners
def test_initial_state_has_the_arrays_of_the_layout(settings, learn):
    slots = layout(settings, learn, SAMPLES)
    state = initial_state(settings, learn, SAMPLES, seed=1)
    assert {name: (array.shape, array.dtype) for name, array in state.items()} == {
        name: (slot.shape, np.dtype(slot.dtype)) for name, slot in slots.items()
    }


@networks
@learners
def test_everything_but_weights_and_prototypes_starts_at_rest(settings, learn):
    for name, array in initial_state(settings, learn, SAMPLES, seed=1).items():
        part, variable = name.split("/")
        if variable == "prototypes" or (variable == "weights" and part != "readout"):
            assert np.all(array != 0), name
        else:
            assert np.all(array == (-1 if variable == "predictions" else 0)), name


def test_counters_and_predictions_are_integers_and_the_rest_double_precision():
    for name, array in initial_state(DEEP, "all", SAMPLES, seed=1).items():
        whole = name.endswith(("/sample", "/predictions"))
        assert array.dtype == (np.int64 if whole else np.float64), name


def test_no_two_arrays_share_memory():
    arrays = initial_state(DEEP, "all", SAMPLES, seed=1).values()
    assert not any(np.shares_memory(one, other) for one, other in combinations(arrays, 2))


@networks
@learners
def test_same_seed_gives_the_same_state(settings, learn):
    once = initial_state(settings, learn, SAMPLES, seed=1)
    np.random.default_rng().random(10)
    assert differing(once, initial_state(settings, learn, SAMPLES, seed=1)) == set()


def test_other_seed_changes_everything_random():
    one, other = (initial_state(DEEP, "all", SAMPLES, seed) for seed in (1, 2))
    assert differing(one, other) == {
        *(f"dense{number}/weights" for number in (1, 2, 3)),
        *(f"memory{number}/prototypes" for number in (1, 2, 3)),
    }


@networks
@pytest.mark.parametrize("learn", ["readout", "nothing"])
def test_weights_do_not_depend_on_what_learns(settings, learn):
    full = initial_state(settings, "all", SAMPLES, seed=1)
    for name, array in initial_state(settings, learn, SAMPLES, seed=1).items():
        np.testing.assert_array_equal(array, full[name])


def test_weights_do_not_depend_on_the_memory():
    one, other = (initial_state(SETTINGS[name], "all", SAMPLES, 1) for name in ("deep", "kde"))
    for number in (1, 2, 3):
        name = f"dense{number}/weights"
        np.testing.assert_array_equal(one[name], other[name])


def test_layers_of_one_shape_start_with_different_numbers():
    settings = Settings(network=NetworkSettings(layers=(5, 5, 5, 5)))
    state = initial_state(settings, "all", SAMPLES, seed=1)
    random = [state[f"{part}/weights"] for part in ("dense1", "dense2")]
    random += [state[f"{part}/prototypes"] for part in ("memory1", "memory2")]
    assert len({value for array in random for value in array.flat}) == 4 * 25


@pytest.mark.parametrize(
    ("name", "variance"),
    [
        ("dense1/weights", 3.0 / 300),
        ("dense2/weights", 3.0 / 250),
        ("memory1/prototypes", 0.5**2 / 300),
        ("memory2/prototypes", 0.5**2 / 250),
    ],
)
def test_random_numbers_have_zero_mean_and_the_variance_of_the_settings(name, variance):
    """Within five standard errors of a normal distribution."""
    drawn = initial_state(WIDE, "all", SAMPLES, seed=1)[name]
    assert abs(drawn.mean()) < 5 * np.sqrt(variance / drawn.size)
    assert drawn.var() == pytest.approx(variance, rel=5 * np.sqrt(2 / drawn.size))


def test_part_of_strips_the_name_and_shares_the_arrays():
    state = {"memory1/z": np.zeros(2), "memory1/count": np.zeros(1), "memory10/z": np.ones(2)}
    part = part_of(state, "memory1")
    assert part.keys() == {"z", "count"}
    part["z"][...] = 5
    np.testing.assert_array_equal(state["memory1/z"], 5)
