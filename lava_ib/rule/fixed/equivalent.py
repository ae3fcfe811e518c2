"""The floating-point network that a network in integers stands for, and the way back.

Both start from the same numbers and move by the same steps, so that what comes to differ is due
to rounding, saturation and floor alone. Activities count in units of 1/256, like weights,
prototypes and tags; a membrane's unit is the product of two of them and its layer's exponent.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from lava_ib.rule.fixed.neuron import NORM
from lava_ib.rule.fixed.plastic import prototype_step
from lava_ib.rule.fixed.schedule import leak_shift, power_of_two, tag_shift
from lava_ib.rule.fixed.settings import FixedSettings
from lava_ib.rule.fixed.synapse import MEMORY_BITS
from lava_ib.rule.memory import Prototype
from lava_ib.rule.settings import Settings

UNIT = float(NORM)
"""Activities, weights, prototypes and tags of 1, in integers of nine bits."""


def equivalent_settings(settings: Settings) -> Settings:
    """Settings of the floating-point network, with the step sizes that integers start with.

    Parameters
    ----------
    settings : Settings
        With ``fixed``, and a prototype memory: the modulators of others have an exponent in
        each layer, which no one step size in floating point stands for.
    """
    fixed, network = settings.fixed or FixedSettings(), settings.network
    assert isinstance(settings.memory, Prototype)
    step = power_of_two(0, 0, fixed.rate)
    share = 2.0 ** -tag_shift(network.tau_e, network.steps_per_sample)
    kept_a_step = (1.0 - share) ** (1.0 / network.steps_per_sample)
    size = prototype_step(step, fixed) << fixed.missing_bits
    learns = settings.memory.alpha > 0.0
    return replace(
        settings,
        network=replace(
            network, tau=2.0 ** leak_shift(network.tau), tau_e=1.0 / (1.0 - kept_a_step)
        ),
        learning=replace(
            settings.learning, eta=step / UNIT, weight_decay=0.0, divide_by_norm=False
        ),
        memory=replace(
            settings.memory,
            storage="margin",
            margin=fixed.margin / UNIT**2,
            alpha=size / 2**MEMORY_BITS if learns else 0.0,
        ),
        fixed=None,
    )


def in_real_numbers(state: Mapping[str, np.ndarray], fixed: FixedSettings) -> dict[str, np.ndarray]:
    """Scale the state of a network in integers back; counters and predictions stay as they are.

    Parameters
    ----------
    state : mapping of str to ndarray
        With ``dense<l>/weight_exp``, the exponents that were saved with it.
    fixed : FixedSettings

    Returns
    -------
    dict of str to ndarray
    """
    real = {}
    weight = UNIT / (1 << fixed.missing_bits)
    for name, array in state.items():
        part, _, variable = name.partition("/")
        unit = None
        if variable in ("weights", "prototypes"):
            unit = weight
        elif variable == "tag_1":
            unit = UNIT
        elif variable == "xi":
            unit = UNIT / 2
        elif variable in ("u", "bias"):
            exponent = int(state[part.replace("layer", "dense") + "/weight_exp"][0])
            unit = UNIT * weight * 2.0**exponent
        real[name] = array if unit is None else array / unit
    return real
