"""What changes over a training run: learning rates, weight decay, the order of samples."""

import numpy as np


def linear_to_zero(sample: int, total: int) -> float:
    """Factor of every learning rate, ``1 - sample / total``, in [0, 1].

    Parameters
    ----------
    sample : int
        Samples shown before this one.
    total : int
        Samples in the whole run; 0 stands for a run without an end, whose factor is 1.
    """
    if total == 0:
        return 1.0
    return max(0.0, 1.0 - sample / total)


def decay_factor(decay: float, interval: int, factor: float) -> float:
    """Factor of the weights every `interval` samples, ``1 - interval * decay * factor``.

    Normalised outputs ignore the scale of the weights, which would grow without limit.

    Parameters
    ----------
    decay : float
        Weight decay per sample, at least 0.
    interval : int
        Samples between two decays.
    factor : float
        From :func:`linear_to_zero`.
    """
    return 1.0 - interval * decay * factor


def presentation_order(count: int, seed: int, epoch: int) -> np.ndarray:
    """Order of the samples in one pass through the data.

    Depends on nothing but its arguments, so an interrupted run finds its place again.

    Parameters
    ----------
    count : int
        Samples in the data set.
    seed : int
    epoch : int
        Pass, from 0.

    Returns
    -------
    ndarray of int, shape (count,)
        A permutation of ``range(count)``.
    """
    return np.random.default_rng([seed, 2, epoch]).permutation(count)
