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
    labels: np.ndarray, seed: int, epoch: int, run_length: int = 1, replay: int = 0
) -> np.ndarray:
    """Which sample each presentation of one pass shows.

    Depends on nothing but its arguments, so an interrupted run finds its place again.

    Parameters
    ----------
    labels, seed, epoch, run_length
        As for :func:`arrival_order`.
    replay : int
        Slots of each class at the input, see :func:`replayed`; 0: every sample is shown when it
        arrives.

    Returns
    -------
    ndarray of int, shape (count,)
    """
    arriving = arrival_order(labels, seed, epoch, run_length)
    if replay == 0:
        return arriving
    before = arrival_order(labels, seed, epoch - 1, run_length) if epoch > 0 else arriving[:0]
    return replayed(labels, before, arriving, replay, np.random.default_rng([seed, 6, epoch]))


def arrival_order(labels: np.ndarray, seed: int, epoch: int, run_length: int = 1) -> np.ndarray:
    """Order in which the samples of one pass arrive.

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


def replayed(
    labels: np.ndarray,
    before: np.ndarray,
    arriving: np.ndarray,
    slots: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """What is shown when inputs are held in slots, and drawn from them class by class.

    A sample that arrives goes into a slot of its class, in place of the oldest there. Then one
    of the classes that arrived so far is drawn, and one of the samples that it holds: classes
    are shown equally often, however long the runs are in which they come.

    Parameters
    ----------
    labels : ndarray of int, shape (count,)
    before, arriving : ndarray of int, shapes (k,), (count,)
        Samples in the order in which they arrive, in the pass before and in this one. A class
        with fewer samples than slots holds those of the two passes.
    slots : int
        Of each class.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of int, shape (count,)
    """
    stream = np.concatenate([before, arriving])
    classes = np.unique(labels)
    arrived = np.cumsum(labels[stream] == classes[:, None], axis=1)[:, len(before) :]
    ranks = np.cumsum(arrived > 0, axis=0)  # of each class among those that arrived so far
    drawn = (rng.random(len(arriving)) * ranks[-1]).astype(int)
    chosen = np.argmax(ranks > drawn, axis=0)
    own = arrived[chosen, np.arange(len(arriving))]
    back = (rng.random(len(arriving)) * np.minimum(own, slots)).astype(int)
    shown = np.empty_like(arriving)
    for number, label in enumerate(classes):
        members = stream[labels[stream] == label]
        here = chosen == number
        shown[here] = members[own[here] - 1 - back[here]]
    return shown


def flips(count: int, seed: int, epoch: int) -> np.ndarray:
    """Which presentations of a pass show their sample mirrored: each with probability 1/2.

    Returns
    -------
    ndarray of bool, shape (count,)
        By position in the pass; depends on nothing but the arguments.
    """
    return np.random.default_rng([seed, 6, epoch]).random(count) < 0.5
