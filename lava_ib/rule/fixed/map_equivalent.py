"""The floating-point network that a network of maps in integers stands for, and the way back.

Between the two lie units alone: of weights, which each layer may choose since what it sends is
normalised, and of the pictures. Rounding and saturation are what they differ by.
"""

from collections.abc import Mapping

import numpy as np

from lava_ib.rule.fixed.maps import FRACTION_BITS, MAP_UNIT, picture_unit
from lava_ib.rule.fixed.neuron import NORM
from lava_ib.rule.fixed.scaling import whole_weights
from lava_ib.rule.fixed.settings import FixedSettings
from lava_ib.rule.settings import Settings

_MEANS = ("summary_mean", "channel_mean")


def maps_in_real_numbers(
    state: Mapping[str, np.ndarray], settings: Settings
) -> dict[str, np.ndarray]:
    """Scale the state of a network of maps in integers back, for pictures whose norm is about 1.

    Parameters
    ----------
    state : mapping of str to ndarray
    settings : Settings
        With ``fixed`` and convolutions.

    Returns
    -------
    dict of str to ndarray
        Weights, rows, drives and means; everything else as it is.
    """
    fixed, real = settings.fixed or FixedSettings(), dict(state)
    weight = NORM / (1 << fixed.missing_bits)
    units = {"readout/weights": weight}
    for number in range(1, settings.hidden + 1):
        drive = weight * _unit_below(number, settings)
        units |= {f"conv{number}/weights": weight, f"memory{number}/prototypes": weight}
        units |= {f"layer{number}/u": drive}
        units |= {f"pool{number}/{mean}": drive * (1 << FRACTION_BITS) for mean in _MEANS}
    return real | {name: state[name] / unit for name, unit in units.items() if name in state}


def quantised_maps(
    state: Mapping[str, np.ndarray], settings: Settings, x: np.ndarray, offset: np.ndarray | None
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Integers of a network of maps that was trained in floating point, and pictures for them.

    Parameters
    ----------
    state : mapping of str to ndarray
    settings : Settings
        With ``fixed`` and convolutions.
    x : ndarray, shape (samples, n)
        Scaled pictures.
    offset : ndarray, shape (n,), optional
        Subtracted from them.

    Returns
    -------
    state : dict of str to ndarray
        Weights and means as integers.
    x : ndarray, shape (samples, n)
        Nothing is to be subtracted any more.
    """
    fixed = settings.fixed or FixedSettings()
    integers = {"readout/weights": whole_weights(state["readout/weights"], fixed)[0]}
    for number in range(1, settings.hidden + 1):
        name = f"conv{number}/weights"
        integers[name], weight = whole_weights(state[name], fixed)
        unit = weight * _unit_below(number, settings) * (1 << FRACTION_BITS)
        for mean in _MEANS:
            name = f"pool{number}/{mean}"
            integers[name] = np.rint(state[name] * unit).astype(np.int64)
    shown = x if offset is None else x - offset
    return integers, shown * picture_unit(x.shape[1])


def _unit_below(number: int, settings: Settings) -> float:
    """Integers of one unit of what a hidden layer receives."""
    return MAP_UNIT if number > 1 else picture_unit(settings.network.layers[0])


def in_real_units(
    state: dict[str, np.ndarray], settings: Settings, x: np.ndarray
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """A network of maps and its pictures in real numbers, if it is one in integers."""
    if settings.fixed is None or not settings.network.convolutions:
        return state, x
    return maps_in_real_numbers(state, settings), x / picture_unit(settings.network.layers[0])
