"""The network of a run and the controls it has to beat.

A rule that does not do better than frozen hidden layers, or than a linear readout of the
raw input, has learned nothing; both are trained by the same code on the same data.
"""

from dataclasses import replace
from typing import Literal

from lava_ib.rule.settings import Learn, Settings

Variant = Literal["learned", "frozen", "linear"]


def variant_of(settings: Settings, variant: Variant) -> tuple[Settings, Learn]:
    """Settings of a variant, and which of its parts learn.

    Parameters
    ----------
    settings : Settings
        Those of the network itself.
    variant : {"learned", "frozen", "linear"}
        ``frozen``: random hidden layers, the readout learns. ``linear``: no hidden layer;
        since the input does not change during a presentation, one time step shows it all.
    """
    if variant == "learned":
        return settings, "all"
    if variant == "frozen":
        return settings, "readout"
    layers = settings.network.layers
    network = replace(settings.network, layers=(layers[0], layers[-1]), steps_per_sample=1)
    return replace(settings, network=network), "readout"
