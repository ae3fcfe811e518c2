"""Leaky rate neurons: the membrane follows its drive, the rate is its positive part."""

import numpy as np


def leak(u: np.ndarray, drive: np.ndarray, tau: float) -> np.ndarray:
    """Advance the membrane potentials by one time step.

    ``u <- u + (drive - u) / tau``, the leaky rate neuron of Daruwalla & Lipasti
    (2024), doi 10.3389/fncom.2024.1240348, in discrete time.

    Parameters
    ----------
    u : ndarray, shape (n,)
        Membrane potentials.
    drive : ndarray, shape (n,)
        Weighted input ``W a + b``.
    tau : float
        Time constant in time steps, at least 1 (1: no memory of the step before).

    Returns
    -------
    ndarray, shape (n,)
        The membrane potentials one step later.
    """
    return u + (drive - u) / tau


def rate(u: np.ndarray) -> np.ndarray:
    """Rectify: ``r = max(u, 0)``, shape (n,), never negative."""
    return np.maximum(u, 0.0)


def gate(u: np.ndarray) -> np.ndarray:
    """Slope of the rectifier, ``phi'(u) = [u > 0]``, shape (n,), values 0 and 1."""
    return np.where(u > 0.0, 1.0, 0.0)
