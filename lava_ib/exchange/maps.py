"""A plain network of convolutions: what leaves of a run on pictures.

Running means stand between its layers, so unlike dense layers the norms have to stay.
"""

from dataclasses import dataclass

import numpy as np

MapShape = tuple[int, int, int]
"""Sides and channels (x, y, c)."""


@dataclass(frozen=True)
class PictureSteps:
    """What is done to pictures before they are scaled.

    Attributes
    ----------
    channel_mean : ndarray, shape (channels,)
        Subtracted first.
    smallest_deviation : float, optional
        Least number that contrast is divided by, before whitening and after it; None: it stays.
    whitening : ndarray, shape (side, side, channels, channels), optional
        From a patch with mirrored edges to its centre, last axis.
    """

    channel_mean: np.ndarray
    smallest_deviation: float | None
    whitening: np.ndarray | None


@dataclass(frozen=True)
class MapLayer:
    """A convolution, rectifiers, and average pooling; nothing has a bias.

    Attributes
    ----------
    weights : ndarray, shape (out, kernel x, kernel y, in)
        Of a convolution proper: the kernel is turned round.
    stride, padding, pool : int
    channel_mean : ndarray, shape (out,)
        Taken off what the next layer receives, which is then divided by its root mean square.
    """

    weights: np.ndarray
    stride: int
    padding: int
    pool: int
    channel_mean: np.ndarray


@dataclass(frozen=True)
class MapNetwork:
    """Class scores of pictures.

    Attributes
    ----------
    image : tuple of int
        (x, y, channels); an input is one flattened.
    steps : PictureSteps, optional
    scale : float
    offset : ndarray, shape (x * y * channels,)
        Inputs are multiplied by the one, then the other is subtracted.
    layers : tuple of MapLayer
    cells : tuple of ndarray, shapes (grid, x) and (grid, y)
        Averages of the last pooled map over the cells of a grid.
    summary_mean : ndarray, shape (grid * grid * channels,)
        Taken off these averages, which are then divided by their norm.
    readout : ndarray, shape (classes, grid * grid * channels)
    """

    image: MapShape
    steps: PictureSteps | None
    scale: float
    offset: np.ndarray
    layers: tuple[MapLayer, ...]
    cells: tuple[np.ndarray, np.ndarray]
    summary_mean: np.ndarray
    readout: np.ndarray

    @property
    def sizes(self) -> tuple[int, ...]:
        """Inputs, then filters of each layer, then classes."""
        filters = (len(layer.weights) for layer in self.layers)
        return (len(self.offset), *filters, len(self.readout))

    @property
    def map_readout(self) -> np.ndarray:
        """The readout's weights for the last pooled map, shape (classes, x, y, channels)."""
        along, across = self.cells
        weights = self.readout.reshape(len(self.readout), len(along), len(across), -1)
        return np.einsum("kabc,ax,by->kxyc", weights, along, across)


def mean_norm(activity: np.ndarray) -> float:
    """Root mean square of each sample, (samples, n), on average; 1 if there is no activity.

    What divides a map in a network whose norms are constants.
    """
    return float(np.sqrt(np.mean(np.square(activity, dtype=float), axis=1)).mean()) or 1.0
