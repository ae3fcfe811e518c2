"""The network of a run and the controls it has to beat.

A rule that does not do better than frozen hidden layers, or than a linear readout of the
raw input, has learned nothing. A memory that does no better than one that remembers nothing,
or is told wrong labels, is not needed. All are trained by the same code on the same data.
"""

from dataclasses import replace
from typing import Literal

import numpy as np

from lava_ib.rule.memory import Features, Memory, Prototype, Window
from lava_ib.rule.settings import Learn, Settings, Timing

Variant = Literal["learned", "frozen", "linear", "codes", "shuffled", "exact"]
TITLES: dict[str, str] = {
    "learned": "network",
    "frozen": "frozen hidden layers",
    "linear": "linear readout",
    "codes": "memory frozen at random class codes",
    "shuffled": "memory told shuffled labels",
    "exact": "exact kernels in place of the memory",
}


def variant_of(settings: Settings, variant: Variant) -> tuple[Settings, Learn]:
    """Settings of a variant, and which of its parts learn.

    Parameters
    ----------
    settings : Settings
        Those of the network itself.
    variant : str
        ``frozen``: random hidden layers, the readout learns. ``linear``: no hidden layer;
        since the input does not change during a presentation, one time step shows it all.
        ``codes``: a memory that stays at random values, one set a class. ``exact``: the
        exact modulator of a window of 32 samples. ``shuffled``: the network itself; what
        its memories are told is for the caller.
    """
    if variant in ("learned", "shuffled"):
        return settings, "all"
    if variant == "codes":
        return replace(settings, memory=_fixed(settings.memory)), "all"
    if variant == "exact":
        return replace(settings, memory=Window(objective="kde", samples=32, sigma=0.2)), "all"
    if variant == "frozen":
        return settings, "readout"
    layers = settings.network.layers
    timing: Timing = settings.network.timing if settings.fixed is None else "chip"
    network = replace(
        settings.network,
        timing=timing,
        layers=(layers[0], layers[-1]),
        convolutions=(),
        flip=False,
        steps_per_sample=1,
    )
    return replace(settings, network=network), "readout"


def told_labels(labels: np.ndarray, variant: Variant, seed: int) -> np.ndarray:
    """What the memories of a variant are told: the labels, shuffled for one control."""
    if variant != "shuffled":
        return labels
    return np.random.default_rng([seed, 5]).permutation(labels)


def _fixed(memory: Memory) -> Memory:
    """A memory of the same kind, where there is one, whose content is random and stays."""
    if isinstance(memory, Features):
        return replace(memory, learning=False)
    return Prototype(alpha=0.0, init_scale=1.0)
