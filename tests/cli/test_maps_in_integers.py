"""A network with convolutions that learns in integers, from its training to its deployment."""

import json

import numpy as np
import pytest

import lava_ib
from lava_ib.deployment.trained import load_trained
from lava_ib.experiment.checkpoint import Checkpoint
from lava_ib.experiment.run_folder import RunFolder

CONFIG = {
    "backend": "fused-fixed",
    "data": {"train_limit": 600, "test_limit": 100, "contrast": True},
    "network": {
        "layers": [64, 16, 10],
        "image": [8, 8, 1],
        "flip": False,
        "steps_per_sample": 1,
        "tau": 1.0,
        "tau_e": 1.0,
        "convolutions": [
            {"channels": 8, "kernel": 3, "pool": 2, "grid": 4},
            {"channels": 12, "kernel": 2, "padding": 0, "pool": 1, "grid": 3},
        ],
    },
    "learning": {"warm_up": 20},
    "memory": {"kind": "prototype", "storage": "margin", "init_scale": 0.0},
    "fixed": {"arithmetic": "plain", "margin": 60_000, "memory_rate": 8},
    "training": {"epochs": 2, "controls": ["frozen", "linear"]},
}
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def run(tmp_path_factory, train_here):
    """A finished run; not to be changed."""
    folder = tmp_path_factory.mktemp("integers") / "run"
    train_here(lava_ib.make_config(CONFIG), folder)
    return folder


def test_it_beats_its_controls_and_has_a_report(run):
    summary = json.loads((run / "summary.json").read_text())
    assert summary["test_accuracy"] > 0.8
    assert summary["test_accuracy"] > summary["controls"]["frozen"] + 0.03
    assert set(summary["controls"]) == {"frozen", "linear"}
    last = RunFolder.open(run).metrics()[1]
    assert last["layers"][0]["hsic_y"] > 0.0 and last["layers"][0]["weight_change"] > 0.01
    assert (run / "report.html").stat().st_size > 10_000


def test_it_is_evaluated_by_both_integer_backends_alike(run, tmp_path):
    summary = json.loads((run / "summary.json").read_text())
    predicted = []
    for backend in ("fused-fixed", "fixed"):
        file = tmp_path / f"{backend}.npy"
        found = lava_ib.evaluate(run, backend=backend, predictions=file)
        assert found["test_accuracy"] == summary["test_accuracy"]
        predicted.append(np.load(file))
    np.testing.assert_array_equal(*predicted)


def test_it_classifies_nearly_as_the_floating_point_network_that_it_stands_for(run, tmp_path):
    trained = load_trained(run)
    own = trained.network.scores(trained.encode(trained.data.x_test)).argmax(axis=1)
    for backend in ("float", "fixed"):
        lava_ib.evaluate(run, backend=backend, predictions=tmp_path / "predicted.npy")
        assert np.mean(own == np.load(tmp_path / "predicted.npy")) >= 0.9, backend


def test_backends_agree_bit_for_bit_from_the_trained_network_on(call, run):
    outcome = call("compare", run, "--backends", "fixed,fused-fixed", "--samples", 20, "--json")
    assert outcome.code == 0
    (found,) = json.loads(outcome.out)["comparisons"]
    quantities = found["quantities"]
    assert {"conv1/weights", "pool1/channel_mean", "readout/weights"} <= quantities.keys()
    assert np.max([one["deviation"] for one in quantities.values()]) == 0.0
    mixed = call("compare", run, "--backends", "float,fixed", "--samples", 2)
    assert mixed.code == 2 and "with network.convolutions integers take other steps" in mixed.err


def test_it_is_deployed(call, run):
    found = json.loads(call("deploy", run, "--dry-run", "--json").out)
    assert found["violations"] == []
    outcome = call("deploy", run, "--on-cpu", "--samples", 20)
    assert "20 of them as in plain integer arithmetic" in outcome.out


def test_its_graph_is_drawn_with_its_costs(call, run):
    outcome = call("inspect", run, "--backend", "fixed")
    assert outcome.code == 0
    assert "PyPlasticConvModelFixed" in outcome.out and "% of a core" in outcome.out


def test_its_checkpoint_holds_integers_alone(run):
    state = Checkpoint.load(run / "checkpoint.h5").networks["learned"].state
    assert {array.dtype.kind for array in state.values()} == {"i"}
    assert "conv1/first_norm" not in state
