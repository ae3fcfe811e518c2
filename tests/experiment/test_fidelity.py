"""Fidelity of memory networks: what is faithful, what is not, and what is refused."""

import numpy as np
import pytest
from matplotlib.figure import Figure

import lava_ib
from lava_ib.errors import InputError
from lava_ib.experiment import a_priori
from lava_ib.experiment.fidelity import Plan, compare, fidelity, follow
from lava_ib.experiment.fidelity_plots import draw_trace
from lava_ib.processes import WindowMemory
from lava_ib.processes.fused.memory_alone import modulators
from lava_ib.processes.window_memory.models import PyWindowMemoryModelFloat
from lava_ib.rule.memory import Reservoir, Window
from lava_ib.testing import SteppedModel

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(a_priori, "_SAMPLES", 1500)
    monkeypatch.setattr(a_priori, "_TESTED", 100)


@pytest.fixture
def config(tmp_path):
    def write(memory: str, file: str = "config.toml"):
        path = tmp_path / file
        path.write_text(
            "[network]\nlayers = [64, 20, 12, 10]\nsteps_per_sample = 1\n"
            f"[data]\ntrain_limit = 80\ntest_limit = 20\n{memory}\n"
            "[training]\nepochs = 1\ncontrols = []\n"
        )
        return path

    return write


def test_slots_are_faithful_and_a_generic_reservoir_is_not(config):
    target = config("[memory]\nkind = 'slots'")
    plan = Plan(memories=("reservoir", "features", "prototype"), count=600)
    found = fidelity(target, plan)
    assert {row["layer"] for row in found} == {1, 2}
    assert {row["activity"] for row in found} == {"random", "digits"}
    for row in found:
        assert -0.1 <= row["cosine"] <= 1 + 1e-9 and 0 <= row["signs"] <= 1
        if row["memory"] == "slots":
            assert row["samples"] in (10, 32) and row["r2"] >= 0.999
            assert row["cosine"] >= 0.999 and row["signs"] >= 0.999
        else:
            assert row["r2"] < 0.6
    short = [row for row in found if row["samples"] == 10]
    assert np.mean([row["r2"] for row in short if row["memory"] == "reservoir"]) <= 0.1


def test_sizes_and_steps_are_varied_where_there_are_any(config):
    target = config("[memory]\nkind = 'features'")
    plan = Plan(
        memories=("slots",),
        samples=(4,),
        units=(3, 5),
        steps=(1, 2),
        activities=("random",),
        count=40,
    )
    found = [row for row in fidelity(target, plan) if row["layer"] == 1]
    seen = [(row["memory"], row["units"], row["steps"]) for row in found]
    assert seen == [
        ("features", 3, 1),
        ("features", 3, 2),
        ("features", 5, 1),
        ("features", 5, 2),
        ("slots", None, 1),
        ("slots", None, 2),
    ]


def test_a_reservoir_that_is_taught_at_every_step_follows_and_once_a_sample_does_not(config):
    target = config("[memory]\nkind = 'reservoir'\nunits = 40\nrate = 0.1")
    plan = Plan(memories=("slots",), samples=(10,), steps=(20,), activities=("random",), count=200)
    found = {c.about["memory"]: c for c in compare(target, plan) if c.about["layer"] == 2}
    once, each = found["reservoir, taught"], found["reservoir, taught each step"]
    assert (once.unit, each.unit) == ("samples", "time steps")
    assert len(each.wanted) == 20 * len(once.wanted) == 2000
    np.testing.assert_array_equal(each.wanted[::20], once.wanted)
    assert once.row()["r2"] < 0.2 < 0.4 < each.row()["r2"]
    assert found["slots"].row()["r2"] >= 0.999


def test_an_output_follows_a_target_that_stands_still_and_leaves_the_readout_alone():
    memory, rng = Reservoir(units=30, rate=0.3), np.random.default_rng(0)
    arrays = {"recurrent": np.zeros((30, 30)), "readout_weights": np.zeros((4, 30))}
    drives = np.tile(rng.normal(size=30), (100, 1))
    wanted = np.tile(rng.normal(size=4), (100, 1))
    found = follow(memory, arrays, drives, wanted)
    np.testing.assert_array_equal(found[0], 0.0)  # what is shown was not yet corrected
    np.testing.assert_allclose(found[-1], wanted[-1], rtol=1e-6)
    assert not arrays["readout_weights"].any()


def test_a_trace_shows_last_layer_and_first_n_of_each_memory_best_scaled(config):
    target = config("[memory]\nkind = 'slots'")
    plan = Plan(memories=("prototype",), samples=(10, 4), activities=("random",), count=300)
    comparisons, figure = list(compare(target, plan)), Figure()
    draw_trace(figure, comparisons)
    titles = [axes.get_title(loc="left") for axes in figure.axes if axes.get_title(loc="left")]
    assert [title.partition(":")[0] for title in titles] == ["slots", "prototype"]
    exact, given = (line.get_ydata() for line in figure.axes[0].lines)
    assert len(exact) == 80
    np.testing.assert_allclose(given, exact, atol=1e-6)
    asked = {"memory": "slots", "layer": 2, "samples": 10}
    (slots,) = (c for c in comparisons if c.about == {**c.about, **asked})
    power = np.sum(slots.wanted**2, axis=0)
    np.testing.assert_array_equal(exact, slots.wanted[-80:, np.argmax(power)])


def test_a_run_is_measured_with_its_weights_and_its_memory(config, tmp_path, train_here):
    target = config("[memory]\nkind = 'features'\nunits = 8")
    train_here(lava_ib.load_config(target), tmp_path / "run")
    plan = Plan(samples=(10,), activities=("digits",), count=60)
    before, after = fidelity(target, plan), fidelity(tmp_path / "run", plan)
    assert [row["r2"] for row in before] != [row["r2"] for row in after]


def test_a_memory_alone_is_that_of_the_processes():
    rng = np.random.default_rng(0)
    z = a_priori.random_outputs(50, 6, rng)
    labels = rng.integers(0, 3, 50)
    settings = Window(samples=8, sigma=0.4)
    process = WindowMemory(settings=settings, neurons=6, classes=3, inputs=1)
    model = SteppedModel(process, PyWindowMemoryModelFloat)
    sent = model.run(50, s_in=z, label_in=np.eye(3)[labels])["a_out"]
    projected = sent - np.sum(sent * z, axis=1, keepdims=True) * z
    np.testing.assert_allclose(modulators(settings, z, labels, classes=3), projected, atol=1e-12)


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        (Plan(memories=("sltos",)), "memory 'sltos': expected one of features, prototype"),
        (Plan(activities=("fashion",)), "activity 'fashion': expected one of random, digits"),
    ],
)
def test_unknown_names_are_refused(config, plan, message):
    with pytest.raises(InputError, match=message):
        fidelity(config(""), plan)


def test_data_with_more_classes_than_the_network_are_refused(tmp_path):
    path = tmp_path / "xor.toml"
    path.write_text("[network]\nlayers = [2, 4, 4, 2]\n[data]\nsource = 'xor'\n")
    with pytest.raises(InputError, match="10 classes"):
        fidelity(path, Plan(activities=("digits",), count=40))


def test_other_units_than_those_of_the_readout_file_are_refused_at_once(config, tmp_path):
    file = tmp_path / "readout.h5"
    target = config(f"[memory]\nkind = 'features'\nunits = 8\nreadout_file = '{file}'")
    with pytest.raises(InputError, match="is for 8 units"):
        fidelity(target, Plan(units=(8, 16)))
    assert not file.exists()
