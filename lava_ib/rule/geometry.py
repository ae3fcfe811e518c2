"""Shapes of the hidden layers of a network with convolutions, and what does not fit.

Each layer turns a map (x, y, channels) into another: a convolution, then average pooling. A
dense layer is the case whose kernel covers its whole input and whose map is 1x1, so one
description serves both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Annotated, NamedTuple

from annotated_types import Ge

from lava_ib.rule.patches import map_side

MapShape = tuple[int, int, int]
"""Width, height and channels (x, y, c), as in Lava's ``Conv``."""


@dataclass(frozen=True, kw_only=True)
class Convolution:
    """One convolutional layer of a network.

    Attributes
    ----------
    channels : int
        Filters.
    kernel : int
        Side of a filter.
    stride : int
        Distance of two positions of a filter.
    padding : int
        Zeros around the input, on each side.
    pool : int
        Side of the squares that rates are averaged over; 1: no pooling.
    grid : int
        The layer's memory sees its map averaged to ``grid * grid`` cells.
    """

    channels: Annotated[int, Ge(1)]
    kernel: Annotated[int, Ge(1)] = 3
    stride: Annotated[int, Ge(1)] = 1
    padding: Annotated[int, Ge(0)] = 1
    pool: Annotated[int, Ge(1)] = 2
    grid: Annotated[int, Ge(1)] = 4


class Geometry(NamedTuple):
    """Shapes of one hidden layer.

    Attributes
    ----------
    input, output, pooled : tuple of int
        Maps (x, y, c) that it receives, that its neurons form, and that it passes on.
    kernel : tuple of int
        Sides (x, y) of a filter.
    stride, padding, pool, grid : int
        See :class:`Convolution`.
    """

    input: MapShape
    kernel: tuple[int, int]
    stride: int
    padding: int
    output: MapShape
    pool: int
    pooled: MapShape
    grid: int

    @property
    def weights(self) -> tuple[int, int, int, int]:
        """Shape of the filters, (out, kernel x, kernel y, in)."""
        return (self.output[2], *self.kernel, self.input[2])

    @property
    def shown(self) -> int:
        """Size of the vector that the layer's memory sees."""
        return self.grid * self.grid * self.pooled[2]

    @property
    def positions(self) -> int:
        """Places that each filter is applied at."""
        return self.output[0] * self.output[1]


def layer_geometries(
    image: MapShape, convolutions: Sequence[Convolution], dense: Sequence[int]
) -> tuple[Geometry, ...]:
    """Shapes of all hidden layers, from below.

    Parameters
    ----------
    image : tuple of int
        Input map.
    convolutions : sequence of Convolution
    dense : sequence of int
        Neurons of the dense hidden layers above them.

    Raises
    ------
    ValueError
        If a layer does not fit what is below it: names the key and what would fit.
    """
    layers: list[Geometry] = []
    below = image
    for number, convolution in enumerate(convolutions):
        layers.append(_convolved(f"network.convolutions[{number}]", below, convolution))
        below = layers[-1].pooled
    for neurons in dense:
        layers.append(_dense(below, neurons))
        below = layers[-1].pooled
    return tuple(layers)


def _dense(below: MapShape, neurons: int) -> Geometry:
    shape = (1, 1, neurons)
    return Geometry(below, below[:2], 1, 0, shape, 1, shape, 1)


def _convolved(name: str, below: MapShape, layer: Convolution) -> Geometry:
    padded = min(below[:2]) + 2 * layer.padding
    given = f"its input is {_text(below)}, {padded} wide with padding {layer.padding}"
    if layer.kernel > padded:
        raise ValueError(f"{name}.kernel = {layer.kernel}: {given}; at most {padded} fits")
    room = padded - layer.kernel
    if layer.stride > max(1, room):
        raise ValueError(
            f"{name}.stride = {layer.stride}: {given}, so a kernel of {layer.kernel} can be "
            f"moved by {room}; at most {max(1, room)} fits"
        )
    side_x, side_y = (
        map_side(side, layer.kernel, layer.stride, layer.padding) for side in below[:2]
    )
    output = (side_x, side_y, layer.channels)
    if layer.pool > min(side_x, side_y):
        raise ValueError(
            f"{name}.pool = {layer.pool}: the map is {_text(output)}, so nothing would be left; "
            f"at most {min(side_x, side_y)} fits"
        )
    pooled = (side_x // layer.pool, side_y // layer.pool, layer.channels)
    if layer.grid > min(pooled[:2]):
        raise ValueError(
            f"{name}.grid = {layer.grid}: the pooled map is {_text(pooled)}; "
            f"at most {min(pooled[:2])} fits"
        )
    kernel = (layer.kernel, layer.kernel)
    return Geometry(
        below, kernel, layer.stride, layer.padding, output, layer.pool, pooled, layer.grid
    )


def check_image(image: MapShape, inputs: int) -> None:
    """Refuse a picture that has another number of values than the network has inputs.

    Raises
    ------
    ValueError
    """
    if prod(image) != inputs:
        raise ValueError(
            f"network.layers = [{inputs}, ...]: network.image = {list(image)} has "
            f"{prod(image)} values, so it must begin with {prod(image)}"
        )


def _text(shape: MapShape) -> str:
    return "x".join(str(side) for side in shape)
