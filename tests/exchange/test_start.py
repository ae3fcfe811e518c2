"""Training starts from the network of a file."""

import numpy as np
import pytest

import lava_ib
from lava_ib.exchange.network import DenseNetwork
from lava_ib.exchange.nir import write_nir
from lava_ib.experiment.data import Preparation
from lava_ib.experiment.start import start_from, start_network
from lava_ib.rule.state import initial_state


def config_of(path, **sections):
    layers = {"layers": [64, 32, 16, 10]}
    return lava_ib.make_config({"network": layers, "training": {"start": str(path)}, **sections})


@pytest.mark.parametrize("format", ["nir", "net"])
def test_it_predicts_as_the_files_network_before_it_learned_anything(
    run, network, data, tmp_path, format
):
    path = tmp_path / f"network.{format}"
    lava_ib.export(run, {"net": "netx"}.get(format, format), path)
    config = config_of(path)
    start = start_network(config)
    state = initial_state(config.settings, "all", 10, seed=0)
    drawn = {name: np.sqrt(np.mean(array**2)) for name, array in state.items() if "dense" in name}
    preparation = Preparation.fit(data.x_train, centre=True)
    start_from(start, state, preparation)
    for name in ("dense1/weights", "dense2/weights"):
        assert np.sqrt(np.mean(state[name] ** 2)) == pytest.approx(drawn[name])
    weights = tuple(state[name] for name in ("dense1/weights", "dense2/weights", "readout/weights"))
    started = DenseNetwork(weights, state["layer1/bias"])
    seen = preparation.scaled(data.x_test) - preparation.offset
    np.testing.assert_array_equal(started.predict(seen), start.predict(data.x_test))
    agree = started.predict(seen) == network.predict(data.x_test)
    assert np.mean(agree) >= (1.0 if format == "nir" else 0.99)


def test_other_layers_are_refused_before_there_is_a_run(tmp_path):
    path = tmp_path / "small.nir"
    small = DenseNetwork((np.ones((3, 64)), np.ones((10, 3))), np.zeros(3))
    write_nir(small, np.ones((4, 64)), {}, path)
    with pytest.raises(lava_ib.InputError, match=r"its layers are \[64, 3, 10\], network.layers"):
        lava_ib.train(config_of(path), tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("name", "sections", "message"),
    [
        ("missing.nir", {}, "no such file"),
        ("network.onnx", {}, r"a name ending in \.nir, \.net"),
        ("network.nir", {"backend": "fixed"}, "in floating point start from a file"),
    ],
)
def test_what_cannot_start_is_refused(tmp_path, name, sections, message):
    with pytest.raises(lava_ib.InputError, match=message):
        start_network(config_of(tmp_path / name, **sections))
