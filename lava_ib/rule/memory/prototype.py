"""Prototype memory: one row a class, kept as fast weights.

The modulator pulls a layer's output towards its class's row and away from the rows it is
mistaken for. Three ways to keep the rows: ``delta`` moves them by the error, ``leaky``
averages what was seen, ``margin`` moves two rows when the class does not win clearly, and
needs no exponential. Fixed random rectifiers beside the output let rows tell classes apart
that no plane separates.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge, Gt, Le, Lt

from lava_ib.rule.slots import Layout, Slot


@dataclass(frozen=True, kw_only=True)
class Prototype:
    """Settings of a prototype memory.

    Attributes
    ----------
    storage : {"delta", "leaky", "margin"}
        How the rows are kept.
    beta : float
        Inverse temperature of the softmax; ``margin`` has none.
    smoothing : float
        Label smoothing in [0, 1); ``margin`` has none.
    alpha : float
        Rate of the memory.
    margin : float
        ``margin``: by how much a class must win for nothing to happen.
    init_scale : float
        Standard deviation of the first rows is ``init_scale / sqrt(n)``, n their length.
    units : int
        D, rectifiers with fixed random weights on the layer's output, whose rates the rows see
        beside it; 0: none. Rows so long want a smaller rate.
    """

    kind: Literal["prototype"] = "prototype"
    storage: Literal["delta", "leaky", "margin"] = "delta"
    beta: Annotated[float, Gt(0)] = 20.0
    smoothing: Annotated[float, Ge(0), Lt(1)] = 0.1
    alpha: Annotated[float, Ge(0), Le(1)] = 0.1
    margin: Annotated[float, Gt(0)] = 0.5
    init_scale: Annotated[float, Ge(0)] = 0.05
    units: Annotated[int, Ge(0)] = 0

    def slots(self, neurons: int, classes: int, inputs: int) -> Layout:
        """Arrays of the memory of a layer: by name."""
        rectifiers = {"expansion": Slot((self.units, neurons))} if self.units else {}
        return {
            "prototypes": Slot((classes, neurons + self.units)),
            "sample": Slot((1,), np.int64),
            **rectifiers,
        }

    def draw(self, state: dict[str, np.ndarray], rng: np.random.Generator) -> None:
        """Fill the rows with small random numbers, and draw the rectifiers' weights, in place."""
        rows = state["prototypes"]
        rows[...] = rng.normal(0.0, self.init_scale / np.sqrt(rows.shape[1]), rows.shape)
        if self.units:
            # Rates of a unit vector have unit size, too: half of the rectifiers are at rest.
            expansion = state["expansion"]
            expansion[...] = rng.normal(0.0, np.sqrt(2.0 / self.units), expansion.shape)


def with_rates(z: np.ndarray, drive: np.ndarray) -> np.ndarray:
    """What rows compare with: the layer's output, then the rectifiers' rates.

    Parameters
    ----------
    z : ndarray, shape (n,)
    drive : ndarray, shape (D,)
        ``V z``, V the expansion.

    Returns
    -------
    ndarray, shape (n + D,)
        ``[z, max(V z, 0)]``.
    """
    return np.concatenate((z, np.maximum(drive, 0.0)))


def through_rates(xi: np.ndarray, drive: np.ndarray, expansion: np.ndarray) -> np.ndarray:
    """Carry a gradient with respect to :func:`with_rates` back to z: its exact transpose.

    Parameters
    ----------
    xi : ndarray, shape (n + D,)
    drive : ndarray, shape (D,)
    expansion : ndarray, shape (D, n)

    Returns
    -------
    ndarray, shape (n,)
    """
    neurons = expansion.shape[1]
    gated = np.where(drive > 0.0, xi[neurons:], 0.0)
    return xi[:neurons] + np.dot(gated.astype(expansion.dtype), expansion)


def prototype_modulator(prototypes: np.ndarray, error: np.ndarray, beta: float) -> np.ndarray:
    """Gradient of ``sum_c t_c log q(c | z)``, ``q = softmax(beta P z)``: ``beta P^T (t - q)``.

    With one-hot targets, its mean is the variational bound E log q(y|z) <= I(Y; Z) - H(Y)
    (Barber & Agakov 2003).

    Parameters
    ----------
    prototypes : ndarray, shape (C, n)
    error : ndarray, shape (C,)
        ``t - q`` from :func:`lava_ib.rule.readout.class_error`.
    beta : float

    Returns
    -------
    ndarray, shape (n,)
    """
    return beta * np.dot(error, prototypes)


def store_leaky(prototypes: np.ndarray, z: np.ndarray, label: np.ndarray, alpha: float) -> None:
    """Average what the class looks like, in place: ``p_y <- p_y + alpha (z - p_y)``."""
    row = np.argmax(label)
    prototypes[row] += alpha * (z - prototypes[row])


def rival(prototypes: np.ndarray, z: np.ndarray, label: np.ndarray, margin: float) -> int:
    """Best wrong class, if the right one does not beat it by `margin`; else -1.

    Parameters
    ----------
    prototypes : ndarray, shape (C, n)
    z : ndarray, shape (n,)
    label : ndarray, shape (C,)
        One-hot.
    margin : float
    """
    scores = np.dot(prototypes, z)
    own = np.argmax(label)
    others = np.where(label > 0.0, -np.inf, scores)
    best = np.argmax(others)
    if scores[own] - scores[best] < margin:
        return int(best)
    return -1


def margin_modulator(prototypes: np.ndarray, label: np.ndarray, best: int) -> np.ndarray:
    """Gradient of the margin ``(P_y - P_b) . z``: ``P_y - P_b``, zeros where it is kept."""
    if best < 0:
        return np.zeros(prototypes.shape[1])
    return prototypes[np.argmax(label)] - prototypes[best]


def store_margin(
    prototypes: np.ndarray, z: np.ndarray, label: np.ndarray, best: int, alpha: float
) -> None:
    """Move the class's row towards `z` and the rival's away, in place, if there is one."""
    if best >= 0:
        prototypes[np.argmax(label)] += alpha * z
        prototypes[best] -= alpha * z
