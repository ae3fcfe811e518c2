"""What a comparison of backends says about networks that differ in a known place."""

import dataclasses
import shutil

import h5py
import numpy as np
import pytest

import lava_ib
from lava_ib.experiment.checkpoint import Checkpoint
from lava_ib.experiment.comparison import Comparison, compare_run, compare_states
from lava_ib.experiment.comparison_plot import draw_comparisons
from lava_ib.experiment.data import load_data
from lava_ib.experiment.run_folder import RunFolder
from lava_ib.rule.state import initial_state, layout
from lava_ib.simulation import Simulation

QUANTITIES = ("layer1/u", "layer2/u", "dense2/weights")


def comparison(deviations) -> Comparison:
    deviations = np.array(deviations)
    return Comparison("a", "b", 0.1, QUANTITIES, deviations, np.ones_like(deviations), (2,))


def test_the_first_difference_is_that_of_the_earliest_sample_then_of_the_earliest_array():
    found = comparison([[0.0, 0.0, 0.1], [0.0, 0.2, 0.9], [0.9, 0.9, 0.9]])
    assert found.first == (2, "layer2/u")
    assert [found.parted(name) for name in QUANTITIES] == [3, 2, 2]
    assert found.jump == "layer2"


def test_the_layer_is_named_whose_membranes_are_worse_than_those_below():
    assert comparison([[0.5, 0.6, 0.0]]).jump == "layer1"
    assert comparison([[0.2, 0.6, 0.0]]).jump == "layer2"


def test_equal_states_never_part():
    found = comparison(np.zeros((2, 3)))
    assert found.first is None
    assert found.jump is None
    assert found.parted("layer1/u") is None


def test_a_comparison_survives_json():
    found = comparison([[0.0, 0.25, 0.5]])
    found.correlations[0, 1] = np.nan
    again = Comparison.from_dict(found.to_dict())
    assert again.to_dict() == found.to_dict()
    np.testing.assert_array_equal(again.correlations, found.correlations)


@pytest.fixture(scope="module")
def trajectory(make_settings, tiny_data):
    """States of a small network in Lava, from a first state that may be changed."""

    def run(change=lambda state: None) -> list:
        settings = make_settings(timing="chip")
        state = initial_state(settings, "all", 24, seed=0)
        change(state)
        states = []
        with Simulation(settings, *tiny_data, state=state) as simulation:
            for _ in range(6):
                simulation.present(1)
                states.append(simulation.state)
        return states

    return run


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 2])
def test_a_layer_whose_weights_are_off_by_a_power_of_two_is_named(trajectory, number):
    def double(state) -> None:
        state[f"dense{number}/weights"] *= 2.0

    pairs = zip(trajectory(), trajectory(double), strict=True)
    found = compare_states(pairs, "float", "doubled", 0.1)
    assert found.first == (1, f"layer{number}/u")
    assert found.jump == f"layer{number}"
    assert found.deviations[0, found.quantities.index(f"layer{number}/u")] == pytest.approx(0.5)


@pytest.fixture(scope="session")
def compared():
    """Compare two backends from what a run has learned, in the test's own process."""

    def compare(folder, backends, samples) -> Comparison:
        (found,) = compare_run(RunFolder.open(folder), lambda event: None, backends, samples, None)
        return Comparison.from_dict(found)

    return compare


@pytest.fixture(scope="module")
def finished_in_float(tmp_path_factory, train_here):
    """Folder of a short run in floating point; not to be changed."""
    config = lava_ib.make_config(
        {
            "data": {"train_limit": 40, "test_limit": 20},
            "network": {"layers": [64, 48, 32, 10], "steps_per_sample": 2, "timing": "chip"},
            "training": {"epochs": 1, "controls": []},
        }
    )
    folder = tmp_path_factory.mktemp("float") / "run"
    train_here(config, folder)
    return folder


@pytest.mark.slow
def test_backends_are_compared_from_a_config_and_from_what_a_run_has_learned(
    finished_in_float, tmp_path
):
    config = lava_ib.load_config(finished_in_float / "config.toml")
    seen = []
    (begins,) = lava_ib.compare(config, ["float", "fused"], samples=5, on_event=seen.append)
    (goes_on,) = lava_ib.compare(finished_in_float, ["float", "fused"], samples=5)
    for found in (begins, goes_on):
        assert found.first is None
        assert found.deviations.shape == (5, len(found.quantities))
        assert not found.differing
    assert [(e["backend"], e["samples"]) for e in seen][-1] == ("fused", 5)
    names = [name for name in begins.quantities if name.startswith("dense")]
    assert names == ["dense1/tag_1", "dense1/weights", "dense2/tag_1", "dense2/weights"]
    draw_comparisons([begins], tmp_path / "parted.svg")
    assert (tmp_path / "parted.svg").read_text().count("<svg") == 1


@pytest.mark.parametrize("tolerance", [0.1, 0.0])
def test_a_plot_of_equal_states_says_so(tmp_path, tolerance):
    equal = dataclasses.replace(comparison(np.zeros((5, 3))), tolerance=tolerance)
    draw_comparisons([equal], tmp_path / "equal.svg")
    assert (tmp_path / "equal.svg").read_text().count("<!-- equal -->") == 2


@pytest.fixture(scope="module")
def integer_run(tmp_path_factory, train_here):
    """Folder of a short run in integers, with layers wide enough for seven bits."""
    config = lava_ib.make_config(
        {
            "backend": "fixed",
            "data": {"train_limit": 60, "test_limit": 20},
            "network": {"layers": [64, 64, 48, 10], "steps_per_sample": 2},
            "training": {"epochs": 1, "controls": []},
        }
    )
    folder = tmp_path_factory.mktemp("integers") / "run"
    train_here(config, folder)
    return folder


@pytest.mark.slow
def test_rounding_alone_is_small_where_nothing_was_learned_yet(compared, tmp_path):
    config = lava_ib.make_config(
        {
            "backend": "fixed",
            "data": {"train_limit": 60, "test_limit": 20},
            "network": {"layers": [64, 128, 64, 10], "steps_per_sample": 2},
            "training": {"epochs": 1, "controls": []},
        }
    )
    RunFolder.create(tmp_path / "run", config)
    found = compared(tmp_path / "run", ["float", "fixed"], samples=2)
    first = dict(zip(found.quantities, found.deviations[0], strict=True))
    assert found.tolerance == 0.25
    for number in (1, 2):
        assert 0.0 < first[f"layer{number}/u"] < 0.05
        # A neuron close to zero may be active in one of the two alone.
        assert 0.0 < first[f"dense{number}/tag_1"] < 0.5
    assert not found.readouts
    assert "readout/weights" not in found.quantities


@pytest.mark.slow
def test_what_parts_after_learning_is_one_output_beyond_seven_bits(integer_run, compared):
    """A network in numpy whose outputs are cut off at 127/256 parts from one without by as much."""
    found = compared(integer_run, ["float", "fixed"], samples=1)
    run = RunFolder.open(integer_run)
    config, saved = run.config(), Checkpoint.load(run.checkpoint_file)
    state = saved.progress("learned", layout(config.settings, "all", 60)).state
    x = saved.preparation.scaled(load_data(config.data, 0).x_train[0]) - saved.preparation.offset

    def membranes(limit: float) -> np.ndarray:
        first, second = np.zeros(64), np.zeros(48)
        for _ in range(config.network.steps_per_sample):
            first += (state["dense1/weights"] @ x - first) / 2
            rates = np.maximum(first, 0)
            outputs = np.minimum(rates / np.linalg.norm(rates), limit)
            second += (state["dense2/weights"] @ outputs - second) / 2
        return second

    exact, cut = membranes(1.0), membranes(127 / 256)
    expected = np.linalg.norm(exact - cut) / np.linalg.norm(exact)
    assert expected > 0.05
    deviation = found.deviations[0, found.quantities.index("layer2/u")]
    assert deviation == pytest.approx(expected, rel=0.1)


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("wrong", [-15, 12])
def test_a_wrong_exponent_names_its_layer(integer_run, compared, tmp_path, number, wrong):
    """With one too small few bits of the membranes are left; with one too large they saturate."""
    run = shutil.copytree(integer_run, tmp_path / "run")
    with h5py.File(run / "checkpoint.h5", "r+") as file:
        file[f"networks/learned/state/dense{number}/weight_exp"][0] += wrong
    found = compared(run, ["float", "fixed"], samples=2)
    assert found.first == (1, f"layer{number}/u")
    assert found.jump == f"layer{number}"


@pytest.mark.slow
def test_integers_agree_with_stock_processes(integer_run, compared):
    found = compared(integer_run, ["fixed", "loihi2-sim"], samples=5)
    assert found.deviations.max() == 0.0
    assert "readout/weights" in found.quantities


@pytest.mark.slow
def test_a_network_trained_in_floating_point_is_compared_as_integers(finished_in_float, compared):
    found = compared(finished_in_float, ["float", "fixed"], samples=1)
    first = dict(zip(found.quantities, found.correlations[0], strict=True))
    assert first["layer1/u"] > 0.99
    assert first["layer2/u"] > 0.95


def test_modulators_of_other_units_are_not_compared():
    config = lava_ib.make_config({"memory": {"kind": "window"}})
    with pytest.raises(lava_ib.InputError, match="compare backends of one kind"):
        lava_ib.compare(config, ["float", "fixed"])


def test_a_memory_without_integers_is_refused():
    config = lava_ib.make_config({"memory": {"kind": "slots"}})
    with pytest.raises(lava_ib.InputError, match=r"backend fixed cannot run memory\.kind"):
        lava_ib.compare(config, ["float", "fixed"])


def test_one_backend_is_refused():
    with pytest.raises(lava_ib.InputError, match="backends float: expected two or more"):
        lava_ib.compare(lava_ib.make_config({}), ["float"])
