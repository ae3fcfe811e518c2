"""Plastic synapses in integers: tags, weights and prototypes over one learning epoch.

The rules, as strings of Lava's learning engine, with ``u0`` in every learning epoch and ``x0``
where a presynaptic neuron sent something in it:

    dt = 2^-(4+k)*x0*x1*y1 - 2^-k*u0*t
    dw = 2^-7*u0*t*y2 - 2^-7*u0*t*y3          connections between layers
    dw = 2^-7*x0*x1*y2 - 2^-7*x0*x1*y3        memories and readout

All functions take numbers as well as arrays, and their results are not yet saturated.
"""

from typing import Any

from lava_ib.rule.fixed.engine import (
    SMALLEST_EXPONENT,
    TRACE_WIDTH,
    VARIABLE_WIDTH,
    rounded,
    saturated_sum,
    shifted_product,
    surplus,
    widened,
)

LARGEST_TAG_SHIFT = -4 - SMALLEST_EXPONENT
"""A tag leaks by at least 1/8 in a learning epoch: the engine has no smaller exponent."""
TAG_LOW, TAG_HIGH = -257, 255
TAG_BITS, MEMORY_BITS = 15, 10
"""Fractional bits of an update by exact products: of weights by tags, of prototypes."""
DECAY_INTERVAL = 2048
"""Samples between two losses of 1/128 of a weight."""

_TRACES = surplus([TRACE_WIDTH, TRACE_WIDTH])
_TAG_AND_TRACE = surplus([VARIABLE_WIDTH, TRACE_WIDTH])


def engine_tag(tag: Any, x1: Any, y1: Any, shift: int, draw: Any) -> Any:
    """Tag after a learning epoch: with ``y1 = 127`` it nears `x1` by ``2^-shift`` of the rest."""
    accumulator = saturated_sum(widened(tag) + shifted_product(x1 * y1, _TRACES, -4 - shift))
    return rounded(saturated_sum(accumulator + shifted_product(-tag, 0, -shift)), draw)


def engine_weight(weight: Any, tag: Any, y2: Any, y3: Any, loss: int, draw: Any) -> Any:
    """Weight after a learning epoch: it moves by ``tag * (y2 - y3) / 4096``.

    Parameters
    ----------
    weight, tag, y2, y3 : int or ndarray of int
        `tag` from before the epoch.
    loss : int
        1 where the weight also loses 1/128 of itself, else 0.
    draw : int or ndarray of int
        In 0 to 127.
    """
    accumulator = widened(weight)
    accumulator = saturated_sum(accumulator + shifted_product(tag * y2, _TAG_AND_TRACE, -7))
    accumulator = saturated_sum(accumulator + shifted_product(-tag * y3, _TAG_AND_TRACE, -7))
    return rounded(accumulator - loss * weight, draw)


def engine_prototype(prototype: Any, x1: Any, y2: Any, y3: Any, draw: Any) -> Any:
    """Prototype after a learning epoch: it moves by ``x1 * (y2 - y3) / 1024``."""
    accumulator = widened(prototype)
    accumulator = saturated_sum(accumulator + shifted_product(x1 * y2, _TRACES, -7))
    accumulator = saturated_sum(accumulator + shifted_product(-x1 * y3, _TRACES, -7))
    return rounded(accumulator, draw)


def exact_tag(tag: Any, x1: Any, gate: Any, shift: int) -> Any:
    """Tag without the engine: ``tag + ((x1 * gate - tag) >> shift)``."""
    return tag + ((x1 * gate - tag) >> shift)


def exact_update(variable: Any, product: Any, bits: int, draw: Any) -> Any:
    """Add a product over ``2^bits``, rounded by a number of so many bits."""
    return variable + ((product + draw) >> bits)
