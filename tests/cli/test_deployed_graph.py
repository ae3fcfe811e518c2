"""What is deployed, against what the run itself predicts in Lava."""

import json

import numpy as np
import pytest

import lava_ib
from lava_ib.deployment.trained import load_trained
from lava_ib.experiment.checkpoint import Checkpoint
from lava_ib.experiment.data import load_data
from lava_ib.experiment.inference import classify
from lava_ib.hardware.network_file import NetworkFile
from lava_ib.hardware.running import classify_encoded
from lava_ib.rule.summary import average_pool


@pytest.mark.slow
def test_a_thousand_samples_in_a_row_are_predicted_as_by_the_run(finished_run):
    trained = load_trained(finished_run)
    config = trained.config
    whole = load_data(config.data.model_copy(update={"train_limit": None}), config.seed)
    x = whole.x_train[:1000]
    checkpoint = Checkpoint.load(finished_run / "checkpoint.h5")
    predictions = classify(
        config.settings,
        checkpoint.networks["learned"].state,
        checkpoint.preparation.scaled(x),
        offset=checkpoint.preparation.offset,
        backend=config.backend,
    )
    found = classify_encoded(trained.network, trained.encode(x), predictions, None)
    assert found["as_integers"] == found["samples"] == 1000
    assert found["test_accuracy"] >= 0.99, "share of the run's own predictions"
    assert np.unique(predictions).size > 5


@pytest.fixture(scope="module")
def pictures_run(tmp_path_factory, train_here):
    """A finished run on the digits as pictures; not to be changed."""
    config = lava_ib.make_config(
        {
            "data": {"train_limit": 120, "test_limit": 30, "contrast": True, "whiten": True},
            "network": {
                "layers": [64, 16, 10],
                "image": [8, 8, 1],
                "steps_per_sample": 1,
                "tau": 1.0,
                "tau_e": 1.0,
                "convolutions": [
                    {"channels": 6, "kernel": 3, "pool": 2, "grid": 2},
                    {"channels": 8, "kernel": 2, "padding": 0, "pool": 1, "grid": 2},
                ],
            },
            "learning": {"eta": 0.01, "warm_up": 10, "init_variance": 1.0, "weight_decay": 0.0},
            "memory": {"kind": "prototype", "alpha": 0.1, "beta": 20.0, "init_scale": 0.0},
            "training": {"epochs": 1, "controls": []},
        }
    )
    folder = tmp_path_factory.mktemp("pictures") / "run"
    train_here(config, folder)
    return folder


@pytest.mark.slow
def test_convolutions_are_predicted_nearly_as_by_the_run(call, pictures_run, tmp_path):
    """Norms are constants there and weights have eight bits: some predictions may differ."""
    lava_ib.evaluate(pictures_run, predictions=tmp_path / "predicted.npy")
    trained = load_trained(pictures_run)
    own = trained.network.scores(trained.encode(trained.data.x_test)).argmax(axis=1)
    assert np.mean(own == np.load(tmp_path / "predicted.npy")) >= 0.9
    outcome = call("deploy", pictures_run, "--on-cpu", "--samples", 20)
    assert outcome.code == 0
    accuracy = np.mean((own == trained.data.y_test)[:20])
    assert outcome.out.splitlines() == [
        "20 samples, mode inference, stock Lava Processes on CPU",
        "20 of them as in plain integer arithmetic",
        f"test accuracy: {accuracy:.3f}",
    ]


def test_convolutions_are_packed_with_their_samples(call, pictures_run, tmp_path):
    packed = tmp_path / "pictures.tar.gz"
    assert call("bundle", pictures_run, "-o", packed).code == 0
    assert call("bundle", packed, "--unpack", tmp_path / "there").code == 0
    trained = load_trained(pictures_run)
    found = NetworkFile.load(tmp_path / "there" / "network.h5")
    assert np.array_equal(found.x, trained.encode(trained.data.x_test))
    assert np.array_equal(found.network.scores(found.x), trained.network.scores(found.x))


def test_convolutions_are_placed_trained_or_not(call, pictures_run):
    for what in (pictures_run, pictures_run / "config.toml"):
        found = json.loads(call("deploy", what, "--dry-run", "--json").out)
        assert found["violations"] == []
        names = [layer["name"] for layer in found["layers"]]
        assert names == ["layer1", "pooled1", "layer2", "pooled2", "layer3", "readout"]
        crossing = {link["name"]: link["values_per_sample"] for link in found["host_links"]}
        assert crossing["inputs"] == 64 and crossing["class scores"] == 10
        assert found["sample"]["latency_steps"] == 6


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--mode", "on-chip"), "--mode on-chip: network.convolutions: the learning engine has"),
        (("--mode", "chip-in-the-loop"), "expected --mode inference"),
        (("--neurons", "sigma-delta"), "--neurons sigma-delta: the network has convolutions"),
        (("--neurons", "normalised"), "network.convolutions, whose norms no Process here has"),
    ],
)
def test_what_convolutions_have_not_is_refused_in_one_line(call, pictures_run, arguments, message):
    outcome = call("deploy", pictures_run, "--on-cpu", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert message in outcome.err and outcome.err.count("\n") == 1


@pytest.mark.slow
def test_layers_learn_in_integers_above_filters_that_do_not(
    call, train_here, pictures_run, tmp_path
):
    file = tmp_path / "maps.npz"
    outcome = call("data", "maps", pictures_run, "-o", file)
    assert (outcome.code, outcome.out) == (0, f"{file}: 120 + 30 samples of 72 inputs\n")
    trained = load_trained(pictures_run)
    rates = trained.network.activities(trained.encode(trained.data.x_test))[2]
    pooled = [average_pool(one.reshape(3, 3, 8), 1).ravel() for one in rates]
    with np.load(file) as written:
        assert written["x_train"].dtype == np.uint8 and written["x_train"].max() > 200
        assert np.corrcoef(written["x_test"].ravel(), np.ravel(pooled))[0, 1] > 0.999
    config = lava_ib.make_config(
        {
            "backend": "fixed",
            "data": {"source": str(file)},
            "network": {"layers": [72, 12, 10], "steps_per_sample": 1, "tau": 1.0, "tau_e": 1.0},
            "training": {"epochs": 3, "controls": []},
        }
    )
    summary = train_here(config, tmp_path / "above")
    assert summary["backend"] == "fixed" and summary["test_accuracy"] > 0.3


def test_maps_of_what_has_none_are_refused_in_one_line(call, finished_run, pictures_run, tmp_path):
    for run, file, message in (
        (finished_run, tmp_path / "maps.npz", "has no network.convolutions, and so no filters"),
        (pictures_run, tmp_path / "maps.h5", "expected a file that ends in .npz"),
        (pictures_run, tmp_path / "no" / "maps.npz", "no such folder"),
    ):
        outcome = call("data", "maps", run, "-o", file)
        assert (outcome.code, outcome.out) == (2, "")
        assert message in outcome.err and outcome.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
