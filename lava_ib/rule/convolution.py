"""Shared weights: a filter's eligibility is a patch of the input for each of its positions.

Drive and weight change are matrix products with the patches.
"""

import numpy as np

from lava_ib.rule.geometry import Geometry
from lava_ib.rule.patches import cut


def patches(a: np.ndarray, geometry: Geometry) -> np.ndarray:
    """Cut the input of each position of a filter out of a map.

    Parameters
    ----------
    a : ndarray, shape (x, y, c)
        Presynaptic values; zeros are put around them.
    geometry : Geometry

    Returns
    -------
    ndarray, shape (positions, kernel x * kernel y * c)
        In the order of the weights of a filter.
    """
    return cut(a[None], geometry.kernel, geometry.stride, geometry.padding)[0]


def convolve(weights: np.ndarray, patches: np.ndarray, geometry: Geometry) -> np.ndarray:
    """Drive of a layer's neurons, shape `geometry.output`, from :func:`patches`."""
    return (patches @ weights.reshape(len(weights), -1).T).reshape(geometry.output)


def shared_change(xi: np.ndarray, gate: np.ndarray, patches: np.ndarray) -> np.ndarray:
    """Three-factor change of shared weights, the sum over the positions of a filter.

    ``dW_k = sum_p xi_kp e_kp`` with the eligibility ``e_kp = phi'(u_kp) a_p`` of filter k at
    position p, `a_p` its patch: what :func:`lava_ib.rule.eligibility.decay_trace` leaves with
    ``tau_e = 1``, never written out for each position.

    Parameters
    ----------
    xi, gate : ndarray, shape (x, y, out)
        Modulator with respect to the rates, and slopes.
    patches : ndarray, shape (positions, n)
        From :func:`patches`.

    Returns
    -------
    ndarray, shape (out, n)
    """
    return (xi * gate).reshape(len(patches), -1).T @ patches


def running_gain(rate: float, sample: int) -> float:
    """Gain of a running mean, ``max(rate, 1 / (sample + 1))``: exact until it forgets."""
    return max(rate, 1.0 / (sample + 1))


def step_factor(eta: float, first_norm: float, power: float) -> float:
    """Factor of a weight change: ``eta ||W_first|| / sqrt(power)``.

    With `power` the running mean of ``||dW||^2``, a step moves the weights by `eta` of their
    first size, whatever the layer's number of positions and the scale of its modulator.
    """
    if power == 0.0:
        return 0.0
    return float(eta * first_norm / np.sqrt(power))
