"""The readout learns by the local delta rule: move by target minus what was expected."""

import numpy as np


def softmax(scores: np.ndarray) -> np.ndarray:
    """Class probabilities ``exp(s) / sum exp(s)``, shape (C,), without overflow."""
    weights = np.exp(scores - np.max(scores))
    return weights / np.sum(weights)


def smooth_target(label: np.ndarray, smoothing: float) -> np.ndarray:
    """Label smoothing: ``(1 - s) * onehot + s / C``, shape (C,), `smoothing` in [0, 1)."""
    return (1.0 - smoothing) * label + smoothing / label.shape[0]


def class_error(
    weights: np.ndarray, z: np.ndarray, label: np.ndarray, beta: float, smoothing: float
) -> np.ndarray:
    """Error of a softmax over linear scores.

    ``t - softmax(beta W z)``, the derivative of the cross-entropy with respect to the
    scores, with its sign changed.

    Parameters
    ----------
    weights : ndarray, shape (C, n)
        One row a class.
    z : ndarray, shape (n,)
    label : ndarray, shape (C,)
        One-hot.
    beta : float
        Inverse temperature, positive.
    smoothing : float
        Label smoothing in [0, 1).

    Returns
    -------
    ndarray, shape (C,)
        Values in [-1, 1], of sum zero.
    """
    return smooth_target(label, smoothing) - softmax(beta * np.dot(weights, z))


def delta_rule(weights: np.ndarray, error: np.ndarray, z: np.ndarray, alpha: float) -> None:
    """Move each row by its error, in place: ``W <- W + alpha * error z^T``.

    Parameters
    ----------
    weights : ndarray, shape (C, n)
    error : ndarray, shape (C,)
        From :func:`class_error`.
    z : ndarray, shape (n,)
    alpha : float
        Learning rate, at least 0.
    """
    weights += np.outer(alpha * error, z)
