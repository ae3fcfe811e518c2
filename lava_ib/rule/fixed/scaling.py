"""From floating point to integers: ranges measured on samples, and what follows from them.

Outputs are normalised, so the scale of a layer's weights changes nothing, and each layer may
have its own. What has to fit is the membrane, by the exponent of the weights.
"""

import numpy as np

from lava_ib.rule.fixed.neuron import (
    ACTIVITY_LIMIT,
    MEMBRANE_LIMIT,
    NORM,
    activities,
    limited,
    normalised,
    scaled_drive,
)
from lava_ib.rule.fixed.settings import FixedSettings
from lava_ib.rule.fixed.state import SATURATING

MEASURED_SAMPLES = 500
HEADROOM_BITS = 3
"""Learning takes weights from a deviation of 40 to a limit of 256: less than three bits."""

State = dict[str, np.ndarray]


def input_scale(x: np.ndarray) -> tuple[np.ndarray, float]:
    """What to subtract from inputs and what to multiply them with, for seven bits unsigned.

    Parameters
    ----------
    x : ndarray, shape (samples, n)
        The first :data:`MEASURED_SAMPLES` are read.

    Returns
    -------
    lowest : ndarray, shape (n,)
        The least value of each input that is ever negative, zero for the others.
    scale : float
    """
    seen = x[:MEASURED_SAMPLES]
    lowest = np.minimum(seen.min(axis=0), 0.0)
    largest = float(np.max(seen - lowest))
    return lowest, ACTIVITY_LIMIT / largest if largest > 0 else 1.0


def measured_exponents(state: State, hidden: int, x: np.ndarray, fixed: FixedSettings) -> list[int]:
    """Bits of the largest membrane potential of each hidden layer; sets ``weight_exp``, in place.

    Parameters
    ----------
    state : dict
        Of a network in integers.
    hidden : int
        Number of hidden layers.
    x : ndarray, shape (samples, n)
        Inputs in the units of activities, without their offset.
    fixed : FixedSettings
    """
    below = limited(np.rint(x[:MEASURED_SAMPLES]).astype(np.int64), 0, ACTIVITY_LIMIT)
    bits = []
    for number in range(1, hidden + 1):
        total = below @ state[f"dense{number}/weights"].T
        needed = int(np.max(np.abs(total))).bit_length()
        exponent = min(0, MEMBRANE_LIMIT.bit_length() - HEADROOM_BITS - needed)
        state[f"dense{number}/weight_exp"][:] = exponent
        bits.append(needed + exponent)
        rates = np.maximum(scaled_drive(total, exponent), 0)
        below = np.array([activities(normalised(r), fixed.trace_bits) for r in rates])
    return bits


def quantised(
    state: State, hidden: int, x: np.ndarray, offset: np.ndarray | None, fixed: FixedSettings
) -> tuple[State, np.ndarray]:
    """Integers of a network that was trained in floating point, and inputs for them.

    Its offset, subtracted from every input, becomes a bias of the first layer.

    Parameters
    ----------
    state : dict
        Weights and biases in floating point.
    hidden : int
    x : ndarray, shape (samples, n)
        Scaled inputs.
    offset : ndarray, shape (n,), optional
    fixed : FixedSettings

    Returns
    -------
    state : dict
        ``weights`` and ``bias`` as integers.
    x : ndarray, shape (samples, n)
        In the units of activities, from 0.
    """
    lowest, scale = input_scale(x)
    shift = lowest - (0.0 if offset is None else offset)
    integers = {}
    for number in range(1, hidden + 1):
        weights, bias = state[f"dense{number}/weights"], state[f"layer{number}/bias"]
        integers[f"dense{number}/weights"], unit = _quantised(weights, fixed)
        drive = (weights @ shift + bias) * scale if number == 1 else bias * NORM
        integers[f"layer{number}/bias"] = np.rint(drive * unit).astype(np.int64)
    integers["readout/weights"], _ = _quantised(state["readout/weights"], fixed)
    return integers, (x - lowest) * scale


def _quantised(weights: np.ndarray, fixed: FixedSettings) -> tuple[np.ndarray, float]:
    largest = float(np.max(np.abs(weights)))
    unit = fixed.limits[1] / largest if largest > 0 else 1.0
    return np.rint(weights * unit).astype(np.int64), unit


def saturations(state: State) -> dict[str, int]:
    """How often a value did not fit and was cut off, by ``part/variable``; zeros left out."""
    found = {}
    for name, counts in state.items():
        part, _, variable = name.partition("/")
        if variable == "saturated":
            for value, count in zip(SATURATING[part.rstrip("0123456789")], counts, strict=True):
                if count:
                    found[f"{part}/{value}"] = int(count)
    return found
