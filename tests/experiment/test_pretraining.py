"""Readouts trained a priori: on random numbers, kept in a file, and started from."""

from pathlib import Path

import h5py
import numpy as np
import pytest

import lava_ib
from lava_ib.errors import InputError
from lava_ib.experiment import a_priori
from lava_ib.experiment.checkpoint import Checkpoint
from lava_ib.experiment.pretraining import pretrain, pretrained


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(a_priori, "_SAMPLES", 1500)
    monkeypatch.setattr(a_priori, "_TESTED", 300)


@pytest.fixture
def make(tmp_path):
    def make_config(layers=(64, 6, 4, 10), **memory):
        return lava_ib.make_config(
            {
                "data": {"train_limit": 60, "test_limit": 20},
                "network": {"layers": list(layers), "steps_per_sample": 1},
                "memory": {
                    "kind": "features",
                    "units": 12,
                    "horizon": 30.0,
                    "readout_file": str(tmp_path / "made" / "readouts.h5"),
                    **memory,
                },
                "training": {"epochs": 1, "controls": []},
            }
        )

    return make_config


def test_training_gives_the_sums_better_than_no_training(make, tmp_path):
    """On average over seeds: with so few units, a drawn set of features may be good by luck."""
    gained = []
    for seed in range(4):
        config = make().model_copy(update={"seed": seed})
        found = pretrain(config, tmp_path / "readouts.h5")
        assert set(found) == {"layer1", "layer2"}
        gained += [figures["r2"] - figures["analytic_r2"] for figures in found.values()]
    assert np.mean(gained) > 0.05


def test_file_holds_what_training_starts_from(make):
    config = make()
    state = pretrained(config)  # makes the file
    with h5py.File(config.memory.readout_file) as file:
        for name, array in state.items():
            np.testing.assert_array_equal(array, file[name])
        assert "r2" in file["memory1"].attrs
    again = pretrained(config)
    for name, array in state.items():
        np.testing.assert_array_equal(array, again[name])


def test_silent_features_leave_the_readout_finite(make, tmp_path):
    """A rectified feature may be silent for a sample; then there is nothing to learn from."""
    pretrain(make(feature="relu4", units=1), tmp_path / "readouts.h5")
    with h5py.File(tmp_path / "readouts.h5") as file:
        assert all(np.isfinite(file[f"memory{number}/readout"][:]).all() for number in (1, 2))


def test_same_seed_same_readouts(make, tmp_path):
    for name in ("a.h5", "b.h5"):
        pretrain(make(), tmp_path / name)
    with h5py.File(tmp_path / "a.h5") as one, h5py.File(tmp_path / "b.h5") as other:
        np.testing.assert_array_equal(one["memory2/readout"], other["memory2/readout"])


def test_no_file_no_change(make):
    assert pretrained(make(readout_file="")) == {}
    assert pretrained(lava_ib.make_config({})) == {}


def test_other_memories_have_no_readout_to_train(tmp_path):
    with pytest.raises(InputError, match="only features and reservoir have"):
        pretrain(lava_ib.make_config({}), tmp_path / "readouts.h5")
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_another_network_is_refused(make):
    pretrained(make())
    with pytest.raises(InputError, match=r"shape \(12, 6\), the config's has \(13, 6\)"):
        pretrained(make(units=13))
    with pytest.raises(InputError, match=r"has \(12, 7\): pretrain again to another file"):
        pretrained(make(layers=(64, 7, 4, 10)))


@pytest.mark.parametrize("content", [b"", b"not HDF5", None], ids=["empty", "text", "other"])
def test_anything_else_is_refused(make, content):
    config = make()
    pretrained(config)
    if content is None:
        with h5py.File(config.memory.readout_file, "w") as file:
            file["memory1/expansion"] = np.zeros((2, 2))
    else:
        Path(config.memory.readout_file).write_bytes(content)
    with pytest.raises(InputError, match="not a file of lava-ib pretrain"):
        pretrained(config)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["float", "fused"])
def test_a_run_starts_from_the_file_and_keeps_its_weights(make, tmp_path, train_here, backend):
    config = make()
    config = config.model_copy(update={"backend": backend})
    state = pretrained(config)
    train_here(config, tmp_path / "run")
    after = Checkpoint.load(tmp_path / "run" / "checkpoint.h5").networks["learned"].state
    for name, array in state.items():
        np.testing.assert_array_equal(after[name], array)
    assert np.any(after["memory1/averages"] > 0)


def test_a_reservoir_is_trained_kept_and_started_from(tmp_path):
    """Its readout gives almost nothing of the exact modulator; ridge regression gives as little."""
    memory = {"kind": "reservoir", "units": 40, "readout_file": str(tmp_path / "reservoir.h5")}
    network = {"layers": [64, 6, 4, 10], "steps_per_sample": 2}
    config = lava_ib.make_config({"network": network, "memory": memory})
    found = pretrain(config, tmp_path / "reservoir.h5")
    for figures in found.values():
        assert figures.keys() == {"r2", "ridge_r2"}
        assert -0.2 < figures["r2"] < 0.5
    state = pretrained(config)
    assert state["memory1/readout_weights"].shape == (6, 40)
    assert state["memory2/readout_weights"].any()
    again = pretrained(config)
    np.testing.assert_array_equal(again["memory1/recurrent"], state["memory1/recurrent"])


def test_a_reservoir_learns_a_target_that_is_linear_in_its_rates(monkeypatch):
    """So what it does not learn of the modulator is not there to be read out linearly."""
    mixing = np.random.default_rng(3).normal(size=(20, 4))

    def linear(settings, state, steps, count, rng):
        rates = np.tanh(rng.normal(size=(count, 20)))
        return rates, rates @ mixing

    monkeypatch.setattr(a_priori, "_echoes", linear)
    settings = lava_ib.make_config({"memory": {"kind": "reservoir", "units": 20}}).memory
    arrays, figures = a_priori.train_reservoir(settings, 4, 3, 1, np.random.default_rng(0))
    assert figures["r2"] > 0.99 and figures["ridge_r2"] > 0.99
    np.testing.assert_allclose(arrays["readout_weights"], mixing.T, atol=0.2)
