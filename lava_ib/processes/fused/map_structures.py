"""What the compiled loop of a network of maps works on; single precision where maps are."""

from typing import NamedTuple

import numpy as np

from lava_ib.processes.fused.structures import LayerMemory


class Images(NamedTuple):
    """Inputs and labels.

    Attributes
    ----------
    x : ndarray of float32, shape (samples, pixels, channels)
    side : int
        Width of a picture.
    shown : ndarray of float32, shape (pixels, channels)
        The present picture.
    labels, memory_labels : ndarray of int, shape (samples,)
        -1: none.
    order : ndarray of int, shape (samples,)
        Which sample each presentation of the present pass shows.
    flips : ndarray of bool, shape (samples,)
        Which presentation shows it mirrored.
    """

    x: np.ndarray
    side: int
    shown: np.ndarray
    labels: np.ndarray
    memory_labels: np.ndarray
    order: np.ndarray
    flips: np.ndarray


class MapLayer(NamedTuple):
    """One hidden layer whose neurons form a map; maps are matrices (position, channel).

    Attributes
    ----------
    below_side, stride, padding, side : int
        Width of the input map, of the convolution, and width of the output map.
    pool, pooled_side : int
        Side of the pooled squares, width of the pooled map.
    kernel : ndarray of int, shape (2,)
    below : ndarray, shape (positions below, channels)
        The map that the layer below passes on, or the picture.
    padded : ndarray, shape (x + 2 padding, (y + 2 padding) * channels)
        Input map with zeros around it.
    cut : ndarray, shape (positions, n)
        Patches of the input.
    weights : ndarray, shape (out, n)
        Filters, turned round, so that a patch is read forwards.
    change : ndarray, shape (out, n)
        Room for the weight change; without rows where there is one position only.
    u : ndarray, shape (positions, out)
    pooled, passed, credit : ndarray, shape (pooled positions, out)
        Pooled rates; what the next layer gets; modulator of the pooled rates.
    gated : ndarray, shape (positions, out)
        Modulator of the neurons' drive.
    cell : ndarray of int, shape (pooled positions,)
        Cell of the grid that a pooled position belongs to.
    cell_share : ndarray, shape (cells,)
        One over the positions in a cell.
    summary, summary_mean : ndarray of float64, shape (shown,)
    channel_mean : ndarray of float64, shape (out,)
    first_norm, power : ndarray of float64, shape (1,)
    rectifiers : ndarray, shape (D, shown)
        Weights of a prototype memory's rectifiers: reading them is what these cost.
    memory : LayerMemory
        Of the whole map, in double precision; it sees the summary.
    """

    below_side: int
    stride: int
    padding: int
    side: int
    pool: int
    pooled_side: int
    kernel: np.ndarray
    below: np.ndarray
    padded: np.ndarray
    cut: np.ndarray
    weights: np.ndarray
    change: np.ndarray
    u: np.ndarray
    pooled: np.ndarray
    passed: np.ndarray
    credit: np.ndarray
    gated: np.ndarray
    cell: np.ndarray
    cell_share: np.ndarray
    summary: np.ndarray
    summary_mean: np.ndarray
    channel_mean: np.ndarray
    first_norm: np.ndarray
    power: np.ndarray
    rectifiers: np.ndarray
    memory: LayerMemory
