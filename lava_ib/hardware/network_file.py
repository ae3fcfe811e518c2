"""A frozen network and samples to try it on, in one HDF5 file.

What is read is checked before it is used: links out of the file, virtual and oversized data sets
are refused, and nothing in the file is code.
"""

from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from lava_ib.errors import InputError
from lava_ib.hardware.frozen_network import FrozenLayer, FrozenNetwork, shape_errors

FORMAT = "lava_ib frozen network"
VERSION = 1
MOST_VALUES = 2**28
"""In one data set."""


@dataclass(frozen=True)
class NetworkFile:
    """Content of the file.

    Attributes
    ----------
    network : FrozenNetwork
    x : ndarray of int, shape (samples, inputs and constants)
        Encoded samples.
    y : ndarray of int, shape (samples,)
        Their classes.
    """

    network: FrozenNetwork
    x: np.ndarray
    y: np.ndarray

    def save(self, path: Path) -> None:
        """Write the file."""
        with h5py.File(path, "w") as file:
            file.attrs["format"] = FORMAT
            file.attrs["version"] = VERSION
            file.attrs["input_scale"] = self.network.input_scale
            file["constants"] = np.asarray(self.network.constants, dtype=np.int32)
            for number, layer in enumerate(self.network.layers, 1):
                file[f"layers/{number}/weights"] = layer.weights.astype(np.int8)
                file[f"layers/{number}/shift"] = layer.shift
            for name, values in (("x", self.x), ("y", self.y)):
                small = values.astype(np.result_type(*map(np.min_scalar_type, _span(values))))
                file.create_dataset(f"samples/{name}", data=small, compression="gzip")

    @classmethod
    def load(cls, path: Path) -> "NetworkFile":
        """Read and check a file.

        Raises
        ------
        InputError
            If it is missing, damaged, of another kind or version, or does not fit together.
        """
        if not path.is_file():
            raise InputError(f"{path}: no such file")
        try:
            with h5py.File(path, "r") as file:
                return cls._read(path, file)
        except InputError:
            raise
        except (OSError, LookupError, RuntimeError, TypeError, ValueError, AttributeError) as error:
            message = " ".join(str(error).split())
            raise InputError(f"{path}: not a whole file of a frozen network ({message})") from None

    @classmethod
    def _read(cls, path: Path, file: h5py.File) -> "NetworkFile":
        if file.attrs.get("format") != FORMAT:
            raise InputError(f"{path}: an HDF5 file, but not of a frozen network")
        if file.attrs["version"] != VERSION:
            raise InputError(
                f"{path}: version {file.attrs['version']}; this lava_ib reads {VERSION}"
            )
        count = len(file["layers"])
        layers = tuple(
            FrozenLayer(
                _whole(path, file, f"layers/{number}/weights").astype(np.int32),
                int(_whole(path, file, f"layers/{number}/shift")),
            )
            for number in range(1, count + 1)
        )
        constants = tuple(int(value) for value in _whole(path, file, "constants"))
        network = FrozenNetwork(layers, float(file.attrs["input_scale"]), constants)
        found = cls(network, _whole(path, file, "samples/x"), _whole(path, file, "samples/y"))
        for problem in (*shape_errors(network), *found._sample_errors()):
            raise InputError(f"{path}: {problem}")
        return found

    def _sample_errors(self) -> list[str]:
        inputs, classes = self.network.sizes[0], self.network.sizes[-1]
        if self.x.ndim != 2 or self.x.shape[1] != inputs or self.y.shape != self.x.shape[:1]:
            return [
                f"samples of shapes {self.x.shape} and {self.y.shape}: expected (n, {inputs}) "
                "and (n,)"
            ]
        if not len(self.y) or self.y.min() < 0 or self.y.max() >= classes:
            return [f"samples/y: expected classes from 0 to {classes - 1}, at least one"]
        return []


def _whole(path: Path, file: h5py.File, name: str) -> np.ndarray:
    """Read a data set of whole numbers that lies in the file itself."""
    where = ""
    for part in name.split("/"):
        where = f"{where}/{part}"
        if not isinstance(file.get(where, getlink=True), h5py.HardLink):
            raise InputError(f"{path}: no data set {name} of its own")
    dataset = file[name]
    if not isinstance(dataset, h5py.Dataset) or dataset.is_virtual or dataset.external:
        raise InputError(f"{path}: no data set {name} of its own")
    if dataset.dtype.kind not in "iu":
        raise InputError(f"{path}: {name} has type {dataset.dtype}; expected whole numbers")
    if dataset.size > MOST_VALUES:
        raise InputError(f"{path}: {name} has {dataset.size:,} values; at most {MOST_VALUES:,}")
    return np.asarray(dataset[()])


def _span(values: np.ndarray) -> tuple[int, int]:
    return int(values.min()), int(values.max())
