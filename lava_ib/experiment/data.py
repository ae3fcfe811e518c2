"""Data sets: where samples come from, what is refused, how inputs are prepared."""

import os
import zipfile
from dataclasses import dataclass, replace
from importlib.metadata import distribution
from pathlib import Path

import numpy as np

from lava_ib.errors import InputError
from lava_ib.experiment.config import DataConfig
from lava_ib.experiment.pictures import Pictures
from lava_ib.rule.fixed.maps import picture_unit
from lava_ib.rule.fixed.scaling import input_scale
from lava_ib.rule.settings import NetworkSettings

DATA_VARIABLE = "LAVA_IB_DATA"
FILE_SOURCES = ("mnist", "fashion-mnist", "cifar10")
"""Sources that are a file of their name in the folder of :data:`DATA_VARIABLE`."""

_FITTED = 5000  # prepared pictures that mean and scale are taken from
_KEYS = ("x_train", "y_train", "x_test", "y_test")


@dataclass(frozen=True)
class Dataset:
    """Samples and their classes.

    Attributes
    ----------
    x_train, x_test : ndarray, shapes (samples, n)
        Inputs, one row each.
    y_train, y_test : ndarray of int, shapes (samples,)
        Classes from 0.
    image_shape : tuple of int, optional
        Height and width of an input that is a picture; and channels, if it has colours.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    image_shape: tuple[int, ...] | None = None

    @property
    def classes(self) -> int:
        """One more than the highest class."""
        return int(max(self.y_train.max(), self.y_test.max())) + 1


@dataclass(frozen=True)
class Preparation:
    """How raw inputs become the network's: ``(x - mean) * scale``; pictures before that.

    Scale and offset are kept apart, since a scaled picture stays mostly zero, and zeros cost
    nothing.

    Attributes
    ----------
    mean : ndarray, shape (n,)
    scale : float
        Such that the root mean square of the training inputs' norms is 1.
    pictures : Pictures, optional
        What is done to pictures first.
    """

    mean: np.ndarray
    scale: float
    pictures: Pictures | None = None

    @classmethod
    def of(cls, data: Dataset, config: DataConfig) -> "Preparation":
        """Fit all the steps that a config names on the training inputs.

        Raises
        ------
        InputError
            If the inputs are no pictures, and a step needs some.
        """
        if not config.contrast and not config.whiten:
            return cls.fit(data.x_train, config.centre)
        if data.image_shape is None:
            key = "contrast" if config.contrast else "whiten"
            raise InputError(
                f"data.{key} = true: the samples of {config.source} are no pictures; "
                "x_train must have the shape (samples, height, width) or "
                "(samples, height, width, channels)"
            )
        shape = picture_shape(data.image_shape)
        pictures = Pictures.fit(data.x_train, shape, config.contrast, config.whiten)
        fitted = cls.fit(pictures.prepared(data.x_train[:_FITTED]), config.centre)
        return cls(fitted.mean, fitted.scale, pictures)

    @classmethod
    def fit(cls, x: np.ndarray, centre: bool) -> "Preparation":
        """Measure mean and scale on training inputs."""
        mean = x.mean(axis=0) if centre else np.zeros(x.shape[1])
        square = np.mean(np.sum((x - mean) ** 2, axis=1))
        rounding = np.finfo(float).eps * np.mean(np.sum(x**2, axis=1))
        return cls(mean, float(1.0 / np.sqrt(square)) if square > rounding else 1.0)

    @classmethod
    def for_integers(cls, x: np.ndarray) -> "Preparation":
        """Measure the range of the first training inputs: they become 0 to 127."""
        return cls(*input_scale(x))

    def for_integer_maps(self) -> "Preparation":
        """The same steps for pictures in integers, whose root mean square is 16."""
        return replace(self, scale=self.scale * picture_unit(self.mean.size))

    def in_real_numbers(self) -> "Preparation":
        """Undo :meth:`for_integer_maps`."""
        return replace(self, scale=self.scale / picture_unit(self.mean.size))

    def scaled(self, x: np.ndarray) -> np.ndarray:
        """Scale inputs of shape (samples, n); the network subtracts :attr:`offset`."""
        return (x if self.pictures is None else self.pictures.prepared(x)) * self.scale

    @property
    def offset(self) -> np.ndarray:
        """The mean in the units of scaled inputs, shape (n,)."""
        return self.mean * self.scale


def load_data(config: DataConfig, seed: int) -> Dataset:
    """Load the data set that a config names.

    Parameters
    ----------
    config : DataConfig
    seed : int
        Split of ``digits``, samples of ``xor`` and ``linear``.

    Raises
    ------
    InputError
        If a file is missing, lacks an array, or holds impossible values.
    """
    generated = {"digits": _digits, "xor": _xor, "linear": _linear}
    if config.source in generated:
        dataset = generated[config.source](np.random.default_rng([seed, 3]))
    elif path := source_file(config.source):
        dataset = _read(path)
    else:
        raise InputError(
            f"data.source = {config.source!r}: expected {', '.join([*generated, *FILE_SOURCES])} "
            "or a .npz file"
        )
    return Dataset(
        dataset.x_train[: config.train_limit],
        dataset.y_train[: config.train_limit],
        dataset.x_test[: config.test_limit],
        dataset.y_test[: config.test_limit],
        dataset.image_shape,
    )


def source_file(source: str) -> Path | None:
    """Path of the file that a source stands for, or none if the source is no file.

    Raises
    ------
    InputError
        If the source is a file in the data folder, and there is no such folder or file.
    """
    if source in FILE_SOURCES:
        path = data_folder(source) / f"{source}.npz"
        if not path.exists():
            raise InputError(f"{path}: no such data file; lava-ib data fetch {source} brings it")
        return path
    return Path(source) if source.endswith(".npz") else None


def data_folder(source: str = "mnist") -> Path:
    """Folder with data files, from the environment variable ``LAVA_IB_DATA``."""
    folder = os.environ.get(DATA_VARIABLE)
    if not folder:
        raise InputError(
            f"{DATA_VARIABLE} is not set: set it to the folder that holds {source}.npz, "
            "or give the file itself with --set data.source=FILE.npz"
        )
    return Path(folder)


def check_fit(dataset: Dataset, network: NetworkSettings) -> None:
    """Refuse a network whose first or last layer does not fit the data."""
    layers = network.layers
    inputs = dataset.x_train.shape[1]
    if dataset.classes < 2:
        raise InputError("data.source: all samples are of class 0; at least two classes are needed")
    if layers[0] != inputs or layers[-1] < dataset.classes:
        raise InputError(
            f"network.layers = {list(layers)}: the data has {inputs} inputs and "
            f"{dataset.classes} classes, so it must begin with {inputs} and end with "
            f"{dataset.classes}"
        )
    shape = dataset.image_shape
    if network.image is not None and shape is not None and picture_shape(shape) != network.image:
        raise InputError(
            f"network.image = {list(network.image)}: the data's pictures are "
            f"{list(picture_shape(shape))}"
        )


def picture_shape(shape: tuple[int, ...]) -> tuple[int, int, int]:
    """Height, width and channels of :attr:`Dataset.image_shape`."""
    height, width, *channels = shape
    return height, width, channels[0] if channels else 1


def _digits(rng: np.random.Generator) -> Dataset:
    # The file and not `load_digits`: scikit-learn takes more than a second to import.
    file = distribution("scikit-learn").locate_file("sklearn/datasets/data/digits.csv.gz")
    table = np.loadtxt(str(file), delimiter=",")
    x, y = table[:, :-1], table[:, -1].astype(int)
    order = rng.permutation(len(x))
    cut = len(x) * 8 // 10
    train, test = order[:cut], order[cut:]
    return Dataset(x[train] / 16.0, y[train], x[test] / 16.0, y[test], (8, 8))


def _xor(rng: np.random.Generator) -> Dataset:
    """Four corners of a square with Gaussian noise 0.1, as in the paper's experiment."""
    corners = rng.integers(0, 2, (1000, 2))
    x = corners + rng.normal(0.0, 0.1, corners.shape)
    return _cut(x, corners[:, 0] ^ corners[:, 1])


def _linear(rng: np.random.Generator) -> Dataset:
    """Points of a square on either side of a random line, as in the paper's experiment."""
    x = rng.uniform(-1.0, 1.0, (1000, 2))
    return _cut(x, (x @ rng.normal(size=2) > 0).astype(int))


def _cut(x: np.ndarray, y: np.ndarray) -> Dataset:
    return Dataset(x[:900], y[:900], x[900:], y[900:])


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """Read the four arrays of a ``.npz`` file as they are.

    Raises
    ------
    InputError
        If the file is missing, lacks an array, or holds impossible values.
    """
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            missing = [key for key in _KEYS if key not in file]
            if missing:
                raise InputError(f"{path}: no array {missing[0]}; it needs {', '.join(_KEYS)}")
            arrays = {key: file[key] for key in _KEYS}
    except FileNotFoundError:
        raise InputError(f"{path}: no such data file") from None
    except (OSError, ValueError, EOFError, TypeError, zipfile.BadZipFile) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path}: not a .npz file of plain arrays ({error})") from None
    check_arrays(path, arrays)
    return arrays


def check_arrays(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Refuse samples and labels that do not go together, or are none.

    Parameters
    ----------
    path : Path
        File that the arrays come from or go to.
    arrays : dict of str to ndarray
        With the keys ``x_train``, ``y_train``, ``x_test``, ``y_test``.
    """
    for part in ("train", "test"):
        _check(path, f"x_{part}", arrays[f"x_{part}"], f"y_{part}", arrays[f"y_{part}"])
    shape = arrays["x_train"].shape[1:]
    if arrays["x_test"].shape[1:] != shape:
        raise InputError(
            f"{path}: x_test has samples of shape {arrays['x_test'].shape[1:]}, x_train of {shape}"
        )


def _read(path: Path) -> Dataset:
    arrays = read_arrays(path)
    shape = arrays["x_train"].shape[1:]
    scale = 255.0 if arrays["x_train"].dtype == np.uint8 else 1.0
    # Pictures with colours in single precision: they are large, and go through single filters.
    precision = np.float32 if len(shape) == 3 else float
    return Dataset(
        np.divide(arrays["x_train"].reshape(len(arrays["x_train"]), -1), scale, dtype=precision),
        arrays["y_train"].astype(int),
        np.divide(arrays["x_test"].reshape(len(arrays["x_test"]), -1), scale, dtype=precision),
        arrays["y_test"].astype(int),
        shape if len(shape) in (2, 3) else None,
    )


def _check(path: Path, x_name: str, x: np.ndarray, y_name: str, y: np.ndarray) -> None:
    if not isinstance(x, np.ndarray) or not isinstance(y, np.ndarray):
        raise InputError(f"{path}: {x_name} or {y_name} is not an array")
    if x.ndim < 2 or x.size == 0 or not np.issubdtype(x.dtype, np.number):
        raise InputError(
            f"{path}: {x_name} has shape {x.shape} and type {x.dtype}; "
            "expected numbers of shape (samples, ...)"
        )
    if np.iscomplexobj(x) or not np.isfinite(x).all():
        raise InputError(
            f"{path}: {x_name} holds values that are not finite numbers (NaN or infinite)"
        )
    if y.shape != x.shape[:1]:
        raise InputError(
            f"{path}: {y_name} has shape {y.shape}; expected ({len(x)},), one label a sample"
        )
    if not np.issubdtype(y.dtype, np.integer):
        raise InputError(f"{path}: {y_name} has type {y.dtype}; expected whole numbers from 0")
    if y.min() < 0 or y.max() > 100_000:
        label = y.min() if y.min() < 0 else y.max()
        raise InputError(f"{path}: {y_name} holds label {label}; expected classes from 0")
