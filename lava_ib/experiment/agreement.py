"""How well what a memory network gives agrees with what is exact."""

from typing import NamedTuple

import numpy as np


class Agreement(NamedTuple):
    """Of two sequences of modulators.

    Attributes
    ----------
    r2 : float
        Share of the variance of the exact ones that is explained by the others times the one
        scale that fits best: any other scale is a matter of the learning rate.
    cosine : float
        Mean cosine between the two.
    signs : float
        Share of neurons and samples where the signs agree; 0.5 by chance.
    """

    r2: float
    cosine: float
    signs: float


def explained(exact: np.ndarray, found: np.ndarray) -> float:
    """Share of the variance of `exact` over its first axis that `found` explains, R^2."""
    variance = np.sum((exact - exact.mean(axis=0)) ** 2)
    return float(1.0 - np.sum((exact - found) ** 2) / variance)


def best_scale(exact: np.ndarray, found: np.ndarray) -> float:
    """The scale of `found` at which it is nearest to `exact`; 0 if it is nothing but zeros."""
    power = np.sum(found**2)
    return float(np.sum(exact * found) / power) if power > 0.0 else 0.0


def agreement(exact: np.ndarray, found: np.ndarray) -> Agreement:
    """Compare modulators, both of shape (samples, n).

    Samples for which the exact modulator is zero, since it has nothing to compare with, are
    left out.
    """
    asked = exact.any(axis=1)
    exact, found = exact[asked], found[asked]
    norms = np.linalg.norm(exact, axis=1) * np.linalg.norm(found, axis=1)
    products = np.sum(exact * found, axis=1)
    cosines = np.divide(products, norms, out=np.zeros_like(norms), where=norms > 0.0)
    moved = exact != 0.0
    signs = np.mean(np.sign(exact[moved]) == np.sign(found[moved]))
    r2 = explained(exact, best_scale(exact, found) * found)
    return Agreement(r2, float(cosines.mean()), float(signs))
