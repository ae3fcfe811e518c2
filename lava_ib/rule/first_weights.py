"""Where the weights of hidden layers start.

``gaussian`` does for layers of dozens of neurons. In one of a handful, whole regions of the
input can leave every neuron silent, and a silent layer has no gradient to recover by:
``antipodal`` draws the first layer as orthogonal directions and their opposites, so that each
input drives some neuron, and the layers above with no negative weight, so that none of
their neurons starts dead.
"""

from typing import Literal

import numpy as np


def gaussian(shape: tuple[int, int], variance: float, rng: np.random.Generator) -> np.ndarray:
    """Draw independent weights from N(0, variance / n_post).

    Parameters
    ----------
    shape : tuple of int
        (n_post, n_pre).
    variance : float
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (n_post, n_pre)
    """
    return rng.normal(0.0, np.sqrt(variance / shape[0]), shape)


def filters(shape: tuple[int, ...], variance: float, rng: np.random.Generator) -> np.ndarray:
    """Draw filters (out, kernel x, kernel y, in) from N(0, variance / inputs of a neuron)."""
    return rng.normal(0.0, np.sqrt(variance / np.prod(shape[1:])), shape)


def antipodal(shape: tuple[int, int], variance: float, rng: np.random.Generator) -> np.ndarray:
    """Draw random directions, orthogonal as far as they can be, each with its opposite.

    Rows have the norm that :func:`gaussian` rows have on average; parameters and return
    value are the same. With an odd number of rows, one direction has no opposite.
    """
    post, pre = shape
    half = (post + 1) // 2
    blocks = [np.linalg.qr(rng.normal(size=(pre, pre)))[0] for _ in range((half + pre - 1) // pre)]
    directions = np.concatenate(blocks)[:half]
    return np.sqrt(variance * pre / post) * np.concatenate([directions, -directions])[:post]


def first_weights(
    kind: Literal["gaussian", "antipodal"],
    layer: int,
    shape: tuple[int, int],
    variance: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Draw the weights into hidden layer number `layer`, counted from 1."""
    if kind == "gaussian":
        return gaussian(shape, variance, rng)
    if layer == 1:
        return antipodal(shape, variance, rng)
    return np.abs(gaussian(shape, variance, rng))
