"""Divisive normalisation of a layer's rates, and its derivative.

Rates are divided by their Euclidean norm, so a layer's output carries a direction only.
The derivative of that division takes the part along the output out of a modulator and
divides the rest by the norm: one scalar each for the whole layer.
"""

import numpy as np


def normalise(r: np.ndarray) -> tuple[np.ndarray, float]:
    """Divide rates by their norm.

    Parameters
    ----------
    r : ndarray, shape (n,)
        Rates, non-negative.

    Returns
    -------
    z : ndarray, shape (n,)
        ``r / ||r||``, of unit length; zeros for a silent layer.
    norm : float
        ``||r||``.
    """
    norm = np.sqrt(np.dot(r, r))
    if norm == 0.0:
        return np.zeros_like(r), norm
    return r / norm, norm


def project(xi: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Make a modulator orthogonal to the output: ``xi - (xi . z) z``.

    Parameters
    ----------
    xi : ndarray, shape (n,)
        Gradient of an objective with respect to `z`.
    z : ndarray, shape (n,)
        Normalised rates, of unit length or all zero.
    """
    return xi - np.dot(xi, z) * z


def through_normalisation(xi: np.ndarray, z: np.ndarray, norm: float, divide: bool) -> np.ndarray:
    """Carry a modulator from the normalised rates back to the rates.

    With `divide` this is exactly the transposed Jacobian of :func:`normalise`,
    ``(xi - (xi . z) z) / ||r||``; without, the step does not depend on the layer's gain.

    Parameters
    ----------
    xi, z : ndarray, shape (n,)
    norm : float
        ``||r||``, at least 0; a silent layer has no modulator.
    divide : bool
        Whether to divide by the norm.
    """
    if norm == 0.0:
        return np.zeros_like(xi)
    orthogonal = project(xi, z)
    if divide:
        return orthogonal / norm
    return orthogonal
