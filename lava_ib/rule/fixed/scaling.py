"""From floating point to integers: ranges measured on samples, and what follows from them.

Outputs are normalised, so the scale of a layer's weights changes nothing, and each layer may
have its own. What has to fit is the membrane, by the exponent of the weights.
"""

import numpy as np

from lava_ib.rule.fixed.features import DRIVE_LIMIT
from lava_ib.rule.fixed.memory import modulator_of
from lava_ib.rule.fixed.neuron import (
    ACTIVITY_LIMIT,
    MEMBRANE_LIMIT,
    NORM,
    activities,
    limited,
    normalised,
    scaled_drive,
    through_normalisation,
)
from lava_ib.rule.fixed.settings import FixedSettings
from lava_ib.rule.fixed.state import SATURATING
from lava_ib.rule.memory import Features, Window
from lava_ib.rule.settings import Settings

MEASURED_SAMPLES = 500
HEADROOM_BITS = 3
"""Learning takes weights from a deviation of 40 to a limit of 256: less than three bits."""
MODULATOR_BITS = 7
"""What a neuron takes of a modulator, without the sign, before it halves it."""

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


def measured_exponents(
    state: State, settings: Settings, x: np.ndarray, labels: np.ndarray
) -> list[int]:
    """Bits of the largest membrane potential of each hidden layer; sets exponents, in place.

    Parameters
    ----------
    state : dict
        Of a network in integers; memories are where they begin.
    settings : Settings
        With ``fixed``.
    x : ndarray, shape (samples, n)
        Inputs in the units of activities, without their offset.
    labels : ndarray of int, shape (samples,)
    """
    fixed, bits = settings.fixed, []
    assert fixed is not None
    below = limited(np.rint(x[:MEASURED_SAMPLES]).astype(np.int64), 0, ACTIVITY_LIMIT)
    for number in range(1, settings.hidden + 1):
        total = below @ state[f"dense{number}/weights"].T
        needed = int(np.max(np.abs(total))).bit_length()
        exponent = min(0, MEMBRANE_LIMIT.bit_length() - HEADROOM_BITS - needed)
        state[f"dense{number}/weight_exp"][:] = exponent
        bits.append(needed + exponent)
        rates = np.maximum(scaled_drive(total, exponent), 0)
        below = np.array([activities(normalised(r), fixed.trace_bits) for r in rates])
        prefix = f"memory{number}/"
        memory = {name[len(prefix) :]: a for name, a in state.items() if name.startswith(prefix)}
        if memory and isinstance(settings.memory, Window | Features):
            _measure_memory(memory, settings.memory, below, labels)
    return bits


def _measure_memory(
    state: State, memory: Window | Features, outputs: np.ndarray, labels: np.ndarray
) -> None:
    """Exponents with which drives have six bits and 99 % of the modulators fit a neuron."""
    trial = {name: array.copy() for name, array in state.items()}
    if isinstance(memory, Features):
        mean = np.rint(outputs.mean(axis=0)).astype(np.int64) * (memory.centring > 0.0)
        drives = (outputs - mean) @ state["expansion"].T
        exponent = DRIVE_LIMIT.bit_length() - int(np.max(drives)).bit_length()
        state["drive_exp"][:] = trial["drive_exp"][:] = exponent
    sizes = [
        np.abs(through_normalisation(modulator_of(memory, trial, z, int(own)), z))
        for z, own in zip(outputs, labels, strict=False)
        if own >= 0
    ]
    answers = [size for size in sizes if size.any()]
    if answers:
        most = int(np.quantile(np.concatenate(answers), 0.99))
        state["modulator_exp"][:] = MODULATOR_BITS - most.bit_length()


def exponents(state: State) -> dict[str, list[int]]:
    """Exponents of a network in integers by name, one a layer: ``weight_exp`` and so on."""
    found: dict[str, list[int]] = {}
    for name, array in state.items():
        if name.endswith("_exp"):
            found.setdefault(name.partition("/")[2], []).append(int(array[0]))
    return found


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
        integers[f"dense{number}/weights"], unit = whole_weights(weights, fixed)
        drive = (weights @ shift + bias) * scale if number == 1 else bias * NORM
        integers[f"layer{number}/bias"] = np.rint(drive * unit).astype(np.int64)
    integers["readout/weights"], _ = whole_weights(state["readout/weights"], fixed)
    return integers, (x - lowest) * scale


def whole_weights(weights: np.ndarray, fixed: FixedSettings) -> tuple[np.ndarray, float]:
    """Weights in integers, the largest at the limit; and the integers of a weight of 1."""
    largest = float(np.max(np.abs(weights)))
    unit = fixed.limits[1] / largest if largest > 0 else 1.0
    return np.rint(weights * unit).astype(np.int64), unit


def saturations(state: State) -> dict[str, int]:
    """How often a value did not fit and was cut off, by ``part/variable``; zeros left out."""
    found = {}
    for name, counts in state.items():
        part, _, variable = name.partition("/")
        if variable.startswith("saturated_") and counts[0]:
            found[f"{part}/{variable.partition('_')[2]}"] = int(counts[0])
        if variable == "saturated":
            for value, count in zip(SATURATING[part.rstrip("0123456789")], counts, strict=False):
                if count:
                    found[f"{part}/{value}"] = int(count)
    return found
