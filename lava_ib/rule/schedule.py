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


def presentation_order(
    labels: np.ndarray, seed: int, epoch: int, run_length: int = 1
) -> np.ndarray:
    """Order of the samples in one pass through the data.

    Depends on nothing but its arguments, so an interrupted run finds its place again.

    Parameters
    ----------
    labels : ndarray of int, shape (count,)
        Classes of the samples.
    seed : int
    epoch : int
        Pass, from 0.
    run_length : int
        Samples of one class in a row: runs come in random order, and so do the samples in
        them. The last run of a class is as long as what is left.

    Returns
    -------
    ndarray of int, shape (count,)
        A permutation of ``range(count)``.
    """
    rng = np.random.default_rng([seed, 2, epoch])
    order = rng.permutation(len(labels))
    if run_length == 1:
        return order
    runs = [
        members[start : start + run_length]
        for members in (order[labels[order] == label] for label in np.unique(labels))
        for start in range(0, len(members), run_length)
    ]
    return np.concatenate([runs[number] for number in rng.permutation(len(runs))])
