"""Kernels that measure how alike two samples are, and their centring."""

import numpy as np


def log_gaussian(z: np.ndarray, window: np.ndarray, sigma: float) -> np.ndarray:
    """Logarithm of the Gaussian kernel between one sample and each stored one.

    Parameters
    ----------
    z : ndarray, shape (n,)
    window : ndarray, shape (N, n)
    sigma : float
        Kernel width, positive.

    Returns
    -------
    ndarray, shape (N,)
        ``-||z - z_q||^2 / (2 sigma^2)``.
    """
    difference = window - z
    return -np.sum(difference * difference, axis=1) / (2.0 * sigma**2)


def gaussian_matrix(window: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian kernel between all pairs of stored samples, shape (N, N), in [0, 1]."""
    kernel = np.empty((window.shape[0], window.shape[0]))
    for p in range(window.shape[0]):
        kernel[p] = np.exp(log_gaussian(window[p], window, sigma))
    return kernel


def centred_row(kernel: np.ndarray, row: int) -> np.ndarray:
    """One row of the doubly centred kernel ``H K H``, ``H = I - 1/N``.

    Parameters
    ----------
    kernel : ndarray, shape (N, N)
        Symmetric.
    row : int
        Which row.

    Returns
    -------
    ndarray, shape (N,)
    """
    size = kernel.shape[0]
    means = np.sum(kernel, axis=0) / size
    return kernel[row] - means - means[row] + np.sum(means) / size


def centred_label_row(labels: np.ndarray, row: int) -> np.ndarray:
    """One row of the doubly centred label kernel (1 for the same class, else 0).

    The same as :func:`centred_row` of all pairs, from the number of samples of each class.

    Parameters
    ----------
    labels : ndarray, shape (N, C)
        One-hot rows.
    row : int
        Which row.

    Returns
    -------
    ndarray, shape (N,)
    """
    size = labels.shape[0]
    counts = np.sum(labels, axis=0)
    means = np.dot(labels, counts) / size
    return np.dot(labels, labels[row]) - means - means[row] + np.dot(counts, counts) / size**2
