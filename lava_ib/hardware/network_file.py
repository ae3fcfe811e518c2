"""A frozen network and samples to try it on, in one HDF5 file.

What is read is checked before it is used: links out of the file, virtual and oversized data sets
are refused, and nothing in the file is code.
"""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from lava_ib.errors import InputError
from lava_ib.hardware.frozen_layers import FrozenConv, FrozenDense, FrozenLayer, FrozenPool
from lava_ib.hardware.frozen_network import FrozenNetwork, shape_errors

FORMAT = "lava_ib frozen network"
VERSION = 1
MOST_VALUES = 2**28
"""In one data set."""

_KINDS: dict[str, type[FrozenLayer]] = {
    "dense": FrozenDense,
    "conv": FrozenConv,
    "pool": FrozenPool,
}


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
                _save_layer(file.create_group(f"layers/{number}"), layer)
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
        numbers = range(1, len(file["layers"]) + 1)
        layers = tuple(_layer(path, file, f"layers/{number}") for number in numbers)
        constants = tuple(int(value) for value in _whole(path, file, "constants"))
        network = FrozenNetwork(layers, float(file.attrs["input_scale"]), constants)
        found = cls(network, _whole(path, file, "samples/x"), _whole(path, file, "samples/y"))
        for problem in shape_errors(network) or found._sample_errors():
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


def _save_layer(group: h5py.Group, layer: FrozenLayer) -> None:
    """Each field of a layer as a data set of its own; what it has not is left out."""
    group.attrs["kind"] = next(name for name, kind in _KINDS.items() if type(layer) is kind)
    for field in fields(layer):
        value = getattr(layer, field.name)
        if value is not None:
            group[field.name] = value.astype(np.int8) if field.name == "weights" else value


def _layer(path: Path, file: h5py.File, where: str) -> FrozenLayer:
    # Files of networks without convolutions name no kind.
    name = file[where].attrs.get("kind", "dense")
    if name not in _KINDS:
        raise InputError(f"{path}: {where} is of kind {name!r}; expected {', '.join(_KINDS)}")
    values: dict[str, Any] = {}
    for field in fields(_KINDS[name]):
        if field.name == "bias" and "bias" not in file[where]:
            values["bias"] = None
            continue
        value = _whole(path, file, f"{where}/{field.name}")
        if field.type is int:
            values[field.name] = int(value)
        elif field.name == "input_shape":
            values[field.name] = tuple(int(side) for side in value)
        else:
            values[field.name] = value.astype(np.int32 if field.name == "weights" else np.int64)
    return _KINDS[name](**values)


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
