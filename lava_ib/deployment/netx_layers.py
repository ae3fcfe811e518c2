"""Layers of a netx HDF5 file, as lava-dl exports networks; lava-dl is not needed to read it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from lava_ib.errors import InputError
from lava_ib.hardware.layer_file import layer_from
from lava_ib.hardware.layers import Layer
from lava_ib.inspection.cost import bits_of

_ONE_WORD = ("CUBA", "LOIHI", "SDNN")
"""Neurons of one word of state (R10)."""


def read_netx(path: Path) -> tuple[list[Layer], tuple[str, ...]]:
    """Read a network.

    Parameters
    ----------
    path : Path

    Returns
    -------
    list of Layer
        From input to output.
    tuple of str
        What is in the file and not in the layers.

    Raises
    ------
    InputError
        If it is no netx file, or holds a layer that no rule places.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such file")
    try:
        with h5py.File(path, "r") as file:
            numbers = sorted(int(name) for name in file["layer"])
            groups = [file["layer"][str(number)] for number in numbers]
            return _layers(groups)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    except (OSError, KeyError, ValueError, TypeError, IndexError, AttributeError) as error:
        raise InputError(f"{path}: not a netx HDF5 file ({error})") from None


def _layers(groups: list[h5py.Group]) -> tuple[list[Layer], tuple[str, ...]]:
    layers: list[Layer] = []
    notes: list[str] = []
    shape: list[int] = []
    for number, group in enumerate(groups):
        kind = _text(group["type"])
        if kind == "flatten":
            continue
        if kind not in _READ:
            raise InputError(
                f"layer {number} is of type {kind!r}: expected input, dense, conv, flatten"
            )
        entry = _READ[kind](group, shape) | _neurons(group, number, notes)
        if "delay" in group:
            notes.append(f"layer {number}: delays, which take memory that no rule is known for")
        layer = layer_from({"name": f"layer {number}, {kind}", **entry}, number)
        shape = list(layer.shape or (layer.neurons,))
        layers.append(layer)
    if not layers:
        raise InputError("holds no layers")
    if layers[0].kind == "neurons":
        notes.append(
            "the input layer is placed on cores; with skip_layers=1 the host sends in its "
            "place, and it takes none"
        )
    return layers, tuple(notes)


def _text(value: h5py.Dataset) -> str:
    (content,) = np.ravel(value[()])
    return content.decode() if isinstance(content, bytes) else str(content)


def _neurons(group: h5py.Group, number: int, notes: list[str]) -> dict[str, Any]:
    """State of the neurons."""
    kind = _text(group["neuron/type"]) if "neuron/type" in group else "CUBA"
    if kind in _ONE_WORD:
        return {}
    notes.append(f"layer {number}: two words of state are assumed of neurons of type {kind}")
    return {"state_words": 2}


def _input(group: h5py.Group, shape: list[int]) -> dict[str, Any]:
    sizes = _reversed(group["shape"])
    if len(sizes) == 3:
        return {"kind": "neurons", "shape": sizes}
    return {"kind": "neurons", "neurons": int(np.prod(sizes))}


def _dense(group: h5py.Group, shape: list[int]) -> dict[str, Any]:
    neurons = int(np.prod(group["shape"][()]))
    weights = group["weight"][()].reshape(neurons, -1)
    return {
        "kind": "dense",
        "neurons": neurons,
        "inputs": weights.shape[1],
        "weight_bits": bits_of(weights),
    }


def _conv(group: h5py.Group, shape: list[int]) -> dict[str, Any]:
    weights = group["weight"][()]  # (out, in, y, x, ...)
    if np.any(group["groups"][()] != 1) or np.any(group["dilation"][()] != 1):
        raise InputError("a convolution with groups or dilation, which no rule is known for")
    if len(shape) != 3:
        raise InputError("a convolution behind a layer without width, height and channels")
    return {
        "kind": "conv",
        "input_shape": shape,
        "shape": _reversed(group["shape"]),
        "kernel": [weights.shape[3], weights.shape[2]],
        "stride": _pair(group["stride"]),
        "padding": _pair(group["padding"]),
        "weight_bits": bits_of(weights),
    }


_READ: dict[str, Callable[[h5py.Group, list[int]], dict[str, Any]]] = {
    "input": _input,
    "dense": _dense,
    "conv": _conv,
}


def _reversed(value: h5py.Dataset) -> list[int]:
    """Channels, height, width in the file; width, height, channels here."""
    return [int(size) for size in np.ravel(value[()])[::-1]]


def _pair(value: h5py.Dataset) -> list[int]:
    sizes = _reversed(value)
    return sizes * 2 if len(sizes) == 1 else sizes
