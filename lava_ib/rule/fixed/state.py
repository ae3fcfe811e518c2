"""The state of a network in integers: the arrays of the floating-point one, and some more."""

import numpy as np

from lava_ib.rule.fixed.neuron import limited
from lava_ib.rule.fixed.settings import FixedSettings
from lava_ib.rule.slots import Layout, Slot

FIRST_WEIGHT_SIZE = 40.0
"""Standard deviation of the first weights, in units of a nine-bit one."""
CODE_SIZE = 64.0
"""Standard deviation of prototypes that never move, times their ``init_scale``."""
SATURATING = {
    "source": ("s_out",),
    "dense": ("weights", "tag_1"),
    "layer": ("u", "s_out", "xi", "y"),
    "memory": ("prototypes",),
    "readout": ("weights",),
}
"""What ``<part>/saturated`` counts, in this order, by kind of part."""


def integer_layout(slots: Layout) -> Layout:
    """Turn the layout of a network into that of its integers.

    Every part gets ``saturated``, how often a value did not fit; connections ``weight_exp``,
    the exponent of their weights; layers their number of presentations; memory and readout
    ``updates``, how many samples they learned from.
    """
    whole = {name: Slot(slot.shape, np.int64, slot.fill) for name, slot in slots.items()}
    counter = Slot((1,), np.int64)
    for part in {name.partition("/")[0]: None for name in slots}:
        kind = part.rstrip("0123456789")
        whole[f"{part}/saturated"] = Slot((len(SATURATING[kind]),), np.int64)
        if kind == "dense":
            whole[f"{part}/weight_exp"] = counter
        elif kind == "layer":
            whole[f"{part}/sample"] = counter
        elif kind in ("memory", "readout"):
            whole[f"{part}/updates"] = counter
    return whole


def integer_weights(weights: np.ndarray, deviation: float, fixed: FixedSettings) -> np.ndarray:
    """Scale first weights of a given standard deviation to integers."""
    unit = FIRST_WEIGHT_SIZE / (1 << fixed.missing_bits)
    return limited(np.rint(weights * (unit / deviation)).astype(np.int64), *fixed.limits)


def draw_codes(
    prototypes: np.ndarray, scale: float, fixed: FixedSettings, rng: np.random.Generator
) -> None:
    """Fill the prototypes of a memory that never learns with random integers, in place."""
    unit = CODE_SIZE * scale / (1 << fixed.missing_bits)
    drawn = np.rint(rng.normal(0.0, unit, prototypes.shape)).astype(np.int64)
    prototypes[...] = limited(drawn, *fixed.limits)
