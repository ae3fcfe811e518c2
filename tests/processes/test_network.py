"""The composed network in Lava: its Vars, how it goes on, and what learns in it."""

import numpy as np
import pytest

from lava_ib.processes import Network
from lava_ib.rule.memory import Prototype, Window
from lava_ib.rule.state import initial_state
from lava_ib.simulation import Simulation

SAMPLES = 24
MEMORIES = {"prototype": Prototype(), "window": Window(objective="hsic", samples=5, compress=True)}
timings = pytest.mark.parametrize("timing", ["paper", "chip"])
memories = pytest.mark.parametrize("memory", MEMORIES.values(), ids=MEMORIES)


def run(settings, data, samples, *, parts=1, **params):
    """State after presenting samples, in so many calls."""
    with Simulation(settings, *data, **params) as simulation:
        for part in np.array_split(np.arange(samples), parts):
            simulation.present(len(part))
        return simulation.state


def assert_same(found, expected):
    assert found.keys() == expected.keys()
    different = [name for name in found if not np.array_equal(found[name], expected[name])]
    assert not different


@memories
def test_vars_of_the_network_are_its_state(make_settings, tiny_data, memory):
    with Simulation(make_settings(memory=memory), *tiny_data) as simulation:
        simulation.present(10)
        state = simulation.state
        for name, array in state.items():
            var = getattr(simulation.network, name.replace("/", "_"))
            np.testing.assert_array_equal(np.reshape(var.get(), array.shape), array, name)


def test_setting_a_var_between_two_runs_changes_what_the_network_computes(make_settings, tiny_data):
    weights = np.arange(20.0).reshape(4, 5) - 9
    with Simulation(make_settings(), *tiny_data) as simulation:
        simulation.present(5)
        start = simulation.state
        simulation.network.dense2_weights.set(weights)
        np.testing.assert_array_equal(simulation.read("dense2/weights"), weights)
        simulation.present(5)
        found = simulation.state
    expected = run(make_settings(), tiny_data, 5, state={**start, "dense2/weights": weights})
    assert_same(found, expected)


def test_network_runs_without_a_state_folder(make_settings, tiny_data, run_lava):
    network = Network(make_settings(), *tiny_data)
    run_lava(network, 10)
    expected = run(make_settings(), tiny_data, 10)
    for name in ("dense1/weights", "memory2/prototypes", "readout/weights", "layer2/u"):
        found = getattr(network, name.replace("/", "_")).get()
        np.testing.assert_array_equal(found, expected[name], name)


@timings
@memories
def test_several_runs_equal_one(make_settings, tiny_data, memory, timing):
    settings = make_settings(memory=memory, timing=timing, steps=3)
    whole = run(settings, tiny_data, 30, total_samples=60)
    assert_same(run(settings, tiny_data, 30, parts=2, total_samples=60), whole)


@timings
@memories
def test_a_new_simulation_goes_on_mid_epoch_as_if_never_stopped(
    make_settings, tiny_data, memory, timing
):
    settings = make_settings(
        memory=memory, timing=timing, steps=2, weight_decay=0.004, decay_interval=7
    )
    whole = run(settings, tiny_data, 37, seed=3, total_samples=60)
    stopped = run(settings, tiny_data, 29, seed=3, total_samples=60)
    continued = run(settings, tiny_data, 8, seed=3, total_samples=60, state=stopped)
    assert_same(continued, whole)


def test_same_seed_same_result_and_other_seed_another(make_settings, tiny_data):
    first, again, other = (run(make_settings(), tiny_data, 15, seed=seed) for seed in (1, 1, 2))
    assert_same(first, again)
    assert not np.array_equal(first["dense1/weights"], other["dense1/weights"])


@timings
def test_learning_the_readout_alone_leaves_hidden_layers_untouched(
    make_settings, tiny_data, timing
):
    settings = make_settings(timing=timing, weight_decay=0.005, decay_interval=1)
    first = initial_state(settings, "readout", SAMPLES, 0)
    last = run(settings, tiny_data, 30, learn="readout")
    assert not any(name.startswith("memory") for name in last)
    for number in (1, 2):
        for name in ("weights", "tag_1"):
            key = f"dense{number}/{name}"
            np.testing.assert_array_equal(last[key], first[key])
    assert not np.array_equal(last["readout/weights"], first["readout/weights"])


def test_inference_leaves_all_weights_and_does_not_depend_on_the_order(make_settings, tiny_data):
    settings = make_settings(steps=3)
    trained = run(settings, tiny_data, SAMPLES)
    state = initial_state(settings, "nothing", SAMPLES, 0)
    state.update({name: trained[name] for name in trained if name.endswith("weights")})
    x, labels = tiny_data
    forwards = run(settings, (x, labels), SAMPLES, learn="nothing", state=state)
    backwards = run(settings, (x[::-1], labels[::-1]), SAMPLES, learn="nothing", state=state)
    for name in trained:
        if name.endswith("weights"):
            np.testing.assert_array_equal(forwards[name], trained[name])
    predictions = forwards["readout/predictions"]
    np.testing.assert_array_equal(backwards["readout/predictions"], predictions[::-1])
    assert len(set(predictions)) > 1
    z = x  # at rest without biases, leak and normalisation change no direction
    for number in (1, 2):
        r = np.maximum(z @ trained[f"dense{number}/weights"].T, 0)
        z = r / np.maximum(np.linalg.norm(r, axis=1, keepdims=True), 1e-300)
    np.testing.assert_array_equal(predictions, np.argmax(z @ trained["readout/weights"].T, axis=1))


def refuse(settings, x, labels, **params):
    with pytest.raises(ValueError) as refusal:
        Network(settings, x, labels, **params)
    return str(refusal.value)


def test_inputs_of_another_width_are_refused(make_settings, tiny_data):
    x, labels = tiny_data
    assert "(24, 5)" in refuse(make_settings(), x[:, :5], labels)


def test_flat_inputs_are_refused(make_settings, tiny_data):
    x, labels = tiny_data
    assert "(144,)" in refuse(make_settings(), x.ravel(), labels)


def test_labels_beyond_the_classes_are_refused(make_settings, tiny_data):
    x, labels = tiny_data
    assert "label 3" in refuse(make_settings(), x, labels + 1)


def test_a_state_of_another_shape_is_refused(make_settings, tiny_data):
    state = initial_state(make_settings(layers=(6, 7, 4, 3)), "all", SAMPLES, 0)
    assert "(7, 6), expected (5, 6)" in refuse(make_settings(), *tiny_data, state=state)


def test_a_state_that_lacks_a_part_is_refused(make_settings, tiny_data):
    state = initial_state(make_settings(), "readout", SAMPLES, 0)
    assert "memory1" in refuse(make_settings(), *tiny_data, state=state)


@pytest.mark.parametrize("told", [np.zeros(3, dtype=int), np.full(SAMPLES, 9)], ids=["few", "far"])
def test_labels_for_the_memories_that_do_not_fit_are_refused(make_settings, tiny_data, told):
    x, labels = tiny_data
    with pytest.raises(ValueError, match="network: memory_labels have shape"):
        Network(make_settings(), x, labels, memory_labels=told)


def test_more_labels_than_inputs_are_refused_before_anything_runs(make_settings, tiny_data):
    x, labels = tiny_data
    assert "24" in refuse(make_settings(), x[:20], labels)
