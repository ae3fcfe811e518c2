"""Layers of a network in integers, and what their neurons sum up: plain arithmetic.

Activities are flat, shape (samples, n); a map (x, y, channels) is flattened in that order. What a
layer sums is what Lava's stock Processes of the same numbers do, bit for bit.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from lava_ib.rule.patches import cut, map_side

MapShape = tuple[int, int, int]

PLACE = 128
"""Biases are written in digits of this base, from -64 to 63: as many weights of eight bits."""

_BIAS_LIMIT = 2**23
"""A neuron's sum, and so what is added to it, has 24 bits with a sign."""

_MOST_VALUES = 2**28
"""In a map, and in what one is padded to."""


@dataclass(frozen=True)
class FrozenDense:
    """A dense connection.

    Attributes
    ----------
    weights : ndarray of int, shape (n, inputs)
        From -128 to 127.
    shift : int
        Bits that sums are shifted right by, with floor.
    bias : ndarray of int, shape (n,), optional
        Added to the shifted sums.
    """

    RECTIFIES: ClassVar[bool] = True
    weights: np.ndarray
    shift: int
    bias: np.ndarray | None = None

    @property
    def inputs(self) -> int:
        """Values that it receives."""
        return int(self.weights.shape[1])

    @property
    def neurons(self) -> int:
        """Sums that it makes."""
        return len(self.weights)

    @property
    def always(self) -> tuple[np.ndarray, ...]:
        """Numbers that its neurons get with each sample."""
        return () if self.bias is None else (self.bias,)

    def sums(self, activity: np.ndarray) -> np.ndarray:
        """Sums of the neurons, shape (samples, n)."""
        sums = np.right_shift(_product(activity, self.weights.T), self.shift)
        return sums if self.bias is None else sums + self.bias

    def problems(self) -> Iterator[str]:
        """What cannot be, in a layer that comes from a file."""
        if self.weights.ndim != 2 or not _of_eight_bits(self.weights):
            yield "weights: expected a matrix of -128 to 127"
            return
        yield from _shift_problems(self.shift)
        yield from _bias_problems(self.bias, len(self.weights))


@dataclass(frozen=True)
class FrozenConv:
    """A convolution; Lava's ``Conv`` has no exponent, so its sums stay as they are.

    Attributes
    ----------
    weights : ndarray of int, shape (out, kernel x, kernel y, in)
        From -128 to 127, of a convolution proper: the kernel is turned round.
    input_shape : tuple of int
    stride, padding : int
    """

    RECTIFIES: ClassVar[bool] = True
    always: ClassVar[tuple[np.ndarray, ...]] = ()
    weights: np.ndarray
    input_shape: MapShape
    stride: int
    padding: int

    @property
    def inputs(self) -> int:
        """Values that it receives."""
        return int(np.prod(self.input_shape))

    @property
    def shape(self) -> MapShape:
        """Of the map that its neurons form."""
        along, across = (
            map_side(side, kernel, self.stride, self.padding)
            for side, kernel in zip(self.input_shape[:2], self.weights.shape[1:3], strict=True)
        )
        return along, across, len(self.weights)

    @property
    def neurons(self) -> int:
        """Sums that it makes."""
        return int(np.prod(self.shape))

    def sums(self, activity: np.ndarray) -> np.ndarray:
        """Sums of the neurons, shape (samples, n)."""
        maps = activity.reshape(-1, *self.input_shape)
        _, along, across, _ = self.weights.shape
        patches = cut(maps, (along, across), self.stride, self.padding)
        filters = self.weights.reshape(len(self.weights), -1).T
        return _product(patches, filters).reshape(len(maps), -1)

    def problems(self) -> Iterator[str]:
        """What cannot be, in a layer that comes from a file."""
        if self.weights.ndim != 4 or not _of_eight_bits(self.weights):
            yield "weights: expected filters of -128 to 127, (out, x, y, in)"
        elif problem := _shape_problem(self.input_shape):
            yield problem
        elif self.weights.shape[3] != self.input_shape[2]:
            yield f"{self.weights.shape[3]} channels, its input {self.input_shape[2]}"
        elif not 0 <= self.padding <= max(self.input_shape):
            yield f"padding is {self.padding}: expected 0 to {max(self.input_shape)}"
        elif self.stride < 1:
            yield f"stride is {self.stride}: expected 1 or more"
        elif min(self.shape) < 1:
            yield f"a kernel of {self.weights.shape[1:3]} leaves a map of {self.shape}"


@dataclass(frozen=True)
class FrozenPool:
    """Sums over squares of a map, brought to another scale: ``(sum + bias) multiplier >> shift``.

    Unlike the others it passes negative values on.

    Attributes
    ----------
    input_shape : tuple of int
    size : int
        Side of the squares; what is left at the far edges is dropped.
    bias : ndarray of int, shape (n,), optional
    multiplier : int
        From 1 to 127.
    shift : int
    """

    RECTIFIES: ClassVar[bool] = False
    input_shape: MapShape
    size: int
    bias: np.ndarray | None
    multiplier: int
    shift: int

    @property
    def inputs(self) -> int:
        """Values that it receives."""
        return int(np.prod(self.input_shape))

    @property
    def shape(self) -> MapShape:
        """Of the map that its neurons form."""
        along, across, channels = self.input_shape
        return along // self.size, across // self.size, channels

    @property
    def neurons(self) -> int:
        """Sums that it makes."""
        return int(np.prod(self.shape))

    @property
    def always(self) -> tuple[np.ndarray, ...]:
        """Numbers that its neurons get with each sample."""
        factor = np.array([self.multiplier])
        return (factor,) if self.bias is None else (factor, self.bias)

    def pooled(self, activity: np.ndarray) -> np.ndarray:
        """Sums over the squares, shape (samples, n)."""
        along, across, channels = self.shape
        maps = activity.reshape(-1, *self.input_shape)[:, : along * self.size, : across * self.size]
        squares = maps.reshape(len(maps), along, self.size, across, self.size, channels)
        return squares.sum(axis=(2, 4)).reshape(len(maps), -1)

    def sums(self, activity: np.ndarray) -> np.ndarray:
        """What its neurons send, shape (samples, n)."""
        sums = self.pooled(activity)
        if self.bias is not None:
            sums = sums + self.bias
        return np.right_shift(sums * self.multiplier, self.shift)

    def problems(self) -> Iterator[str]:
        """What cannot be, in a layer that comes from a file."""
        if problem := _shape_problem(self.input_shape):
            yield problem
            return
        if not 1 <= self.size <= min(self.input_shape[:2]):
            yield f"size is {self.size}: expected 1 to {min(self.input_shape[:2])}"
            return
        if not 1 <= self.multiplier <= 127:
            yield f"multiplier is {self.multiplier}: expected 1 to 127"
        yield from _shift_problems(self.shift)
        yield from _bias_problems(self.bias, self.neurons)


FrozenLayer = FrozenDense | FrozenConv | FrozenPool


def places_of(biases: list[np.ndarray]) -> tuple[int, ...]:
    """Powers of :data:`PLACE`, as many as the biases have digits."""
    count = 0
    while any(np.any(bias) for bias in biases):
        count += 1
        biases = [(bias - _last_digit(bias)) // PLACE for bias in biases]
    return tuple(PLACE**power for power in range(count))


def digits(bias: np.ndarray, count: int) -> np.ndarray:
    """Digits of biases of shape (n,), lowest first, shape (n, count)."""
    columns = []
    for _ in range(count):
        columns.append(_last_digit(bias))
        bias = (bias - columns[-1]) // PLACE
    return np.stack(columns, axis=1).astype(np.int32)


def _last_digit(bias: np.ndarray) -> np.ndarray:
    return (bias + PLACE // 2) % PLACE - PLACE // 2


def _product(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Matrix product of integers: in doubles, which BLAS multiplies, exact below 2^53."""
    return (some.astype(np.float64) @ others.astype(np.float64)).astype(np.int64)


def _of_eight_bits(weights: np.ndarray) -> bool:
    return bool(np.array_equal(weights, weights.astype(np.int8)))


def _shape_problem(shape: tuple[int, ...]) -> str | None:
    if len(shape) == 3 and min(shape) >= 1 and float(np.prod(shape, dtype=float)) <= _MOST_VALUES:
        return None
    return f"input_shape is {shape}: expected (x, y, channels), at most {_MOST_VALUES:,} values"


def _shift_problems(shift: int) -> Iterator[str]:
    if not 0 <= shift < 32:
        yield f"shift is {shift}: expected 0 to 31"


def _bias_problems(bias: np.ndarray | None, neurons: int) -> Iterator[str]:
    if bias is None:
        return
    if bias.shape != (neurons,):
        yield f"bias of shape {bias.shape}: expected ({neurons},)"
    elif np.abs(bias).max() >= _BIAS_LIMIT:
        yield f"bias reaches {np.abs(bias).max():,}: expected less than {_BIAS_LIMIT:,}"
