"""Window memory in integers: kernels from a table, shares instead of exponentials.

A Gaussian is a power of two: the squared distance becomes a number of octaves, in sixteenths, of
which the whole part shifts and the rest looks up one of sixteen entries. That is all ``hsic``
needs; ``kde`` divides by two sums of kernels besides. The equations are those of
:mod:`lava_ib.rule.memory.window`. Widths, for windows of up to 32 samples: squared distances 18
bits, kernels 16, their sums 21, weights 13 and a sign, modulators 24 before they are scaled.
"""

import numpy as np

from lava_ib.rule.fixed.neuron import NORM

KERNEL_BITS = 15
"""Fractional bits of a kernel: that of a sample with itself is 2^15."""
OCTAVE_BITS = 4
"""Sixteenths of an octave: a kernel is off by up to 2^(1/32) - 1 = 2.2 %."""
SCALE_BITS = 24
SHARE_BITS = 12

_TABLE = np.rint(2.0 ** (KERNEL_BITS - np.arange(1 << OCTAVE_BITS) / (1 << OCTAVE_BITS))).astype(
    np.int64
)
_LONGEST_SHIFT = 31
_FAR = 1 << 60


def kernel_scale(sigma: float) -> int:
    """Sixteenths of an octave that a squared distance counts for, times ``2^24``.

    Parameters
    ----------
    sigma : float
        Width of the kernel, of outputs of norm 1.
    """
    octaves = np.log2(np.e) / (2.0 * sigma**2 * NORM**2)
    return max(1, round(octaves * (1 << (SCALE_BITS + OCTAVE_BITS))))


def distance(z: np.ndarray, stored: np.ndarray, scale: int) -> int:
    """How far two outputs are from each other, in sixteenths of an octave."""
    difference = stored - z
    return (np.sum(difference * difference) * scale + (1 << (SCALE_BITS - 1))) >> SCALE_BITS


def kernel(octaves: int) -> int:
    """``2^(15 - d / 16)``, rounded down."""
    entry = _TABLE[octaves & ((1 << OCTAVE_BITS) - 1)]
    return entry >> min(octaves >> OCTAVE_BITS, _LONGEST_SHIFT)


def shares(octaves: np.ndarray, members: np.ndarray) -> np.ndarray:
    """Share of each member in the sum of their kernels, in units of ``2^-12``.

    Relative to the nearest member, so that narrow kernels do not come to nothing.

    Parameters
    ----------
    octaves, members : ndarray of int, shape (N,)
        Distances; 1 for members, else 0.

    Returns
    -------
    ndarray of int, shape (N,)
        Zeros if there is no member.
    """
    found = np.zeros_like(octaves)
    nearest, total = _FAR, 0
    for q in range(octaves.size):
        if members[q] > 0:
            nearest = min(nearest, octaves[q])
    for q in range(octaves.size):
        if members[q] > 0:
            found[q] = kernel(octaves[q] - nearest)
            total += found[q]
    for q in range(octaves.size):
        if members[q] > 0:
            found[q] = ((found[q] << SHARE_BITS) + (total >> 1)) // total
    return found


def kde_weights(octaves: np.ndarray, labels: np.ndarray, newest: int, own: int) -> np.ndarray:
    """``[y_q = y_0] k_q / S_same - k_q / S_all``, in units of ``2^-12``, shape (N,).

    Parameters
    ----------
    octaves : ndarray of int, shape (N,)
    labels : ndarray of int, shape (N, C)
        One-hot.
    newest, own : int
        Row of the newest sample, which is left out, and its class.
    """
    same, others = np.zeros_like(octaves), np.zeros_like(octaves)
    for q in range(octaves.size):
        if q != newest:
            same[q], others[q] = labels[q, own], 1
    if np.sum(same) == 0:
        return same
    return shares(octaves, same) - shares(octaves, others)


def hsic_weights(octaves: np.ndarray, labels: np.ndarray, newest: int, own: int) -> np.ndarray:
    """Centred label kernel times the kernel of outputs, in units of ``2^-12``, shape (N,).

    N^2 times the centred label kernel is a whole number. The factor ``1 / (N-1)^2`` of
    :func:`lava_ib.rule.memory.window.hsic_modulator` is left out.
    """
    size, counts = octaves.size, np.zeros_like(labels[0])
    for q in range(size):
        counts += labels[q]
    squares, found = np.sum(counts * counts), np.zeros_like(octaves)
    for q in range(size):
        of_class = np.sum(labels[q] * counts)
        centred = size * size * labels[q, own] - size * (of_class + counts[own]) + squares
        relevance = (centred << SHARE_BITS) // (size * size)
        found[q] = (relevance * kernel(octaves[q])) >> KERNEL_BITS
    return found


def store(
    z: np.ndarray, own: int, stored: np.ndarray, labels: np.ndarray, count: np.ndarray
) -> int:
    """Put a sample in the place of the oldest one, in place; returns its row."""
    row = count[0] % stored.shape[0]
    stored[row] = z
    labels[row] = 0
    labels[row, own] = 1
    count[0] += 1
    return row


def window_modulator(
    z: np.ndarray,
    own: int,
    stored: np.ndarray,
    labels: np.ndarray,
    count: np.ndarray,
    scale: int,
    kde: bool,
) -> np.ndarray:
    """Store a sample, in place, and compare it with the others of the window.

    Parameters
    ----------
    z : ndarray of int, shape (n,)
    own : int
        Its class.
    stored, labels, count : ndarray of int, shapes (N, n), (N, C), (1,)
        The window, and how many samples it ever stored.
    scale : int
        From :func:`kernel_scale`.
    kde : bool
        ``kde`` or ``hsic``.

    Returns
    -------
    ndarray of int, shape (n,)
        ``sum_q w_q (z_q - z_0)``, not yet scaled. What `z_0` adds to ``kde`` is
        along `z`, and its weights sum to zero but for rounding.
    """
    newest = store(z, own, stored, labels, count)
    filled = min(count[0], stored.shape[0])
    octaves = np.zeros(filled, dtype=np.int64)
    for q in range(filled):
        octaves[q] = distance(z, stored[q], scale)
    if kde:
        weights = kde_weights(octaves, labels[:filled], newest, own)
    else:
        weights = hsic_weights(octaves, labels[:filled], newest, own)
    found = np.zeros_like(z)
    for q in range(filled):
        if weights[q] != 0:
            found += weights[q] * (stored[q] - z)
    return found
