"""What the memories of layers cost, part by part, counted by what their models compute.

Every multiplication that is followed by an addition is one multiply-add, and so is any other
operation on a number. What a model does once a presentation counts by its share of a step.
"""

from dataclasses import replace

from lava_ib.inspection.graph import Cost
from lava_ib.rule.memory import Features, Memory, Prototype, Reservoir, Slots

_FEATURE = {"soft": 6, "relu4": 6, "exp": 4}
"""Multiply-adds of a feature, there and back: its power or exponential, and its slope."""
_EVIDENCE = 6
"""Multiply-adds a feature: two readouts, two scalar products, two divisions."""
_KERNEL = 4
"""Multiply-adds of a kernel beyond its distance: two exponentials, two divisions."""


def remembered(settings: Memory, neurons: int, classes: int, steps: int) -> Cost:
    """Cost of a memory in one model, which does everything once a presentation."""
    cost = _presentation(settings, neurons, classes, steps)
    return replace(cost, multiply_adds=cost.multiply_adds / steps)


def _presentation(settings: Memory, neurons: int, classes: int, steps: int) -> Cost:
    if isinstance(settings, Features):
        cost = centred(neurons, 1) + expanded(settings.feature, settings.units)
        cost += fixed_synapses(settings.units, neurons) + fixed_synapses(neurons, settings.units)
        return cost + integrated(settings, classes, 1)
    if isinstance(settings, Reservoir):
        return _reservoir(settings, neurons, classes, steps)
    if isinstance(settings, Slots):
        size = settings.size(classes)
        cost = latched(size, neurons, classes) + compared(size, neurons, classes, 1)
        return cost + fed_back(size, neurons)
    if isinstance(settings, Prototype):
        units = settings.units
        there_and_back = fixed_synapses(units, neurons) + fixed_synapses(neurons, units)
        return _rows(classes, neurons + units) + there_and_back + Cost(neurons=units)
    return _rows(settings.samples, neurons)


def _rows(rows: int, length: int) -> Cost:
    """For each stored row: compare, combine, store."""
    return Cost(neurons=rows, synapses=rows * length, multiply_adds=3.0 * rows * length)


def _reservoir(settings: Reservoir, neurons: int, classes: int, steps: int) -> Cost:
    """All units at every time step, then the readout once."""
    units = settings.units
    each = echoed(units) + fixed_synapses(units, units + neurons + classes)
    cost = replace(each, multiply_adds=steps * each.multiply_adds)
    cost += estimated(neurons, units, settings.rate > 0.0, 1)
    if settings.rate > 0.0:
        cost += _presentation(settings.teacher, neurons, classes, steps)
    return cost


def echoed(units: int) -> Cost:
    """Cost of ``ReservoirUnits``: leak and tanh at every step."""
    return Cost(neurons=units, multiply_adds=3.0 * units)


def estimated(neurons: int, units: int, learns: bool, steps: int) -> Cost:
    """Cost of ``ReservoirReadout``: a product once a presentation, two where it learns."""
    synapses = neurons * units
    work = synapses * (2.0 if learns else 1.0)
    return Cost(neurons=neurons, synapses=synapses, multiply_adds=work / steps)


def centred(neurons: int, steps: int) -> Cost:
    """Cost of ``Centring``: a difference at every step, the mean once."""
    return Cost(neurons=neurons, multiply_adds=neurons * (1.0 + 1.0 / steps))


def fixed_synapses(post: int, pre: int) -> Cost:
    """Cost of ``FixedDense``: every weight at every step."""
    return Cost(synapses=post * pre, multiply_adds=float(post * pre))


def expanded(feature: str, units: int) -> Cost:
    """Cost of ``ExpansionUnits``: there and back at every step."""
    return Cost(neurons=units, multiply_adds=float(_FEATURE[feature] * units))


def integrated(settings: Features, classes: int, steps: int) -> Cost:
    """Cost of ``ClassIntegrators``: evidence, then two averages that move, or one and a mean."""
    moved = (1 + classes if settings.balanced else 2) if settings.learning else 0
    work = (_EVIDENCE + moved) * settings.units
    return Cost(neurons=(classes + 1) * settings.units, multiply_adds=work / steps)


def latched(slots: int, neurons: int, classes: int) -> Cost:
    """Cost of ``SlotLatches``: a latch for each number held, and nothing to multiply."""
    return Cost(neurons=slots * (neurons + classes))


def compared(slots: int, neurons: int, classes: int, steps: int) -> Cost:
    """Cost of ``KernelUnits``: distances, equal labels and kernels, once a presentation."""
    return Cost(neurons=slots, multiply_adds=slots * (neurons + classes + _KERNEL) / steps)


def fed_back(slots: int, neurons: int) -> Cost:
    """Cost of ``SlotFeedback``: everything the slots hold, weighed at every step."""
    return Cost(neurons=neurons, multiply_adds=float(slots * neurons))
