"""A trained network of convolutions as integers: what runs on the chip once nothing is learned.

Between its layers a map is centred and divided by its root mean square. The mean goes into a bias.
The root mean square is a number of each picture, and a chip would have to collect it from the
whole map; here it is its mean over training pictures, and then a positive factor that changes
nothing. Each layer's scale is chosen on what the layers before it leave of these pictures.
"""

import numpy as np

from lava_ib.exchange.maps import MapLayer, MapNetwork, mean_norm
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
    frozen.hidden(network.layers[-1], shape, np.zeros(len(network.layers[-1].weights)))
    frozen.read_out(network)
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
            weights, scale = whole_weights(turned)
            self._dense(weights, scale, weights @ self.mean, last=False)
            self.mean = channel_mean * self.unit
            return 1, 1, len(turned)
        return self._convolution(layer, shape, channel_mean)

    def normalise(self) -> None:
        """Make the root mean square of the activity the unit, as the next layer sees it."""
        self.unit = mean_norm(self.activity - self.mean)

    def read_out(self, network: MapNetwork) -> None:
        """Add the class scores of the last map."""
        weights, scale = whole_weights(network.map_readout.reshape(len(network.readout), -1))
        subtracted = network.readout @ network.summary_mean * (scale * self.unit)
        self._dense(weights, scale, subtracted, last=True)

    def _dense(
        self, weights: np.ndarray, scale: float, subtracted: np.ndarray, *, last: bool
    ) -> None:
        sums = FrozenDense(weights, 0).sums(self.activity) - subtracted
        shift = 0 if last else max(0, int(sums.max()).bit_length() - (ACTIVITY_BITS - 1))
        self._add(FrozenDense(weights, shift, _bias(-subtracted / (1 << shift))), sums)
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
        multiplier, shift = factor(int(np.abs(centred).max()), _ROOM)
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


def factor(most: int, room: int) -> tuple[int, int]:
    """Multiplier and shift of a pool that bring `most` as close below `room` as they can."""
    candidates = (
        (min(WEIGHT_LIMIT, ((room << shift) - 1) // max(most, 1)), shift) for shift in range(24)
    )
    return max(candidates, key=lambda pair: pair[0] / (1 << pair[1]))
