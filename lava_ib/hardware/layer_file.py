"""Layers from a JSON file, each key checked before anything is placed.

What a kind of layer does not need is left out, or ``null``. Numbers that follow from others may
be given as well, and must then agree with them.
"""

import difflib
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lava_ib.errors import InputError
from lava_ib.hardware.layers import Layer

_MOST = 1_000_000
"""Neurons, inputs, or length of a side: a chip's user cores hold 491,400 words of state."""

_Check = Callable[[Any], Any]


def read_layers(path: Path) -> list[Layer]:
    """Layers of a file, from input to output.

    Raises
    ------
    InputError
        With the file, the layer and the key in its message.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: not a JSON file ({error})") from None
    try:
        return layers_from(content)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def layers_from(content: Any) -> list[Layer]:
    """Layers of ``{"layers": [...]}``; errors as of :func:`read_layers`, but for the file."""
    entries = content.get("layers") if isinstance(content, dict) else None
    if not isinstance(entries, list) or not entries:
        raise InputError('expected {"layers": [...]} with at least one layer')
    for key in content:
        if key != "layers":
            raise InputError(f"unknown key {key}; the only one here is layers")
    layers = [layer_from(entry, number) for number, entry in enumerate(entries)]
    names = [layer.name for layer in layers]
    for number, name in enumerate(names):
        if name in names[:number]:
            raise InputError(f"layers[{number}].name = {name!r}: an earlier layer has that name")
    return layers


def layer_from(entry: Any, number: int = 0) -> Layer:
    """One layer of the list; ``number`` names it as long as it has no name."""
    if not isinstance(entry, dict):
        raise InputError(f"layers[{number}] = {entry!r}: expected an object with name and kind")
    given = {key: value for key, value in entry.items() if value is not None}
    name = given.get("name")
    where = f"layer {name!r}" if isinstance(name, str) and name else f"layers[{number}]"
    values = {key: _checked(key, value, where) for key, value in given.items()}
    for key in ("name", "kind"):
        if key not in values:
            raise InputError(f"{where}: no key {key}")
    kind = values["kind"]
    for key in values:
        if key not in _COMMON | _OF_KIND[kind]:
            raise InputError(f"{where}: key {key} does not belong to kind {kind}; leave it out")
    return _FINISH[kind](values, where)


def _checked(key: str, value: Any, where: str) -> Any:
    if key not in _CHECKS:
        near = difflib.get_close_matches(key, _CHECKS, 1)
        hint = f"; did you mean {near[0]}?" if near else f"; known are {', '.join(_CHECKS)}"
        raise InputError(f"{where}: unknown key {key}{hint}")
    try:
        return _CHECKS[key](value)
    except ValueError as error:
        raise InputError(f"{where}: {key} = {json.dumps(value)}: expected {error}") from None


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("a text that is not empty")
    return value


def _one_of(*names: str) -> _Check:
    def check(value: Any) -> Any:
        if value not in names:
            raise ValueError(f"one of {', '.join(names)}")
        return value

    return check


def _whole(least: int, most: int = _MOST) -> _Check:
    def check(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError(f"a whole number from {least} to {most}")
        return value

    return check


def _several(count: int, least: int) -> _Check:
    one = _whole(least)

    def check(value: Any) -> tuple[int, ...]:
        if not isinstance(value, list) or len(value) != count:
            raise ValueError(f"a list of {count} whole numbers, at least {least} each")
        return tuple(one(number) for number in value)

    return check


def _number(low: float, high: float) -> _Check:
    def check(value: Any) -> float:
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            raise ValueError("a number")
        if not low < value <= high:
            raise ValueError(f"a number over {low:g}, at most {high:g}")
        return float(value)

    return check


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


_CHECKS: dict[str, _Check] = {
    "name": _text,
    "kind": _one_of("dense", "sparse", "conv", "neurons"),
    "inputs": _whole(1),
    "neurons": _whole(1),
    "input_shape": _several(3, 1),
    "shape": _several(3, 1),
    "kernel": _several(2, 1),
    "stride": _several(2, 1),
    "padding": _several(2, 0),
    "weight_bits": _whole(1, 8),  # native weights: Timcheck et al., arXiv 2601.10035
    "plastic": _truth,
    "state_words": _whole(1),
    "density": _number(0.0, 1.0),
    "pattern": _one_of("even", "block"),
    "activity": _number(0.0, 1.0),
    "neuron_ns": _number(0.0, 1e9),
}
KEYS = tuple(_CHECKS)
"""All keys that a layer may have."""

_COMMON = {"name", "kind", "neurons", "shape", "state_words", "neuron_ns", "weight_bits", "plastic"}
_CONNECTED = {"inputs", "input_shape", "activity"}
_OF_KIND: dict[str, set[str]] = {
    "dense": _CONNECTED,
    "sparse": _CONNECTED | {"density", "pattern"},
    "conv": _CONNECTED | {"kernel", "stride", "padding"},
    "neurons": set(),
}


def _sized(values: dict[str, Any], size: str, shape: str, where: str) -> None:
    """Fill in a number of neurons from their shape, or compare the two."""
    if shape in values:
        product = math.prod(values[shape])
        if values.setdefault(size, product) != product:
            raise InputError(f"{where}: {size} = {values[size]}, but {shape} has {product}")
    if size not in values:
        raise InputError(f"{where}: no key {size}; a layer of kind {values['kind']} needs it")


def _connection(values: dict[str, Any], where: str) -> Layer:
    _sized(values, "neurons", "shape", where)
    _sized(values, "inputs", "input_shape", where)
    inputs, neurons = (_checked(size, values[size], where) for size in ("inputs", "neurons"))
    if values.get("pattern") == "block" and inputs % neurons and neurons % inputs:
        raise InputError(
            f'{where}: pattern = "block": expected neurons or inputs to be a multiple of the '
            f"other, not {neurons} and {inputs}"
        )
    if values.get("pattern") == "block" and "density" in values:
        raise InputError(f'{where}: density does not go with pattern = "block"; leave it out')
    return Layer(**values | {"shape": None, "input_shape": None})


def _convolution(values: dict[str, Any], where: str) -> Layer:
    for key in ("input_shape", "shape", "kernel"):
        if key not in values:
            raise InputError(f"{where}: no key {key}; a layer of kind conv needs it")
    if values.get("plastic"):
        raise InputError(f"{where}: plastic = true: no plastic convolution is known; leave it out")
    width, height = (_outputs(values, axis, where) for axis in (0, 1))
    if values["shape"][:2] != (width, height):
        raise InputError(
            f"{where}: shape = {list(values['shape'])}: input_shape, kernel, stride and padding "
            f"make it {width} x {height}"
        )
    _sized(values, "neurons", "shape", where)
    _sized(values, "inputs", "input_shape", where)
    return Layer(**values)


def _outputs(values: dict[str, Any], axis: int, where: str) -> int:
    size, kernel = values["input_shape"][axis], values["kernel"][axis]
    stride, padding = values.get("stride", (1, 1))[axis], values.get("padding", (0, 0))[axis]
    if kernel > size + 2 * padding:
        raise InputError(
            f"{where}: kernel = {list(values['kernel'])}: larger than its padded input, "
            f"{size + 2 * padding} in {'xy'[axis]}"
        )
    return int((size + 2 * padding - kernel) // stride + 1)


def _neurons(values: dict[str, Any], where: str) -> Layer:
    if values.get("plastic"):
        raise InputError(f"{where}: plastic = true: neurons have no weights; leave it out")
    _sized(values, "neurons", "shape", where)
    return Layer(**values)


_FINISH: dict[str, Callable[[dict[str, Any], str], Layer]] = {
    "dense": _connection,
    "sparse": _connection,
    "conv": _convolution,
    "neurons": _neurons,
}
