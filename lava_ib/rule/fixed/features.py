"""Feature memory in integers: fourth powers of rectified drives, integrators that leak by shifts.

The equations are those of :mod:`lava_ib.rule.memory.features` with the feature ``relu4``: neither
an exponential nor a softmax. Widths: centred outputs 8 bits and a sign, drives 6 bits after the
rectifier, features 16, averages 24, of which 8 are a fraction, slopes 16 and a sign. The evidence,
a sum of products of features and averages, takes up to 46 bits, and what divides by it 48.
"""

import numpy as np

from lava_ib.rule.fixed.neuron import beyond, limited, scaled_drive
from lava_ib.rule.memory import Features

DRIVE_LIMIT = 63
MEAN_BITS, AVERAGE_BITS = 16, 8
"""Fractional bits of the running mean and of the averages."""
LARGEST_SHIFT = 15

_FEATURE_SHIFT, _EVIDENCE_BITS, _SLOPE_SHIFT = 8, 24, 14


def rate_shift(rate: float) -> int:
    """Exponent of the power of two nearest to a leak's rate, 0 to 15; -1: it does not leak."""
    if rate <= 0.0:
        return -1
    return min(max(0, round(float(-np.log2(rate)))), LARGEST_SHIFT)


def feature_shifts(settings: Features, classes: int) -> tuple[int, int, int]:
    """Leaks of the class shown, of all averages, and of the running mean."""
    return (
        rate_shift(min(1.0, classes / settings.horizon)),
        rate_shift(1.0 / settings.horizon),
        rate_shift(settings.centring),
    )


def centred(z: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Take the running mean off, rounded."""
    return z - ((mean + (1 << (MEAN_BITS - 1))) >> MEAN_BITS)


def move_mean(z: np.ndarray, mean: np.ndarray, shift: int) -> None:
    """Let the running mean leak towards `z`, in place; its rate is ``2^-shift``."""
    if shift >= 0:
        mean += ((z << MEAN_BITS) - mean) >> shift


def relu4(drive: np.ndarray) -> np.ndarray:
    """``p^4 / 2^8``, p the drive from 0 to 63."""
    p = limited(drive, 0, DRIVE_LIMIT)
    return (p * p * p * p) >> _FEATURE_SHIFT


def evidence(phi: np.ndarray, own: int, averages: np.ndarray, average: np.ndarray) -> np.ndarray:
    """``m_y / S_y - m / S`` in units of ``2^-24``, of units that are not silent.

    Parameters
    ----------
    phi : ndarray of int, shape (D,)
    own : int
        The class shown.
    averages, average : ndarray of int, shapes (C, D), (D,)

    Returns
    -------
    ndarray of int, shape (D,)
        Zeros while there is no evidence for the class. A unit's own share is at most 1, so
        these are within ``2^24``.
    """
    own_sum, every_sum = np.sum(phi * averages[own]), np.sum(phi * average)
    if own_sum == 0 or every_sum == 0:
        return np.zeros_like(phi)
    found = (averages[own] << _EVIDENCE_BITS) // own_sum - (average << _EVIDENCE_BITS) // every_sum
    return found * (phi > 0)


def through_relu4(drive: np.ndarray, worth: np.ndarray, saturated: np.ndarray) -> np.ndarray:
    """Carry the evidence back to the drives, ``p^3`` times it.

    Where there is any, drives that were cut off at the top are counted, in place.
    """
    if np.any(worth):
        saturated[0] += beyond(np.maximum(drive, 0), 0, DRIVE_LIMIT)
    p = limited(drive, 0, DRIVE_LIMIT)
    return (p * p * p * worth) >> _SLOPE_SHIFT


def remember(
    phi: np.ndarray,
    own: int,
    averages: np.ndarray,
    average: np.ndarray,
    own_shift: int,
    shift: int,
    balanced: bool,
) -> None:
    """Let the averages leak towards the present features, in place.

    Parameters
    ----------
    phi, own, averages, average
        As for :func:`evidence`.
    own_shift, shift : int
        Leaks of the class shown and of all, from :func:`rate_shift`.
    balanced : bool
        See :class:`lava_ib.rule.memory.Features`.
    """
    wide = phi << AVERAGE_BITS
    averages[own] += (wide - averages[own]) >> own_shift
    if balanced:
        for unit in range(average.size):
            average[unit] = np.sum(averages[:, unit]) // averages.shape[0]
    else:
        average += (wide - average) >> shift


def features_modulator(
    z: np.ndarray,
    own: int,
    expansion: np.ndarray,
    averages: np.ndarray,
    average: np.ndarray,
    mean: np.ndarray,
    drive_exp: int,
    shifts: tuple[int, int, int],
    balanced: bool,
    learning: bool,
    saturated: np.ndarray,
) -> np.ndarray:
    """Compare a sample with the averages, then remember it, in place.

    Parameters
    ----------
    z : ndarray of int, shape (n,)
    own : int
        Its class.
    expansion : ndarray of int, shape (D, n)
    averages, average, mean : ndarray of int, shapes (C, D), (D,), (n,)
    drive_exp : int
    shifts : tuple of int
        From :func:`feature_shifts`.
    balanced, learning : bool
        See :class:`lava_ib.rule.memory.Features`.
    saturated : ndarray of int, shape (1,)
        Drives that were cut off.

    Returns
    -------
    ndarray of int, shape (n,)
        Not yet scaled.
    """
    c, drive = centred(z, mean), np.zeros_like(average)
    for unit in range(drive.size):
        drive[unit] = scaled_drive(np.sum(expansion[unit] * c), drive_exp)
    phi = relu4(drive)
    answer = through_relu4(drive, evidence(phi, own, averages, average), saturated)
    if learning:
        remember(phi, own, averages, average, shifts[0], shifts[1], balanced)
    move_mean(z, mean, shifts[2])
    found = np.zeros_like(z)
    for unit in range(drive.size):
        if answer[unit] != 0:
            found += expansion[unit] * answer[unit]
    return found
