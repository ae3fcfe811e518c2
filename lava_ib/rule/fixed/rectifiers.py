"""Rectifiers of a prototype memory in integers: what rows see beside a layer's output.

The equations are those of :func:`lava_ib.rule.memory.prototype.with_rates`. Weights are as wide as
all others; one shift, which follows from their number, gives the rates the size that they have in
floating point, beside outputs of length :data:`lava_ib.rule.fixed.neuron.NORM`.
"""

import numpy as np

from lava_ib.rule.fixed.neuron import ACTIVITY_LIMIT, activities, beyond, scaled_drive
from lava_ib.rule.fixed.state import FIRST_WEIGHT_SIZE


def rates_exponent(units: int, missing_bits: int) -> int:
    """Exponent of the rectifiers' drives; a rate of 1 in floating point is 256 here.

    Parameters
    ----------
    units : int
        D.
    missing_bits : int
        By which weights are smaller.
    """
    return round(float(np.log2(np.sqrt(2.0 / units) / FIRST_WEIGHT_SIZE))) + missing_bits


def rates_of(drive: np.ndarray, exponent: int, bits: int) -> np.ndarray:
    """Rates of the rectifiers, 0 to 127, from ``V z``, shape (D,)."""
    return activities(np.maximum(scaled_drive(drive, exponent), 0), bits)


def rates_beyond(drive: np.ndarray, exponent: int) -> int:
    """How many rates were cut off."""
    return beyond(np.maximum(scaled_drive(drive, exponent), 0), 0, ACTIVITY_LIMIT)


def through_rectifiers(xi: np.ndarray, back: np.ndarray, exponent: int) -> np.ndarray:
    """Modulator with respect to the output, not yet saturated.

    Parameters
    ----------
    xi : ndarray of int, shape (n,)
        What the rows answer to the output itself.
    back : ndarray of int, shape (n,)
        ``V' ([rates > 0] xi_rates)``, what they answer to the rates.
    exponent : int
        From :func:`rates_exponent`.
    """
    return xi + scaled_drive(back, exponent)
