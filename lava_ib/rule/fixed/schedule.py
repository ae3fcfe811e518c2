"""Step sizes that a chip can change: powers of two that fall over a run."""

import numpy as np

from lava_ib.rule.eligibility import epoch_gain
from lava_ib.rule.fixed.synapse import LARGEST_TAG_SHIFT
from lava_ib.rule.schedule import linear_to_zero


def power_of_two(sample: int, total: int, rate: float) -> int:
    """Largest power of two under ``rate * (1 - sample / total)``, at least 1.

    Parameters
    ----------
    sample : int
        Samples shown before this one.
    total : int
        Samples in the whole run; 0: without an end.
    rate : float
    """
    size = rate * linear_to_zero(sample, total)
    step = 1
    while 2 * step <= size:
        step *= 2
    return step


def tag_shift(tau_e: float, steps: int) -> int:
    """Exponent of a tag's leak in a learning epoch, from the time constant of its trace.

    A tag nears its input by the share ``2^-shift`` nearest to
    :func:`lava_ib.rule.eligibility.epoch_gain`, and no less than the engine allows.
    """
    share = epoch_gain(tau_e, steps)
    return min(max(0, round(float(-np.log2(share)))), LARGEST_TAG_SHIFT)


def leak_shift(tau: float) -> int:
    """Exponent of the power of two nearest to a time constant, at least 0."""
    return max(0, round(float(np.log2(tau))))
