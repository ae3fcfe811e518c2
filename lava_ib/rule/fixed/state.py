"""The state of a network in integers: the arrays of the floating-point one, and some more."""

import numpy as np

from lava_ib.rule.fixed.neuron import limited
from lava_ib.rule.fixed.settings import FixedSettings
from lava_ib.rule.fixed.synapse import TAG_BITS
from lava_ib.rule.memory import Features, Memory, Prototype
from lava_ib.rule.slots import Layout, Slot

FIRST_WEIGHT_SIZE = 40.0
"""Standard deviation of the first weights, in units of a nine-bit one."""
FIRST_FILTER_SIZE = 20.0
"""The same of filters, which grow by three while they learn."""
CODE_SIZE = 64.0
"""Standard deviation of prototypes that never move, times their ``init_scale``."""
CODE_AVERAGE = float(1 << 16)
"""Largest average of features that never moves."""
SATURATING = {
    "source": ("s_out",),
    "dense": ("weights", "tag_1"),
    "conv": ("weights", "a_out"),
    "layer": ("u", "s_out", "xi", "y"),
    "pool": ("s_out", "m_out", "xi"),
    "memory": ("prototypes", "rates", "a_out"),
    "readout": ("weights",),
}
"""What ``<part>/saturated`` counts, in this order, by kind of part. Neurons of a map count nothing:
their connection does. Rates are those of a memory's rectifiers; without them it counts prototypes
alone. Memories without prototypes count in ``<part>/saturated_<what>``."""
DRIVE_EXP, MODULATOR_EXP = -10, -12
"""Exponents of a memory that was not measured: of the drives of features, of modulators."""


def integer_layout(slots: Layout) -> Layout:
    """Turn the layout of a network into that of its integers.

    Every part gets ``saturated``, how often a value did not fit; dense connections ``weight_exp``,
    the exponent of their weights, and their layers the number of presentations; memory and readout
    ``updates``, how many samples they learned from; memories without prototypes the exponents
    of what they send; filters what is left over of their steps, from one half on, and no norm of
    the first ones.
    """
    whole = {
        name: Slot(slot.shape, np.int64, slot.fill)
        for name, slot in slots.items()
        if not name.endswith("/first_norm")
    }
    counter = Slot((1,), np.int64)
    for part in {name.partition("/")[0]: None for name in slots}:
        kind = part.rstrip("0123456789")
        if kind == "memory" and f"{part}/prototypes" not in slots:
            whole[f"{part}/saturated_a_out"] = counter
            whole[f"{part}/modulator_exp"] = Slot((1,), np.int64, MODULATOR_EXP)
            if f"{part}/expansion" in slots:
                whole[f"{part}/saturated_drive"] = counter
                whole[f"{part}/drive_exp"] = Slot((1,), np.int64, DRIVE_EXP)
        elif kind != "layer" or f"{part}/bias" in slots:
            plain = kind == "memory" and f"{part}/expansion" not in slots
            counted = 1 if plain else len(SATURATING[kind])
            whole[f"{part}/saturated"] = Slot((counted,), np.int64)
        if kind == "conv":
            weights = slots[f"{part}/weights"].shape
            whole[f"{part}/remainder"] = Slot(weights, np.int64, 1 << (TAG_BITS - 1))
        if kind == "dense":
            whole[f"{part}/weight_exp"] = counter
        elif kind == "layer" and f"{part}/bias" in slots:
            whole[f"{part}/sample"] = counter
        elif kind in ("memory", "readout"):
            whole[f"{part}/updates"] = counter
    return whole


def integer_weights(
    weights: np.ndarray, deviation: float, fixed: FixedSettings, size: float = FIRST_WEIGHT_SIZE
) -> np.ndarray:
    """Scale first weights of a given standard deviation to integers of another."""
    unit = size / (1 << fixed.missing_bits)
    return limited(np.rint(weights * (unit / deviation)).astype(np.int64), *fixed.limits)


def draw_memory(
    memory: Memory, state: dict[str, np.ndarray], fixed: FixedSettings, rng: np.random.Generator
) -> None:
    """Fill the first content of a memory in integers, in place.

    Prototypes start from zero and so do averages; those that never learn are random.
    """
    if "expansion" in state and isinstance(memory, Prototype):
        rectifiers = rng.normal(0.0, 1.0, state["expansion"].shape)
        state["expansion"][...] = integer_weights(rectifiers, 1.0, fixed)
    if isinstance(memory, Prototype) and memory.alpha == 0.0:
        unit = CODE_SIZE * memory.init_scale / (1 << fixed.missing_bits)
        drawn = np.rint(rng.normal(0.0, unit, state["prototypes"].shape)).astype(np.int64)
        state["prototypes"][...] = limited(drawn, *fixed.limits)
    elif isinstance(memory, Features):
        drawn = {name: np.zeros(array.shape) for name, array in state.items()}
        memory.draw(drawn, rng)
        state["expansion"][...] = integer_weights(drawn["expansion"], 1.0, fixed)
        for name in ("averages", "average"):
            state[name][...] = np.rint(drawn[name] * CODE_AVERAGE)
