"""Maps of neurons in integers: what :mod:`lava_ib.rule.summary` and its filters' steps become.

Nothing here is the learning engine's: it has no weights that positions share, and no traces with a
sign. Widths: what a map passes on or shows its memory 8 bits with the sign, drives and rates 24,
running means 8 bits of fraction, weight changes 24 before they are scaled. Filters are as wide as
all weights; who moves them keeps what is left over of each step, 15 bits, so that small ones add
up. Functions of values take numbers as well as arrays.
"""

from typing import Any

import numpy as np

from lava_ib.rule.fixed.neuron import (
    ACTIVITY_BITS,
    TRACE_LIMIT,
    coarse,
    coarse_limit,
    integer_root,
    through_normalisation,
)
from lava_ib.rule.fixed.settings import FixedSettings
from lava_ib.rule.fixed.synapse import TAG_BITS
from lava_ib.rule.schedule import linear_to_zero

MAP_UNIT = 16
"""Root mean square of a map that is passed on, up to rounding and saturation; of pictures, too."""
FRACTION_BITS = 8
"""Of running means."""

FACTOR_BITS = 16
"""Of what weight changes are multiplied with, behind the binary point."""
REMAINDER_BITS = TAG_BITS
"""Of a filter's weight that the weight itself does not hold."""

_STEP_BITS = 7


def picture_unit(inputs: int) -> float:
    """Integers of one unit of a prepared picture with so many values, whose norm is about 1."""
    return MAP_UNIT * float(np.sqrt(inputs))


def quotient(values: Any, divisor: Any) -> Any:
    """``values / divisor``, rounded."""
    return (values + (divisor >> 1)) // divisor


def horizon(rate: float, sample: int) -> int:
    """Samples that a running mean reaches back: what divides a step of it.

    The inverse of :func:`lava_ib.rule.convolution.running_gain`.
    """
    return min(sample + 1, round(1.0 / rate))


def followed(mean: Any, values: Any, samples: int) -> Any:
    """Running mean, in units of ``2^-8``, one sample later.

    Parameters
    ----------
    mean, values : ndarray of int
        `values` in whole units.
    samples : int
        From :func:`horizon`.
    """
    return mean + quotient((values << FRACTION_BITS) - mean, samples)


def whole(mean: Any) -> Any:
    """A running mean in whole units, rounded."""
    return quotient(mean, 1 << FRACTION_BITS)


def map_size(square: int, count: int) -> int:
    """Root mean square of `count` values, at least 1, from the sum of their squares."""
    return max(integer_root(square // count), 1)


def passed_on(centred: Any, size: int) -> Any:
    """A map over its root mean square, times :data:`MAP_UNIT` and rounded, not yet saturated.

    Parameters
    ----------
    centred : ndarray of int
        Pooled rates less their channel's mean.
    size : int
        From :func:`map_size`.
    """
    return quotient(MAP_UNIT * centred, size)


def cell_modulator(xi: np.ndarray, z: np.ndarray, widened: int, bits: int) -> np.ndarray:
    """Modulator of the cells of a map from one of the memory, not yet saturated.

    A quarter of the orthogonal part, of one bit more than
    :func:`lava_ib.rule.fixed.neuron.neuron_modulator`: the engine's traces set no limit here.

    Parameters
    ----------
    xi, z : ndarray of int, shape (n,)
        Modulator with respect to the summary, of up to ten bits; the summary.
    widened : int
        Bits that `xi` lacks to ten.
    bits : int
        ``fixed.modulator_bits``.
    """
    orthogonal = through_normalisation(xi, z) << widened
    return coarse((orthogonal + 2) >> 2, ACTIVITY_BITS - bits)


def cell_limit(bits: int) -> int:
    """Largest size of a cell's modulator."""
    return coarse_limit(TRACE_LIMIT, ACTIVITY_BITS - bits)


def filter_size(sample: int, total: int, rate: float) -> int:
    """Step size of filters, ``rate * (1 - sample / total)`` rounded down, at least 1.

    Parameters
    ----------
    sample, total, rate
        As for :func:`lava_ib.rule.fixed.schedule.power_of_two`.
    """
    return max(1, int(rate * linear_to_zero(sample, total)))


def cell_share(xi: Any, size: Any, largest: Any) -> Any:
    """Modulator of each position of a cell, in units that do not depend on the grid.

    Parameters
    ----------
    xi : ndarray of int
        Modulator of the cells' averages.
    size, largest : int
        Positions in the cell, and in the largest one of the grid.
    """
    return quotient(xi * largest, size)


def mean_square(change: np.ndarray) -> int:
    """Mean of the squares of a weight change, (out, n); rounded down, row by row."""
    total = 0
    for row in range(change.shape[0]):
        total += np.sum(change[row] * change[row]) // change.shape[1]
    return total // change.shape[0]


def filter_factor(step: int, power: int) -> int:
    """What a weight change is multiplied with by :func:`filter_step`: one division a layer.

    Parameters
    ----------
    step : int
        From :func:`filter_size`.
    power : int
        Running mean of :func:`mean_square`, with its fraction.
    """
    return (step << (FACTOR_BITS + _STEP_BITS)) // max(integer_root(power >> FRACTION_BITS), 1)


def filter_step(change: np.ndarray, factor: int) -> np.ndarray:
    """Step of the filters in units of ``2^-15``; its root mean square is ``step / 256``.

    Parameters
    ----------
    change : ndarray of int
        ``dW``, from :func:`lava_ib.rule.convolution.shared_change`.
    factor : int
        From :func:`filter_factor`.
    """
    return (change * factor + (1 << (FACTOR_BITS - 1))) >> FACTOR_BITS


def moved_filters(
    weights: np.ndarray, remainder: np.ndarray, step: np.ndarray, loss: int, fixed: FixedSettings
) -> tuple[np.ndarray, np.ndarray]:
    """Filters after a step, not yet saturated, and what is left over.

    Parameters
    ----------
    weights : ndarray of int, shape (out, n)
    remainder : ndarray of int, shape (out, n)
        What was left over before, in units of ``2^-15`` of a weight; at least 0.
    step : ndarray of int, shape (out, n)
        From :func:`filter_step`.
    loss : int
        1 where weights also lose 1/128 of themselves, else 0.
    fixed : FixedSettings
    """
    bits = REMAINDER_BITS + fixed.missing_bits
    total = step - loss * (weights << (bits - 7)) + remainder
    return weights + (total >> bits), total & ((1 << bits) - 1)
