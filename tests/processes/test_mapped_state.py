"""Vars that live in memory-mapped files, so that their owner can read them at any time."""

import numpy as np
import pytest

from lava_ib.processes.mapped_state import MappedState, map_state, state_file, write_state

STATE = {
    "dense1/weights": np.arange(6.0).reshape(2, 3),
    "dense1/sample": np.array([3]),
    "layer1/u": np.zeros(2),
}


class Started:
    """What a ProcessModel has once Lava built it, and starts with."""

    started = False

    def start(self) -> None:
        self.started = True


class Model(MappedState, Started):
    def __init__(self, **proc_params):
        self.proc_params = proc_params
        self.var_id_to_var_map = {0: "weights", 1: "sample"}
        self.weights = np.full((2, 3), 7.0)
        self.sample = np.array([5])


def test_each_array_has_a_file_of_its_own(tmp_path):
    write_state(tmp_path / "new" / "folder", STATE)
    assert state_file(tmp_path, "dense1/weights") == tmp_path / "dense1.weights.npy"
    found = {path.name for path in (tmp_path / "new" / "folder").iterdir()}
    assert found == {"dense1.weights.npy", "dense1.sample.npy", "layer1.u.npy"}


def test_views_show_what_was_written_and_cannot_be_changed(tmp_path):
    write_state(tmp_path, STATE)
    views = map_state(tmp_path, list(STATE))
    for name, array in STATE.items():
        np.testing.assert_array_equal(views[name], array)
        assert views[name].dtype == array.dtype
        with pytest.raises(ValueError, match="read-only"):
            views[name][...] = 0


def test_model_keeps_its_values_and_writes_to_the_files(tmp_path):
    write_state(tmp_path, STATE)
    views = map_state(tmp_path, list(STATE))
    model = Model(name="dense1", state_folder=tmp_path)
    model.start()
    assert model.started
    np.testing.assert_array_equal(views["dense1/weights"], 7.0)
    model.weights += 1
    model.sample[:] = 6
    np.testing.assert_array_equal(views["dense1/weights"], 8.0)
    assert views["dense1/sample"][0] == 6
    np.testing.assert_array_equal(views["layer1/u"], 0)


def test_model_computes_with_plain_arrays(tmp_path):
    write_state(tmp_path, STATE)
    model = Model(name="dense1", state_folder=tmp_path)
    model.start()
    assert type(model.weights) is np.ndarray
    assert type(model.weights @ np.ones(3)) is np.ndarray


def test_without_a_folder_a_model_is_an_ordinary_one():
    model = Model()
    weights = model.weights
    model.start()
    assert model.started
    assert model.weights is weights


def test_a_missing_file_is_an_error(tmp_path):
    model = Model(name="dense2", state_folder=tmp_path)
    with pytest.raises(FileNotFoundError, match=r"dense2\.weights\.npy"):
        model.start()
    assert not model.started
