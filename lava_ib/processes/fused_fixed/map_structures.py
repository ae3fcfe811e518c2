"""What the compiled loop of a network of maps in integers works on.

What enters a product of matrices is kept in double precision, in which sums of such products are
exact: they stay below ``2^53``. So the machine's BLAS computes with integers.
"""

from typing import NamedTuple

import numpy as np

from lava_ib.processes.fused_fixed.structures import Learner


class MapRule(NamedTuple):
    """Constants of a network of maps beside :class:`.structures.Rule`.

    Attributes
    ----------
    warm_up : int
    mean_rate : float
    rates_exp : int
        Of rectifiers; see :func:`lava_ib.rule.fixed.rectifiers.rates_exponent`.
    """

    warm_up: int
    mean_rate: float
    rates_exp: int


class IntegerMapLayer(NamedTuple):
    """One hidden layer whose neurons form a map; maps are matrices (position, channel).

    Attributes
    ----------
    below_side, stride, padding, side : int
        Width of the input map, of the convolution, and width of the output map.
    pool, pooled_side : int
        Side of the pooled squares, width of the pooled map.
    kernel : ndarray of int, shape (2,)
    below : ndarray of float64, shape (positions below, channels)
        The map that the layer below passes on, or the picture.
    padded : ndarray of float64, shape (x + 2 padding, (y + 2 padding) * channels)
    cut : ndarray of float64, shape (positions, n)
        Patches of the input, turned round.
    weights, remainder : ndarray of float64, shape (out, n)
    change : ndarray of float64, shape (out, n)
        Room for the weight change; without rows where there is one position only.
    u, gated : ndarray of float64, shape (positions, out)
        Drive, and its modulator.
    pooled, credit : ndarray of int, shape (pooled positions, out)
        Pooled rates, and their modulator.
    passed : ndarray of float64, shape (pooled positions, out)
        What the next layer gets.
    cell : ndarray of int, shape (pooled positions,)
        Cell of the grid that a pooled position belongs to.
    cell_sizes : ndarray of int, shape (cells,)
    summary, summary_mean, z : ndarray of int, shape (shown,)
    channel_mean : ndarray of int, shape (out,)
    power, modulator_sum : ndarray of int, shape (1,)
    conv_saturated, pool_saturated : ndarray of int, shapes (2,), (3,)
    memory : Learner
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
    remainder: np.ndarray
    change: np.ndarray
    u: np.ndarray
    gated: np.ndarray
    pooled: np.ndarray
    credit: np.ndarray
    passed: np.ndarray
    cell: np.ndarray
    cell_sizes: np.ndarray
    summary: np.ndarray
    summary_mean: np.ndarray
    z: np.ndarray
    channel_mean: np.ndarray
    power: np.ndarray
    modulator_sum: np.ndarray
    conv_saturated: np.ndarray
    pool_saturated: np.ndarray
    memory: Learner
