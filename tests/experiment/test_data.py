"""Data sets: what is loaded, what is refused, how inputs are prepared."""

import os
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lava_ib.experiment.config import DataConfig
from lava_ib.experiment.data import DATA_VARIABLE, Dataset, Preparation, check_fit, load_data
from lava_ib.rule.settings import NetworkSettings


def load(source, seed=0, **options) -> Dataset:
    return load_data(DataConfig(source=str(source), **options), seed)


def good_arrays(**changes) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {
        "x_train": rng.normal(size=(6, 4)),
        "y_train": np.array([0, 1, 2, 0, 1, 2]),
        "x_test": rng.normal(size=(3, 4)),
        "y_test": np.array([2, 1, 0]),
        **changes,
    }


@pytest.fixture
def save(tmp_path):
    """Write arrays to a .npz file."""

    def write(**values):
        path = tmp_path / "data.npz"
        np.savez(path, **values)
        return path

    return write


def rows(x: np.ndarray) -> list[bytes]:
    return sorted(row.tobytes() for row in x)


def test_digits_are_split_80_to_20_and_nothing_is_lost():
    from sklearn.datasets import load_digits

    data = load("digits")
    assert data.x_train.shape == (1437, 64)
    assert data.x_test.shape == (360, 64)
    assert (data.x_train.min(), data.x_train.max()) == (0.0, 1.0)
    assert data.classes == 10
    assert data.image_shape == (8, 8)
    # All rows of the whole, each as often as there: so no sample is in both parts.
    x, y = load_digits(return_X_y=True)
    train, test = (
        np.c_[a, b] for a, b in ((data.x_train, data.y_train), (data.x_test, data.y_test))
    )
    assert rows(np.vstack([train, test])) == rows(np.c_[x / 16.0, y])
    assert len({*rows(data.x_train)} & {*rows(data.x_test)}) == 0


@pytest.mark.parametrize("source", ["digits", "xor", "linear"])
def test_the_seed_alone_decides_the_samples(source):
    first, again, other = load(source, seed=5), load(source, seed=5), load(source, seed=6)
    for name in ("x_train", "y_train", "x_test", "y_test"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
        assert not np.array_equal(getattr(first, name), getattr(other, name))


def test_xor_is_the_exclusive_or_of_the_nearest_corner():
    data = load("xor")
    assert data.x_train.shape == (900, 2)
    assert data.x_test.shape == (100, 2)
    x, y = np.vstack([data.x_train, data.x_test]), np.concatenate([data.y_train, data.y_test])
    corners = np.round(np.clip(x, 0, 1)).astype(int)
    np.testing.assert_array_equal(y, corners[:, 0] ^ corners[:, 1])
    assert 0.08 < np.std(x - corners) < 0.12
    assert len(np.unique(corners, axis=0)) == 4


def test_linear_is_split_by_a_line_through_the_middle():
    data = load("linear")
    assert data.x_train.shape == (900, 2)
    assert data.x_test.shape == (100, 2)
    x, y = np.vstack([data.x_train, data.x_test]), np.concatenate([data.y_train, data.y_test])
    assert np.abs(x).max() <= 1.0
    assert set(y) == {0, 1}
    # Some direction puts every 1 before every 0.
    angles = np.linspace(0, 2 * np.pi, 20000)
    sides = x @ np.stack([np.cos(angles), np.sin(angles)]) > 0
    assert (sides == (y == 1)[:, None]).mean(axis=0).max() >= 0.999


def test_limits_take_the_first_samples():
    whole, part = load("digits"), load("digits", train_limit=7, test_limit=3)
    np.testing.assert_array_equal(part.x_train, whole.x_train[:7])
    np.testing.assert_array_equal(part.y_train, whole.y_train[:7])
    np.testing.assert_array_equal(part.x_test, whole.x_test[:3])
    np.testing.assert_array_equal(part.y_test, whole.y_test[:3])
    assert part.image_shape == (8, 8)


def test_a_limit_above_the_number_of_samples_takes_all():
    assert len(load("xor", train_limit=10_000).x_train) == 900


def test_npz_rows_are_taken_as_they_are(save):
    values = good_arrays()
    data = load(save(**values))
    np.testing.assert_array_equal(data.x_train, values["x_train"])
    np.testing.assert_array_equal(data.y_test, values["y_test"])
    assert data.classes == 3
    assert data.image_shape is None


def test_npz_pictures_become_rows_and_uint8_goes_from_0_to_1(save):
    pictures = np.arange(6 * 2 * 3, dtype=np.uint8).reshape(6, 2, 3)
    pictures[0, 0, 0] = 255
    data = load(save(**good_arrays(x_train=pictures, x_test=pictures[:3])))
    np.testing.assert_array_equal(data.x_train, pictures.reshape(6, 6) / 255.0)
    np.testing.assert_array_equal(data.x_test, pictures[:3].reshape(3, 6) / 255.0)
    assert data.image_shape == (2, 3)


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.uint64])
def test_npz_labels_may_be_any_whole_numbers(save, kind):
    data = load(save(**good_arrays(y_train=np.array([0, 1, 2, 0, 1, 2], kind))))
    assert data.y_train.dtype == int
    assert data.y_train.tolist() == [0, 1, 2, 0, 1, 2]


def spoiled(array: str, place, value) -> dict[str, np.ndarray]:
    values = good_arrays()
    values[array][place] = value
    return values


@pytest.mark.parametrize(
    ("values", "culprit", "reason"),
    [
        (spoiled("x_train", (1, 2), np.nan), "x_train", "not finite"),
        (spoiled("x_test", (1, 2), np.inf), "x_test", "not finite"),
        (spoiled("y_train", 3, -1), "y_train", "label -1"),
        (spoiled("y_test", 1, 10**9), "y_test", "label 1000000000"),
        (good_arrays(y_train=np.zeros(6)), "y_train", "whole numbers"),
        (good_arrays(y_train=np.zeros(6, bool)), "y_train", "whole numbers"),
        (good_arrays(y_test=np.zeros(2, int)), "y_test", "(3,)"),
        (good_arrays(y_test=np.zeros((3, 1), int)), "y_test", "(3,)"),
        (good_arrays(y_test=np.array(0)), "y_test", "(3,)"),
        (good_arrays(x_test=np.zeros((3, 5))), "x_test", "(5,)"),
        (good_arrays(x_test=np.zeros((3, 2, 2))), "x_test", "(2, 2)"),
        (good_arrays(x_train=np.zeros(6)), "x_train", "shape (6,)"),
        (good_arrays(x_train=np.array(1.0)), "x_train", "shape ()"),
        (good_arrays(x_train=np.zeros((6, 4), "U1")), "x_train", "numbers"),
        (good_arrays(x_train=np.zeros((6, 4), complex)), "x_train", "not finite numbers"),
        (good_arrays(x_train=np.zeros((0, 4)), y_train=np.zeros(0, int)), "x_train", "(0, 4)"),
        (good_arrays(x_train=np.zeros((6, 0)), x_test=np.zeros((3, 0))), "x_train", "(6, 0)"),
        (good_arrays(x_train=np.array([[None] * 4] * 6)), "data.npz", "plain arrays"),
    ],
)
def test_a_bad_npz_is_refused_by_the_name_of_the_array(save, refusal, values, culprit, reason):
    path = save(**values)
    message = refusal(load, path)
    assert message.startswith(f"{path}: ")
    assert culprit in message
    assert reason in message


@pytest.mark.parametrize("key", ["x_train", "y_train", "x_test", "y_test"])
def test_an_npz_without_an_array_is_refused(save, refusal, key):
    values = good_arrays()
    del values[key]
    assert f"no array {key}" in refusal(load, save(**values))


def test_whatever_is_no_whole_npz_is_refused(save, tmp_path, refusal):
    whole = save(**good_arrays()).read_bytes()
    broken = tmp_path / "broken.npz"
    for content in (b"", b"x, y\n1, 2\n", whole[: len(whole) // 2], whole[:-10], whole[:3]):
        broken.write_bytes(content)
        assert f"{broken}: not a .npz file" in refusal(load, broken)


def test_an_npz_with_flipped_bytes_is_refused(save, refusal):
    path = save(**good_arrays())
    content = bytearray(path.read_bytes())
    content[200:220] = bytes(byte ^ 0xFF for byte in content[200:220])
    path.write_bytes(content)
    assert str(path) in refusal(load, path)


def test_a_lone_npy_array_and_a_foreign_zip_are_refused(tmp_path, refusal):
    lone = tmp_path / "lone.npz"
    with lone.open("wb") as file:
        np.save(file, np.zeros((3, 2)))
    assert str(lone) in refusal(load, lone)
    foreign = tmp_path / "foreign.npz"
    with zipfile.ZipFile(foreign, "w") as file:
        file.writestr("x_train", "text")
    assert str(foreign) in refusal(load, foreign)
    with zipfile.ZipFile(foreign, "w") as file:
        for key in good_arrays():
            file.writestr(key, "text")
    assert str(foreign) in refusal(load, foreign)


def test_a_missing_file_and_a_folder_are_refused(tmp_path, refusal):
    assert "no such data file" in refusal(load, tmp_path / "missing.npz")
    folder = tmp_path / "folder.npz"
    folder.mkdir()
    assert str(folder) in refusal(load, folder)


def test_an_unknown_source_is_refused(refusal):
    message = refusal(load, "cifar")
    assert "data.source = 'cifar'" in message
    assert "digits, xor, linear, mnist" in message


def test_mnist_without_its_folder_is_refused(monkeypatch, refusal):
    monkeypatch.delenv(DATA_VARIABLE, raising=False)
    message = refusal(load, "mnist")
    assert DATA_VARIABLE in message
    assert "mnist.npz" in message


def test_mnist_in_an_empty_folder_is_refused(monkeypatch, tmp_path, refusal):
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    assert str(tmp_path / "mnist.npz") in refusal(load, "mnist")


@pytest.mark.skipif(DATA_VARIABLE not in os.environ, reason=f"{DATA_VARIABLE} is not set")
def test_mnist_has_its_shapes_and_range():
    data = load("mnist", train_limit=1000, test_limit=500)
    assert data.x_train.shape == (1000, 784)
    assert data.x_test.shape == (500, 784)
    assert data.classes == 10
    assert data.image_shape == (28, 28)
    assert (data.x_train.min(), data.x_train.max()) == (0.0, 1.0)


def test_layers_must_begin_with_the_inputs_and_end_with_the_classes(refusal):
    data = load("digits")
    check_fit(data, NetworkSettings(layers=(64, 5, 10)))
    check_fit(data, NetworkSettings(layers=(64, 5, 12)))
    for layers in [(63, 5, 10), (64, 5, 9)]:
        message = refusal(check_fit, data, NetworkSettings(layers=layers))
        assert f"network.layers = {list(layers)}" in message
        assert "begin with 64" in message
        assert "end with 10" in message


def prepare(preparation: Preparation, x: np.ndarray) -> np.ndarray:
    """Return what the network makes of raw inputs."""
    return preparation.scaled(x) - preparation.offset


INPUTS = arrays(
    float,
    st.tuples(st.integers(1, 20), st.integers(1, 6)),
    elements=st.floats(-1000, 1000).map(lambda value: round(value, 3)),
)


@settings(deadline=None, derandomize=True)
@given(x=INPUTS, centre=st.booleans())
def test_prepared_training_inputs_are_centred_with_unit_norm(x, centre):
    preparation = Preparation.fit(x, centre)
    prepared = prepare(preparation, x)
    assert np.isfinite(prepared).all()
    rms = np.sqrt(np.mean(np.sum(prepared**2, axis=1)))
    reference = x - x.mean(axis=0) if centre else x
    if np.abs(reference).max() > 1e-6:
        assert rms == pytest.approx(1.0)
        if centre:
            np.testing.assert_allclose(prepared.mean(axis=0), 0.0, atol=1e-6)
    if not centre:
        np.testing.assert_array_equal(preparation.mean, 0.0)


@pytest.mark.parametrize("centre", [True, False])
def test_test_inputs_are_prepared_by_the_training_inputs_numbers(centre):
    rng = np.random.default_rng(1)
    x, other = rng.normal(3.0, 2.0, (50, 4)), rng.normal(size=(5, 4))
    preparation = Preparation.fit(x, centre)
    expected = (other - (x.mean(axis=0) if centre else 0.0)) * preparation.scale
    np.testing.assert_allclose(prepare(preparation, other), expected, atol=1e-12)


@pytest.mark.parametrize("value", [0.0, 0.25, 0.1])
def test_constant_inputs_stay_harmless(value):
    x = np.full((10, 3), value)
    prepared = prepare(Preparation.fit(x, centre=True), x)
    np.testing.assert_allclose(prepared, 0.0, atol=1e-12)
