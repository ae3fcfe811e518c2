"""Each format, written and run by something that reads it."""

import sys

import h5py
import nir
import numpy as np
import pytest

import lava_ib
from lava_ib.exchange.network import DenseNetwork
from lava_ib.exchange.netx import read_netx
from lava_ib.exchange.netx_integers import STATE_LIMIT, WEIGHT_LIMIT, in_integers
from lava_ib.exchange.nir import read_nir
from lava_ib.experiment.checkpoint import Checkpoint
from lava_ib.experiment.data import load_data
from lava_ib.experiment.deployed import MEASURED
from lava_ib.rule.information import settled_outputs

ort = pytest.importorskip("onnxruntime")


@pytest.fixture(scope="module")
def exported(run, tmp_path_factory):
    """Write the run's network once in a format."""
    folder = tmp_path_factory.mktemp("exported")
    files = {}

    def in_format(format):
        if format not in files:
            files[format] = folder / f"network.{format}"
            lava_ib.export(run, format, files[format])
        return files[format]

    return in_format


def test_onnx_has_the_networks_own_outputs(exported, network, data):
    session = ort.InferenceSession(exported("onnx"))
    (scores,) = session.run(None, {"x": data.x_test.astype(np.float32)})
    own = network.activities(data.x_test)[-1]
    np.testing.assert_allclose(scores, own, atol=1e-5 * np.abs(own).max())
    assert "fncom.2024" in session.get_modelmeta().custom_metadata_map["rule"]


@pytest.mark.slow
def test_onnx_of_convolutions_has_the_runs_outputs_from_raw_pictures_on(tmp_path, train_here):
    config = lava_ib.make_config(
        {
            "data": {"train_limit": 80, "test_limit": 60, "contrast": True, "whiten": True},
            "network": {
                "layers": [64, 12, 10],
                "image": [8, 8, 1],
                "steps_per_sample": 1,
                "tau": 1.0,
                "tau_e": 1.0,
                "convolutions": [
                    {"channels": 4, "kernel": 3, "pool": 1, "grid": 3},
                    {"channels": 5, "kernel": 3, "stride": 2, "padding": 0, "pool": 1, "grid": 2},
                ],
            },
            "learning": {"warm_up": 10},
            "training": {"epochs": 1, "controls": []},
        }
    )
    run, file = tmp_path / "run", tmp_path / "network.onnx"
    train_here(config, run)
    lava_ib.evaluate(run, predictions=tmp_path / "predicted.npy")
    lava_ib.export(run, "onnx", file)

    data = load_data(config.data, config.seed)
    checkpoint = Checkpoint.load(run / "checkpoint.h5")
    state, prepare = checkpoint.networks["learned"].state, checkpoint.preparation
    x = prepare.scaled(data.x_test) - prepare.offset
    own = settled_outputs(config.settings, state, x)[-1] @ state["readout/weights"].T
    (scores,) = ort.InferenceSession(file).run(None, {"x": data.x_test.astype(np.float32)})
    np.testing.assert_allclose(scores, own, atol=1e-5 * np.abs(own).max())
    assert np.array_equal(scores.argmax(axis=1), np.load(tmp_path / "predicted.npy"))
    refusals = {
        "netx": "data.contrast and data.whiten: ",
        "nir": "--format onnx takes convolutions",
    }
    for other, reason in refusals.items():
        with pytest.raises(lava_ib.InputError, match=reason):
            lava_ib.export(run, other, tmp_path / "other")


def test_netx_predicts_as_the_network_does_within_the_chips_integers(network, data):
    whole = in_integers(network, data.x_train[:500])
    x = np.concatenate([data.x_test, data.x_train])
    assert np.mean(whole.scores(x).argmax(axis=1) == network.predict(x)) >= 0.99
    factors = [64**2, 64, 1]  # bits that sums carry along, so that shifts cut nothing off
    for matrix, factor, sums in zip(
        (layer.weights for layer in whole.layers),
        factors,
        whole.activities(x),
        strict=True,
    ):
        assert np.abs(matrix).max() <= WEIGHT_LIMIT
        assert np.abs(sums * factor).max() < STATE_LIMIT


def test_netx_refuses_more_layers_than_its_bits_hold():
    weights = [np.eye(8)] * 7
    network = DenseNetwork(tuple(weights), np.zeros(8))
    with pytest.raises(lava_ib.InputError, match="6 hidden layers: 24 bits hold"):
        in_integers(network, np.ones((4, 8)))


def test_nir_comes_closer_with_every_step(exported, data, network):
    predicted = network.predict(data.x_train[:500])
    agreement = [
        np.mean(
            np.argmax(spiking_scores(exported("nir"), data.x_train[:500], steps), 1) == predicted
        )
        for steps in (4, 16, 64)
    ]
    assert agreement[1] >= 0.98
    assert agreement[0] < agreement[1] <= agreement[2] + 0.01


def spiking_scores(path, x, steps):
    """Outputs of a NIR file, added up over the steps, for inputs that are held."""
    graph = nir.read(path)
    following = dict(graph.edges)
    potentials: dict[str, np.ndarray] = {}
    total = 0.0
    for _ in range(steps):
        name, signal = following["input"], x
        while name != "output":
            node = graph.nodes[name]
            if isinstance(node, nir.IF):
                potential = potentials.get(name, 0.0) + node.r * signal
                signal = (potential >= node.v_threshold).astype(float)
                potentials[name] = potential - signal * node.v_threshold
            else:
                signal = signal @ node.weight.T + getattr(node, "bias", 0.0)
            name = following[name]
        total = total + signal
    return total


@pytest.mark.parametrize(("format", "read"), [("netx", read_netx), ("nir", read_nir)])
def test_what_is_read_again_predicts_the_same(exported, network, data, format, read):
    again = read(exported(format))
    assert again.sizes == network.sizes
    agrees = again.predict(data.x_test) == network.predict(data.x_test)
    assert np.mean(agrees) >= (0.99 if format == "netx" else 1.0)


@pytest.mark.parametrize("read", [read_netx, read_nir])
def test_other_files_are_refused_in_one_line(tmp_path, read):
    path = tmp_path / "network.h5"
    path.write_bytes(b"no HDF5 file")
    with pytest.raises(lava_ib.InputError, match=r"network\.h5: not a (netx|NIR)"):
        read(path)
    with h5py.File(path, "w") as file:
        file["something"] = 1
    with pytest.raises(lava_ib.InputError, match=r"network\.h5: not a (netx|NIR)"):
        read(path)


def test_what_cannot_be_written_leaves_nothing(run, tmp_path):
    with pytest.raises(lava_ib.InputError, match="no such folder"):
        lava_ib.export(run, "netx", tmp_path / "missing" / "network.net")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_lava_dl_loads_the_netx_file_and_answers_in_the_same_integers(
    exported, run_netx, data, network
):
    whole = in_integers(network, data.x_train[:MEASURED])
    scores = run_netx(exported("netx"), whole.encode(data.x_train))
    np.testing.assert_array_equal(scores, whole.scores(data.x_train))


def test_without_the_package_the_error_names_what_brings_it(run, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(lava_ib.InputError, match=r"pip install 'lava-ib\[onnx\]'"):
        lava_ib.export(run, "onnx", tmp_path / "network.onnx")
    assert list(tmp_path.iterdir()) == []
