"""How much a layer's output has to do with the input and with the label, by HSIC.

What the paper's rule is to lower and to raise. It is measured on many samples at once, on
what the layers settle to, whatever memory the layers learn from.
"""

from typing import NamedTuple

import numpy as np

from lava_ib.rule.kernels import gaussian_matrix
from lava_ib.rule.neuron import rate
from lava_ib.rule.normalisation import normalise
from lava_ib.rule.state import State

SIGMA, SIGMA_X = 0.5, 1.0
"""Widths of the kernels on normalised rates, and on inputs whose norms are about 1."""


class Dependence(NamedTuple):
    """Of one layer.

    Attributes
    ----------
    hsic_x, hsic_y : float
        HSIC(X, Z) and HSIC(Y, Z), at least 0.
    """

    hsic_x: float
    hsic_y: float


def dependences(state: State, hidden: int, x: np.ndarray, y: np.ndarray) -> list[Dependence]:
    """Measure each hidden layer.

    Parameters
    ----------
    state : State
        Of a network.
    hidden : int
        Number of hidden layers.
    x : ndarray, shape (N, n)
        Prepared inputs.
    y : ndarray of int, shape (N,)
        Labels.
    """
    k_x, k_y = gaussian_matrix(x, SIGMA_X), (y[:, None] == y).astype(float)
    found = []
    for z in settled_outputs(state, hidden, x):
        k_z = gaussian_matrix(z, SIGMA)
        found.append(Dependence(hsic(k_x, k_z), hsic(k_y, k_z)))
    return found


def hsic(kernel: np.ndarray, other: np.ndarray) -> float:
    """Biased estimate ``tr(K H L H) / (N-1)^2`` of Gretton et al. (2005).

    Parameters
    ----------
    kernel, other : ndarray, shape (N, N)
        Symmetric, of the same N samples, at least 2.
    """
    means = kernel.mean(axis=0)
    centred = kernel - means - means[:, None] + means.mean()
    return float(np.sum(centred * other) / (len(kernel) - 1) ** 2)


def settled_outputs(state: State, hidden: int, x: np.ndarray) -> list[np.ndarray]:
    """What each hidden layer sends at the end of a long presentation, where ``u = W a + b``.

    Parameters
    ----------
    state, hidden, x
        As for :func:`dependences`.

    Returns
    -------
    list of ndarray, shape (N, n_layer)
        Normalised rates.
    """
    outputs, below = [], x
    for number in range(1, hidden + 1):
        u = below @ state[f"dense{number}/weights"].T + state[f"layer{number}/bias"]
        below = np.array([normalise(r)[0] for r in rate(u)])
        outputs.append(below)
    return outputs
