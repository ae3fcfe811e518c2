"""Checkpoints: bit for bit, whole or not at all."""

import h5py
import numpy as np
import pytest

from lava_ib.experiment.checkpoint import CHECKPOINT_VERSION, Checkpoint, Progress
from lava_ib.experiment.data import Preparation
from lava_ib.rule.settings import NetworkSettings, Settings
from lava_ib.rule.state import initial_state


@pytest.fixture
def checkpoint() -> Checkpoint:
    settings = Settings(network=NetworkSettings(layers=(4, 3, 2)))
    rng = np.random.default_rng(0)
    made = Checkpoint(Preparation(rng.normal(size=4), float(rng.normal() ** 2)))
    for number, variant in enumerate(["learned", "frozen", "linear"]):
        state = initial_state(settings, "all", 5, seed=number)
        state["dense1/tag_1"][...] = rng.normal(size=(3, 4))
        state["layer1/u"][...] = [np.nan, -0.0, 5e-324]
        start = {"dense1/weights": state["dense1/weights"] * 2}
        made.networks[variant] = Progress(7 + number, state, start)
    return made


@pytest.fixture
def saved(checkpoint, tmp_path):
    path = tmp_path / "checkpoint.h5"
    checkpoint.save(path)
    return path


def assert_same(arrays, others):
    assert arrays.keys() == others.keys()
    for name in arrays:
        assert arrays[name].dtype == others[name].dtype, name
        assert arrays[name].shape == others[name].shape, name
        assert arrays[name].tobytes() == others[name].tobytes(), name


def test_what_is_loaded_is_what_was_saved_to_the_bit(checkpoint, saved):
    loaded = Checkpoint.load(saved)
    assert loaded.preparation.mean.tobytes() == checkpoint.preparation.mean.tobytes()
    assert loaded.preparation.scale == checkpoint.preparation.scale
    assert loaded.networks.keys() == checkpoint.networks.keys()
    for variant, progress in checkpoint.networks.items():
        assert loaded.networks[variant].samples == progress.samples
        assert_same(loaded.networks[variant].state, progress.state)
        assert_same(loaded.networks[variant].epoch_start, progress.epoch_start)


def test_saving_again_replaces_the_file_and_leaves_no_other(checkpoint, saved):
    checkpoint.networks["learned"].samples = 99
    checkpoint.save(saved)
    assert Checkpoint.load(saved).networks["learned"].samples == 99
    assert [path.name for path in saved.parent.iterdir()] == ["checkpoint.h5"]


def test_a_missing_file_is_refused(tmp_path, refusal):
    path = tmp_path / "checkpoint.h5"
    assert f"{path}: no such checkpoint" in refusal(Checkpoint.load, path)


@pytest.mark.parametrize("content", [b"", b"weights: 1, 2, 3\n", b"\x89HDF\r\n\x1a\n" + b"\0" * 50])
def test_another_kind_of_file_is_refused(tmp_path, refusal, content):
    path = tmp_path / "checkpoint.h5"
    path.write_bytes(content)
    assert f"{path}: not a whole lava_ib checkpoint" in refusal(Checkpoint.load, path)


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.99])
def test_a_truncated_file_is_refused(saved, refusal, share):
    content = saved.read_bytes()
    saved.write_bytes(content[: int(len(content) * share)])
    assert f"{saved}: not a whole lava_ib checkpoint" in refusal(Checkpoint.load, saved)


def test_an_hdf5_file_of_another_kind_is_refused(tmp_path, refusal):
    path = tmp_path / "other.h5"
    with h5py.File(path, "w") as file:
        file["weights"] = np.zeros(3)
    assert f"{path}: an HDF5 file, but not a lava_ib" in refusal(Checkpoint.load, path)


def test_a_newer_version_is_refused(saved, refusal):
    with h5py.File(saved, "a") as file:
        file.attrs["version"] = CHECKPOINT_VERSION + 1
    message = refusal(Checkpoint.load, saved)
    assert f"{saved}: checkpoint version {CHECKPOINT_VERSION + 1} is newer" in message
    assert "upgrade" in message


@pytest.mark.parametrize(
    "name",
    [
        "networks",
        "networks/learned/state",
        "networks/learned/epoch_start",
        "preparation",
        "preparation/mean",
    ],
)
def test_a_missing_part_is_refused(saved, refusal, name):
    with h5py.File(saved, "a") as file:
        del file[name]
    assert f"{saved}: not a whole lava_ib checkpoint" in refusal(Checkpoint.load, saved)


@pytest.mark.parametrize(
    ("name", "attribute"),
    [("/", "version"), ("networks/learned", "samples"), ("preparation", "scale")],
)
def test_a_missing_attribute_is_refused(saved, refusal, name, attribute):
    with h5py.File(saved, "a") as file:
        del file[name].attrs[attribute]
    assert f"{saved}: not a whole lava_ib checkpoint" in refusal(Checkpoint.load, saved)


@pytest.mark.parametrize("name", ["networks", "networks/learned", "preparation/mean"])
def test_a_part_of_the_wrong_kind_is_refused(saved, refusal, name):
    """A group where a dataset belongs, or the other way round."""
    with h5py.File(saved, "a") as file:
        was_group = isinstance(file[name], h5py.Group)
        del file[name]
        if was_group:
            file[name] = np.zeros(3)
        else:
            file.create_group(name)
    assert str(saved) in refusal(Checkpoint.load, saved)


@pytest.mark.parametrize("after", [0, 1, 10, 40])
def test_a_failing_save_leaves_the_file_that_was_there(checkpoint, saved, monkeypatch, after):
    before = saved.read_bytes()
    left = [after]
    write = h5py.Group.__setitem__

    def write_until_the_disk_is_full(group, name, value):
        if left[0] == 0:
            raise OSError(28, "No space left on device")
        left[0] -= 1
        write(group, name, value)

    monkeypatch.setattr(h5py.Group, "__setitem__", write_until_the_disk_is_full)
    checkpoint.networks["learned"].samples = 99
    with pytest.raises(OSError, match="No space left"):
        checkpoint.save(saved)
    monkeypatch.undo()
    assert saved.read_bytes() == before
    checkpoint.save(saved)
    assert Checkpoint.load(saved).networks["learned"].samples == 99
