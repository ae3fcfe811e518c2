"""Window memory: the last N samples, and objectives that compare the newest with them.

``hsic`` is the paper's: the newest sample moves so that similarity of activity follows
similarity of labels (and, if asked to compress, not similarity of inputs). ``kde`` takes
the same window and normalises the kernel by itself, which bounds I(Y; Z) from below. What the
paper's code computes instead is in :mod:`lava_ib.rule.memory.released`.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge, Gt

from lava_ib.rule.kernels import (
    centred_label_row,
    centred_row,
    gaussian_matrix,
    log_gaussian,
)
from lava_ib.rule.slots import Layout, Slot


@dataclass(frozen=True, kw_only=True)
class Window:
    """Settings of a window memory.

    Attributes
    ----------
    objective : {"kde", "hsic", "hsic_released", "hsic_fixed"}
        What the modulator climbs; the last two are no gradients, but what the paper's code
        computed when its results were made, and after its fix of 2024-10-22.
    samples : int
        N, the newest sample included; at least 2.
    sigma : float
        Width of the kernel on normalised rates (distances there are at most sqrt 2).
    gamma : float
        All but ``kde``: weight of the label term.
    compress : bool
        All but ``kde``: subtract the input term HSIC(X, Z).
    sigma_x : float
        All but ``kde``: width of the kernel on inputs.
    """

    kind: Literal["window"] = "window"
    objective: Literal["kde", "hsic", "hsic_released", "hsic_fixed"] = "kde"
    samples: Annotated[int, Ge(2)] = 32
    sigma: Annotated[float, Gt(0)] = 0.5
    gamma: Annotated[float, Ge(0)] = 1.0
    compress: bool = False
    sigma_x: Annotated[float, Gt(0)] = 1.0

    def slots(self, neurons: int, classes: int, inputs: int) -> Layout:
        """Arrays of the memory of a layer: by name."""
        return {
            "z": Slot((self.samples, neurons)),
            "labels": Slot((self.samples, classes)),
            "x": Slot((self.samples, self.remembered(inputs))),
            "count": Slot((1,), np.int64),
        }

    def remembered(self, inputs: int) -> int:
        """Columns kept of the network's input: all, or one of zeros if it is not compressed."""
        return inputs if self.compress else 1

    def draw(self, state: dict[str, np.ndarray], rng: np.random.Generator) -> None:
        """Leave the window empty."""


def hsic_modulator(
    z: np.ndarray,
    labels: np.ndarray,
    inputs: np.ndarray,
    newest: int,
    sigma: float,
    gamma: float,
    sigma_x: float,
) -> np.ndarray:
    """Exact descent direction of HSIC(X, Z) - gamma HSIC(Y, Z) for the newest sample.

    ``xi = 2 / ((N-1)^2 sigma^2) sum_q (gamma ky(0,q) - kx(0,q)) kz(0,q) (z_q - z_0)`` with
    doubly centred ``ky`` and ``kx``: the gradient of the biased estimate
    ``tr(K H L H) / (N-1)^2`` (Gretton et al. 2005) with respect to ``z_0`` alone, as the
    paper derives it (its equations 4 to 7), sign changed.

    Parameters
    ----------
    z : ndarray, shape (N, n)
        Normalised rates, one row a sample.
    labels : ndarray, shape (N, C)
        One-hot labels.
    inputs : ndarray, shape (N, n_x)
        The network's inputs; with no columns, HSIC(X, Z) is left out.
    newest : int
        Row of the newest sample.
    sigma, gamma, sigma_x : float
        See :class:`Window`.

    Returns
    -------
    ndarray, shape (n,)
        Zeros while fewer than two samples are stored; largest while the window still fills,
        since the estimate's factor is ``1 / (N-1)^2``.
    """
    size = z.shape[0]
    if size < 2:
        return np.zeros(z.shape[1])
    relevance = gamma * centred_label_row(labels, newest)
    if inputs.shape[1] > 0:
        relevance = relevance - centred_row(gaussian_matrix(inputs, sigma_x), newest)
    weight = relevance * np.exp(log_gaussian(z[newest], z, sigma))
    scale = 2.0 / ((size - 1) ** 2 * sigma**2)
    return scale * (np.dot(weight, z) - np.sum(weight) * z[newest])


def kde_modulator(z: np.ndarray, labels: np.ndarray, newest: int, sigma: float) -> np.ndarray:
    """Gradient of the kernel estimate of ``log p(y | z)`` for the newest sample.

    ``xi = 1/sigma^2 sum_q ([y_q = y_0] k_q / S_same - k_q / S_all) z_q`` over the stored
    samples before it: the gradient of ``log S_same - log S_all``, whose mean is a lower
    bound on I(Y; Z) up to the entropy of the labels.

    Parameters
    ----------
    z : ndarray, shape (N, n)
        Normalised rates, one row a sample.
    labels : ndarray, shape (N, C)
        One-hot labels; zeros: there is no such sample.
    newest : int
        Row of the newest sample.
    sigma : float
        Kernel width.

    Returns
    -------
    ndarray, shape (n,)
        Zeros where the newest label is not in memory, or is the only one there.
    """
    others = labels.copy()
    others[newest] = 0.0
    return weighed(kde_weights(z[newest], labels[newest], z, others, sigma), z, sigma)


def kde_weights(
    z: np.ndarray, label: np.ndarray, stored: np.ndarray, labels: np.ndarray, sigma: float
) -> np.ndarray:
    """Weight of each stored sample in :func:`kde_modulator`.

    Parameters
    ----------
    z : ndarray, shape (n,)
        Normalised rates of the newest sample.
    label : ndarray, shape (C,)
        Its label.
    stored : ndarray, shape (N, n)
        What it is compared with.
    labels : ndarray, shape (N, C)
        One-hot labels of those; zeros: this row does not count.
    sigma : float

    Returns
    -------
    ndarray, shape (N,)
        ``[y_q = y_0] k_q / S_same - k_q / S_all``; zeros where nothing has the label.
    """
    same = np.dot(labels, label)
    if np.sum(same) == 0.0:
        return np.zeros(stored.shape[0])
    counts = np.sum(labels, axis=1) > 0.0
    log_kernel = np.where(counts, log_gaussian(z, stored, sigma), -np.inf)
    # Each sum is taken relative to its own largest term: narrow kernels must not underflow.
    k_all = np.exp(log_kernel - np.max(log_kernel))
    k_same = same * np.exp(np.minimum(log_kernel - np.max(log_kernel[same > 0.0]), 0.0))
    return k_same / np.sum(k_same) - k_all / np.sum(k_all)


def weighed(weights: np.ndarray, stored: np.ndarray, sigma: float) -> np.ndarray:
    """Modulator from weights: ``1/sigma^2 sum_q w_q z_q``, shape (n,)."""
    return np.dot(weights, stored) / sigma**2
