"""A trained network of convolutions as integers: what runs on the chip once nothing is learned.

Between its layers a map is centred and divided by its root mean square. The mean goes into a bias.
The root mean square is a number of each picture, and a chip would have to collect it from the
whole map; here it is its mean over training pictures, and then a positive factor that changes
nothing. Each layer's scale is chosen on what the layers before it leave of these pictures.
"""

import numpy as np

from lava_ib.exchange.maps import MapLayer, MapNetwork
from lava_ib.hardware.frozen_layers import FrozenConv, FrozenDense, FrozenLayer, FrozenPool
from lava_ib.hardware.frozen_network import (
    ACTIVITY_BITS,
    BATCH,
    INPUT_LIMIT,
    WEIGHT_LIMIT,
    FrozenNetwork,
    largest,
    near_limit,
    whole_weights,
)

_ROOM = 1 << (ACTIVITY_BITS - 1)
"""Half of the range of a message, for activities on the samples that scales are chosen by."""


def freeze_maps(
    network: MapNetwork, calibration: np.ndarray
) -> tuple[FrozenNetwork, tuple[str, ...]]:
    """Turn a trained network of convolutions into integers.

    Parameters
    ----------
    network : MapNetwork
    calibration : ndarray, shape (samples, x * y * channels)
        Training pictures as the first layer sees them: prepared, scaled and centred.

    Returns
    -------
    FrozenNetwork
        For pictures as in `calibration`.
    tuple of str
        What comes near a limit, on the calibration samples; none if nothing does.
    """
    scale = INPUT_LIMIT / largest(calibration)
    frozen = _Freezing(np.rint(calibration * scale), scale)
    shape = network.image
    for layer in network.layers[:-1]:
        shape = frozen.hidden(layer, shape, layer.channel_mean)
        frozen.normalise()
    shape = frozen.hidden(network.layers[-1], shape, np.zeros(len(network.layers[-1].weights)))
    frozen.read_out(*_on_the_map(network, shape))
    return FrozenNetwork(tuple(frozen.layers), scale), tuple(frozen.close)


class _Freezing:
    """Layers as they are chosen, one after the other.

    Attributes
    ----------
    activity : ndarray, shape (samples, n)
        What the last layer sends, in integers.
    unit : float
        Integers of one unit of the trained network's activity.
    mean : ndarray, shape (n,)
        What is still to be taken off the activity, in integers.
    """

    def __init__(self, activity: np.ndarray, unit: float) -> None:
        self.activity, self.unit = activity, unit
        self.mean = np.zeros(activity.shape[1])
        self.layers: list[FrozenLayer] = []
        self.close: list[str] = []

    def hidden(
        self, layer: MapLayer, shape: tuple[int, int, int], channel_mean: np.ndarray
    ) -> tuple[int, int, int]:
        """Add a hidden layer behind a map of `shape`; returns the shape of its own."""
        covers = layer.weights.shape[1:3] == shape[:2] and layer.padding == 0
        if covers and layer.pool == 1:
            turned = layer.weights[:, ::-1, ::-1].reshape(len(layer.weights), -1)
            self._dense(turned, last=False)
            self.mean = channel_mean * self.unit
            return 1, 1, len(turned)
        return self._convolution(layer, shape, channel_mean)

    def normalise(self) -> None:
        """Make the root mean square of the activity the unit, as the next layer sees it."""
        self.unit = _root_mean_square(self.activity - self.mean)

    def read_out(self, readout: np.ndarray, mean: np.ndarray) -> None:
        """Add the class scores of what lies above `mean`, which is in the network's units."""
        self.mean = mean * self.unit
        self._dense(readout, last=True)

    def _dense(self, matrix: np.ndarray, *, last: bool) -> None:
        weights, scale = whole_weights(matrix)
        sums = FrozenDense(weights, 0).sums(self.activity)
        subtracted = weights @ self.mean
        rates = np.maximum(sums - subtracted, 0)
        shift = 0 if last else max(0, int(rates.max()).bit_length() - (ACTIVITY_BITS - 1))
        bias = _bias(-subtracted / (1 << shift))
        self._add(FrozenDense(weights, shift, bias), sums - subtracted)
        self.unit *= scale / (1 << shift)

    def _convolution(
        self, layer: MapLayer, shape: tuple[int, int, int], channel_mean: np.ndarray
    ) -> tuple[int, int, int]:
        weights, scale = whole_weights(layer.weights)
        convolution = FrozenConv(weights, shape, layer.stride, layer.padding)
        self._add(convolution)
        self.unit *= scale * layer.pool**2
        plain = FrozenPool(convolution.shape, layer.pool, None, 1, 0)
        subtracted = np.broadcast_to(channel_mean * self.unit, plain.shape).ravel()
        centred = plain.pooled(self.activity) - subtracted
        multiplier, shift = _factor(int(np.abs(centred).max()))
        pool = FrozenPool(plain.input_shape, layer.pool, _bias(-subtracted), multiplier, shift)
        self._add(pool, centred)
        self.unit *= multiplier / (1 << shift)
        self.mean = np.zeros(pool.neurons)
        return pool.shape

    def _add(self, layer: FrozenLayer, sums: np.ndarray | None = None) -> None:
        """Append a layer; `sums` before they are shifted, where they are not what it sends."""
        sent = np.vstack(
            [
                layer.sums(self.activity[start : start + BATCH])
                for start in range(0, len(self.activity), BATCH)
            ]
        )
        self.layers.append(layer)
        self.close += near_limit(
            f"sums of layer {len(self.layers)}", sent if sums is None else sums
        )
        self.activity = np.maximum(sent, 0) if layer.RECTIFIES else sent


def _bias(values: np.ndarray) -> np.ndarray | None:
    """In integers; none where there is nothing to add."""
    whole = np.rint(values).astype(np.int64)
    return whole if whole.any() else None


def _factor(most: int) -> tuple[int, int]:
    """Multiplier and shift that bring `most` as close below the room of a message as they can."""
    candidates = (
        (min(WEIGHT_LIMIT, ((_ROOM << shift) - 1) // max(most, 1)), shift) for shift in range(24)
    )
    return max(candidates, key=lambda factor: factor[0] / (1 << factor[1]))


def _root_mean_square(activity: np.ndarray) -> float:
    """Of each sample, on average; 1 if there is no activity."""
    return float(np.sqrt(np.mean(np.square(activity, dtype=float), axis=1)).mean()) or 1.0


def _on_the_map(network: MapNetwork, shape: tuple[int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    """The readout's weights and the mean below it for a whole map instead of a grid of cells."""
    along, across = network.cells
    grid = len(along)
    readout = network.readout.reshape(-1, grid, grid, shape[2])
    spread = np.einsum("kabc,ax,by->kxyc", readout, along, across)
    mean = network.summary_mean.reshape(grid, grid, shape[2])
    # The same in all of a cell: the averages of that are the mean again.
    alike = np.einsum("abc,ax,by->xyc", mean, along > 0, across > 0)
    return spread.reshape(len(readout), -1), alike.ravel()
