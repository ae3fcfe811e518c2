"""Layers of weights and biases with rectifiers between them: all that some formats hold.

A network of convolutions becomes one by two steps. The root mean square that divides each map is
set to its mean over training pictures. Pooling goes into the weights above it, since an average
of rates is a sum with equal weights: a filter grows by the side of the squares, and so does its
stride.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from lava_ib.errors import InputError
from lava_ib.exchange.maps import MapLayer, MapNetwork, MapShape, mean_norm
from lava_ib.exchange.network import DenseNetwork
from lava_ib.rule.patches import cut, map_side


@dataclass(frozen=True)
class PlainDense:
    """Sums ``W a + b``.

    Attributes
    ----------
    weights : ndarray, shape (n, inputs)
    bias : ndarray, shape (n,)
    """

    weights: np.ndarray
    bias: np.ndarray

    def linear(self, a: np.ndarray) -> np.ndarray:
        """Sums without biases, shape (samples, n)."""
        return a @ self.weights.T


@dataclass(frozen=True)
class PlainConv:
    """A convolution; maps are flattened, and each neuron has a bias of its own.

    Attributes
    ----------
    weights : ndarray, shape (out, kernel x, kernel y, in)
        Of a convolution proper: the kernel is turned round.
    bias : ndarray, shape (n,)
    input_shape : tuple of int
    stride, padding : int
    """

    weights: np.ndarray
    bias: np.ndarray
    input_shape: MapShape
    stride: int
    padding: int

    @property
    def shape(self) -> MapShape:
        """Of its map."""
        out, *kernel, _ = self.weights.shape
        along, across = (
            map_side(side, length, self.stride, self.padding)
            for side, length in zip(self.input_shape[:2], kernel, strict=True)
        )
        return along, across, out

    def linear(self, a: np.ndarray) -> np.ndarray:
        """Sums without biases, shape (samples, n)."""
        out, along, across, _ = self.weights.shape
        maps = a.reshape(-1, *self.input_shape)
        patches = cut(maps, (along, across), self.stride, self.padding)
        return (patches @ self.weights.reshape(out, -1).T).reshape(len(maps), -1)


PlainLayer = PlainDense | PlainConv


def activities(layers: tuple[PlainLayer, ...], x: np.ndarray) -> Iterator[np.ndarray]:
    """Rates of each hidden layer, then class scores, of inputs of shape (samples, n)."""
    for layer in layers[:-1]:
        x = np.maximum(layer.linear(x) + layer.bias, 0)
        yield x
    yield layers[-1].linear(x) + layers[-1].bias


def plain_dense(network: DenseNetwork) -> tuple[PlainLayer, ...]:
    """Layers of a network without convolutions."""
    first, *others = network.weights
    return (
        PlainDense(first, network.bias),
        *(PlainDense(matrix, np.zeros(len(matrix))) for matrix in others),
    )


def plain_maps(network: MapNetwork, pictures: np.ndarray) -> tuple[PlainLayer, ...]:
    """Layers of a network of convolutions.

    Parameters
    ----------
    network : MapNetwork
    pictures : ndarray, shape (samples, x * y * channels)
        Raw training pictures that root mean squares are measured on.

    Raises
    ------
    InputError
        If pictures are normalised one by one, or if a map does not divide into its squares.
    """
    if network.steps is not None:
        raise InputError(
            "data.contrast and data.whiten: pictures so prepared have no place in a file of layers "
            "alone; --format onnx takes them"
        )
    # What a layer receives is (a - mean) / size, a the rates below or the picture.
    a, shape, pool = pictures, network.image, 1
    mean, size = network.offset / network.scale, 1.0 / network.scale
    layers: list[PlainLayer] = []
    for number, layer in enumerate(network.layers):
        found = _convolved(layer, shape, pool, mean, size)
        layers.append(_dense(found) if found.shape[:2] == (1, 1) else found)
        a = np.maximum(layers[-1].linear(a) + layers[-1].bias, 0)
        shape, pool = found.shape, layer.pool
        if number < len(network.layers) - 1:
            mean = np.broadcast_to(layer.channel_mean, _pooled(shape, pool)).ravel()
            size = mean_norm(_averages(a, shape, pool) - mean)
    return (*layers, _readout(network, shape, pool))


def with_constant(layers: tuple[PlainLayer, ...]) -> tuple[PlainLayer, ...]:
    """Replace biases of the class scores by weights of one more neuron that is always active.

    A convolution gets one more channel, of which the class scores see the first neuron.
    """
    *others, hidden, last = layers
    if not np.any(last.bias):
        return layers
    constant = float(np.abs(last.bias).max() / np.abs(last.weights).max())
    column = last.bias / constant
    filters = np.concatenate([hidden.weights, np.zeros_like(hidden.weights[:1])])
    if isinstance(hidden, PlainConv):
        along, across, channels = hidden.shape
        biases = hidden.bias.reshape(along, across, channels)
        wide = np.insert(biases, channels, constant, axis=2).ravel()
        weights = np.insert(last.weights.reshape(-1, *hidden.shape), channels, 0.0, axis=3)
        weights[:, 0, 0, channels] = column
        weights = weights.reshape(len(weights), -1)
    else:
        wide = np.append(hidden.bias, constant)
        weights = np.column_stack([last.weights, column])
    always = replace(hidden, weights=filters, bias=wide)
    return (*others, always, PlainDense(weights, np.zeros_like(last.bias)))


def _convolved(
    layer: MapLayer, shape: MapShape, pool: int, mean: np.ndarray, size: float
) -> PlainConv:
    """A layer that sees the rates of a map of `shape` instead of the map pooled from them."""
    if layer.padding and any(side % pool for side in shape[:2]):
        raise InputError(
            f"a map of {shape[0]}x{shape[1]} leaves a rest when it is pooled by {pool}, and the "
            "next layer's padding would fall on it; --format onnx takes it"
        )
    below = PlainConv(layer.weights, np.empty(0), _pooled(shape, pool), layer.stride, layer.padding)
    bias = -below.linear(mean[None] / size)[0]
    wide = layer.weights.repeat(pool, axis=1).repeat(pool, axis=2) / (size * pool**2)
    return PlainConv(wide, bias, shape, layer.stride * pool, layer.padding * pool)


def _dense(layer: PlainConv) -> PlainDense:
    """A convolution of one position; what its kernel does not reach has weights of 0."""
    out, along, across, _ = layer.weights.shape
    whole = np.zeros((out, *layer.input_shape))
    whole[:, :along, :across] = layer.weights[:, ::-1, ::-1]
    return PlainDense(whole.reshape(out, -1), layer.bias)


def _readout(network: MapNetwork, shape: MapShape, pool: int) -> PlainDense:
    """Class scores from all rates of the last map; its norm changes no prediction."""
    whole = np.zeros((len(network.readout), *shape))
    wide = network.map_readout.repeat(pool, axis=1).repeat(pool, axis=2) / pool**2
    whole[:, : wide.shape[1], : wide.shape[2]] = wide
    return PlainDense(whole.reshape(len(whole), -1), -network.readout @ network.summary_mean)


def _pooled(shape: MapShape, pool: int) -> MapShape:
    return shape[0] // pool, shape[1] // pool, shape[2]


def _averages(a: np.ndarray, shape: MapShape, pool: int) -> np.ndarray:
    along, across, channels = _pooled(shape, pool)
    maps = a.reshape(-1, *shape)[:, : along * pool, : across * pool]
    squares = maps.reshape(-1, along, pool, across, pool, channels)
    return squares.mean(axis=(2, 4)).reshape(len(a), -1)
