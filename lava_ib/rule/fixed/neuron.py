"""A layer of rate neurons in integers: membranes, normalised rates, the third factor.

All functions take and return arrays of int64. Shifts to the right round down.
"""

import numpy as np

ACTIVITY_BITS = 7
ACTIVITY_LIMIT = (1 << ACTIVITY_BITS) - 1
"""Largest activity, unsigned. A graded spike carries twice as much: its half is the trace."""
NORM = 256
"""Length of a normalised output, up to rounding and saturation."""
MEMBRANE_LIMIT = (1 << 23) - 1
TRACE_LIMIT = 127


def limited(values: np.ndarray, low: int, high: int) -> np.ndarray:
    """Saturate at both ends."""
    return np.minimum(np.maximum(values, low), high)


def beyond(values: np.ndarray, low: int, high: int) -> int:
    """Count values that :func:`limited` changes."""
    return int(np.sum((values < low) | (values > high)))


def coarse(values: np.ndarray, cleared: int) -> np.ndarray:
    """Clear so many of the last bits."""
    return (values >> cleared) << cleared


def scaled_drive(total: np.ndarray, exponent: int) -> np.ndarray:
    """Weighted input times ``2^exponent``, as Lava's ``Dense`` has it with ``weight_exp``."""
    if exponent > 0:
        return total << exponent
    return total >> -exponent


def leaked(u: np.ndarray, drive: np.ndarray, shift: int) -> np.ndarray:
    """Membrane one step later, ``u + ((drive - u) >> shift)``, not yet saturated.

    The leaky rate neuron of :func:`lava_ib.rule.neuron.leak` with a time constant of
    ``2^shift`` time steps.
    """
    return u + ((drive - u) >> shift)


def integer_root(square: int) -> int:
    """Largest integer whose square is not larger."""
    root = int(np.sqrt(float(square)))
    while root * root > square:
        root -= 1
    while (root + 1) * (root + 1) <= square:
        root += 1
    return root


def normalised(r: np.ndarray) -> np.ndarray:
    """Values over their norm, times :data:`NORM` and rounded, not yet saturated.

    Parameters
    ----------
    r : ndarray of int, shape (n,)
        Up to :data:`MEMBRANE_LIMIT` in size: rates, or a summary less its mean.
    """
    norm = max(integer_root(np.sum(r * r)), 1)
    return (NORM * r + (norm >> 1)) // norm


def activities(exact: np.ndarray, bits: int) -> np.ndarray:
    """Outputs as they are sent: saturated, without the bits that are cleared."""
    return coarse(np.minimum(exact, ACTIVITY_LIMIT), ACTIVITY_BITS - bits)


def through_normalisation(xi: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Make a modulator orthogonal to the output, ``xi - round((xi . z) z / (z . z))``."""
    square = max(np.sum(z * z), 1)
    return xi - (np.sum(xi * z) * z + (square >> 1)) // square


def neuron_modulator(
    xi: np.ndarray, z: np.ndarray, u: np.ndarray, widened: int, bits: int
) -> np.ndarray:
    """Modulator of the neurons from one of the memory, not yet saturated.

    Parameters
    ----------
    xi, z, u : ndarray of int, shape (n,)
        Modulator with respect to the output, of up to ten bits; output; membranes.
    widened : int
        Bits that `xi` lacks to ten.
    bits : int
        Width of the result, with the sign, up to seven; see :func:`third_factor_limit`.

    Returns
    -------
    ndarray of int, shape (n,)
        Half of the orthogonal part; zero where a neuron is silent.
    """
    orthogonal = through_normalisation(xi, z) << widened
    return np.where(u > 0, coarse((orthogonal + 1) >> 1, ACTIVITY_BITS - bits), 0)


def third_factor_limit(bits: int) -> int:
    """Largest size of a third factor."""
    return coarse_limit(63, ACTIVITY_BITS - bits)


def coarse_limit(limit: int, cleared: int) -> int:
    """Clear the last bits of a bound."""
    return (limit >> cleared) << cleared


def postsynaptic(xi: np.ndarray, step: int, missing_bits: int) -> np.ndarray:
    """Signed trace that a neuron sends, ``xi * step / 2^(3 + missing_bits)`` rounded.

    Not yet saturated at :data:`TRACE_LIMIT`; its positive part is y2, its negative part y3.
    """
    shift = 3 + missing_bits
    return (xi * step + (1 << (shift - 1))) >> shift
