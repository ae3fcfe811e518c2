"""Feature memory: fixed random features, and for each class a leaky average of them.

A kernel between a sample and all those remembered is a scalar product of features with their
average, so the memory needs no slots: it adds up as many samples as its horizon is long. Its
weights know nothing of the data. The modulator climbs ``log S_y - log S``, as the window's
``kde`` does with exact kernels.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from annotated_types import Ge, Gt

from lava_ib.rule.slots import Layout, Slot

FLOOR = 1e-9
"""Evidence below this counts as none."""
FEATURES = ("soft", "relu4", "exp")
"""Kinds of features; the place of each is its code, since compiled code compares no names."""
_SOFT, _RELU4 = 0, 1


@dataclass(frozen=True, kw_only=True)
class Features:
    """Settings of a feature memory.

    Attributes
    ----------
    feature : {"soft", "relu4", "exp"}
        What a unit makes of its drive d: a softmax over all units, max(d, 0)^4, or exp(d).
    units : int
        D, number of random features.
    sigma : float
        Width: drives are divided by it (``relu4`` has none).
    horizon : float
        Samples that the averages reach back.
    balanced : bool
        Whether a sample is compared with the mean of the classes' averages instead of with
        the average of all samples, which forgets every class but the present one where
        classes come in runs.
    centring : float
        Rate of the running mean that is taken off the layer's output.
    learning : bool
        Without, the averages stay at random values: a control.
    readout_file : str
        File with features and readout weights that were trained a priori; by default both
        are drawn, and every readout weight is 1.
    """

    A_PRIORI: ClassVar = ("expansion", "readout")

    kind: Literal["features"] = "features"
    feature: Literal["soft", "relu4", "exp"] = "soft"
    units: Annotated[int, Ge(1)] = 64
    sigma: Annotated[float, Gt(0)] = 0.5
    horizon: Annotated[float, Ge(1)] = 1000.0
    balanced: bool = False
    centring: Annotated[float, Ge(0)] = 0.002
    learning: bool = True
    readout_file: str = ""

    @property
    def code(self) -> int:
        """Place of the kind of feature in :data:`FEATURES`."""
        return FEATURES.index(self.feature)

    def slots(self, neurons: int, classes: int, inputs: int) -> Layout:
        """Arrays of the memory of a layer: by name."""
        return {
            "expansion": Slot((self.units, neurons)),
            "readout": Slot((self.units,), np.float64, 1.0),
            "averages": Slot((classes, self.units)),
            "average": Slot((self.units,)),
            "mean": Slot((neurons,)),
        }

    def draw(self, state: dict[str, np.ndarray], rng: np.random.Generator) -> None:
        """Draw the features from N(0, 1), in place; without learning, the averages too."""
        state["expansion"][...] = rng.normal(size=state["expansion"].shape)
        if not self.learning:
            state["averages"][...] = rng.random(state["averages"].shape)
            state["average"][...] = state["averages"].mean(axis=0)


def expand(drive: np.ndarray, feature: int, sigma: float) -> np.ndarray:
    """Features of the drives d, shape (D,).

    Parameters
    ----------
    drive : ndarray, shape (D,)
    feature : int
        Place in :data:`FEATURES`.
    sigma : float
    """
    if feature == _SOFT:
        return soft(drive, sigma)
    if feature == _RELU4:
        return relu4(drive)
    return exponential(drive, sigma)


def through_expansion(
    drive: np.ndarray, phi: np.ndarray, evidence: np.ndarray, feature: int, sigma: float
) -> np.ndarray:
    """Carry a gradient with respect to the features of :func:`expand` back to the drives."""
    if feature == _SOFT:
        return through_soft(phi, evidence, sigma)
    if feature == _RELU4:
        return through_relu4(drive, evidence)
    return through_exponential(phi, evidence, sigma)


def soft(drive: np.ndarray, sigma: float) -> np.ndarray:
    """Share of each unit, ``softmax(d / sigma)``, shape (D,)."""
    scaled = np.exp((drive - np.max(drive)) / sigma)
    return scaled / np.sum(scaled)


def through_soft(phi: np.ndarray, evidence: np.ndarray, sigma: float) -> np.ndarray:
    """Carry a gradient with respect to ``phi`` back to the drives, shape (D,)."""
    return phi * (evidence - np.dot(phi, evidence)) / sigma


def relu4(drive: np.ndarray) -> np.ndarray:
    """``max(d, 0)^4``, shape (D,)."""
    return np.maximum(drive, 0.0) ** 4


def through_relu4(drive: np.ndarray, evidence: np.ndarray) -> np.ndarray:
    """Carry a gradient back to the drives: its slope is ``4 max(d, 0)^3``."""
    return 4.0 * np.maximum(drive, 0.0) ** 3 * evidence


def exponential(drive: np.ndarray, sigma: float) -> np.ndarray:
    """``exp(d / sigma)``, shape (D,)."""
    return np.exp(drive / sigma)


def through_exponential(phi: np.ndarray, evidence: np.ndarray, sigma: float) -> np.ndarray:
    """Carry a gradient back to the drives: the slope is ``phi / sigma``."""
    return phi * evidence / sigma


def feature_evidence(
    phi: np.ndarray,
    label: np.ndarray,
    averages: np.ndarray,
    average: np.ndarray,
    readout: np.ndarray,
) -> np.ndarray:
    """Gradient of ``log S_y - log S`` with respect to the features.

    ``S_y = sum_h rho_h phi_h m_yh`` reads the kernel sum over the remembered samples of the
    class from products of features and averages; ``S`` is the same for all samples.

    Parameters
    ----------
    phi : ndarray, shape (D,)
    label : ndarray, shape (C,)
        One-hot.
    averages : ndarray, shape (C, D)
        Average features m_y of each class.
    average : ndarray, shape (D,)
        What the class is compared with.
    readout : ndarray, shape (D,)
        Readout weights rho.

    Returns
    -------
    ndarray, shape (D,)
        Zeros while there is no evidence for the class.
    """
    own = readout * averages[np.argmax(label)]
    every = readout * average
    own_evidence, evidence = np.dot(phi, own), np.dot(phi, every)
    if own_evidence < FLOOR or evidence < FLOOR:
        return np.zeros_like(phi)
    return own / own_evidence - every / evidence


def remember_features(
    phi: np.ndarray,
    label: np.ndarray,
    averages: np.ndarray,
    average: np.ndarray,
    horizon: float,
    balanced: bool,
) -> None:
    """Let the averages leak towards the present features, in place.

    ``m_y <- m_y + (C/N) (phi - m_y)`` for the class shown, ``m <- m + (phi - m) / N`` for
    all, or ``m = mean_y m_y``.

    Parameters
    ----------
    phi, label, averages, average
        As for :func:`feature_evidence`; both averages are overwritten.
    horizon : float
        N, in samples of all classes.
    balanced : bool
        See :class:`Features`.
    """
    classes = averages.shape[0]
    row = np.argmax(label)
    averages[row] += min(1.0, classes / horizon) * (phi - averages[row])
    if balanced:
        average[:] = np.sum(averages, axis=0) / classes
    else:
        average += (phi - average) / horizon
