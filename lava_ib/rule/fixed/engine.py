"""Loihi's learning engine in integers, as Lava's bit-approximate ``LearningDense`` computes it.

A learning rule is a sum of products. Each product is multiplied out in integers, shifted right
to 15 bits with floor, then left by its exponent, and added to the variable in an accumulator
of 15 bits and sign; the sum is rounded back to the variable's 8 bits by one random number that
all synapses of a connection share in a learning epoch. Read in lava-nc 0.10.0,
``magma/core/learning/learning_rule_applier.py`` and ``magma/core/model/py/connection.py``, and
proved equal bit for bit in tests/rule/fixed.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

ACCUMULATOR_BITS = 15
VARIABLE_BITS = 8
"""Of weights and tags, without the sign."""
TRACE_WIDTH = 7
VARIABLE_WIDTH = 9
"""Widths by which a factor's product is shifted back: of traces, of weights and tags."""
MANTISSA_WIDTH = 4
EXPONENT_OFFSET = 7
HELD = 65535
"""Time constant of the y traces that a neuron sends, unless a rule says otherwise: one in some five
hundred learning epochs a trace of 127 arrives as 126."""
SMALLEST_EXPONENT, LARGEST_EXPONENT = -7, 9

_FRACTION = 1 << (ACCUMULATOR_BITS - VARIABLE_BITS)
_LOWEST, _HIGHEST = -(1 << ACCUMULATOR_BITS) - 1, (1 << ACCUMULATOR_BITS) - 1


def engine_product(
    factors: list[tuple[np.ndarray, int]], mantissa: int, exponent: int
) -> np.ndarray:
    """One product of a learning rule, in units of 2^-7 of the variable.

    Parameters
    ----------
    factors : list of (ndarray of int, int)
        Values and their widths, shapes that broadcast; values beyond a width saturate.
    mantissa : int
        In -8 to 7.
    exponent : int
        In -7 to 9.

    Returns
    -------
    ndarray of int
        Floor makes a negative product up to one unit larger in size than a positive one.

    Raises
    ------
    ValueError
        If the engine has no such exponent.
    """
    if not SMALLEST_EXPONENT <= exponent <= LARGEST_EXPONENT:
        raise ValueError(
            f"exponent {exponent} of a learning rule: expected {SMALLEST_EXPONENT} to "
            f"{LARGEST_EXPONENT}"
        )
    product = np.array(mantissa, dtype=np.int64)
    for values, width in factors:
        product = product * np.clip(values, -(1 << width), (1 << width) - 1).astype(np.int64)
    return shifted_product(product, surplus([width for _, width in factors]), exponent)


def surplus(widths: list[int]) -> int:
    """By how much a product of factors of these widths is shifted right, to 15 bits."""
    return max(0, sum(widths) + MANTISSA_WIDTH - ACCUMULATOR_BITS)


# What follows takes numbers as well as arrays, so that compiled loops can call it for a synapse.


def shifted_product(product: Any, shift: int, exponent: int) -> Any:
    """Shift a product of integers right with floor, then by its exponent; it saturates."""
    return saturated_sum((product >> shift) << (exponent + EXPONENT_OFFSET))


def saturated_sum(accumulator: Any) -> Any:
    """Keep an accumulator within 15 bits and sign."""
    return np.minimum(np.maximum(accumulator, _LOWEST), _HIGHEST)


def widened(variable: Any) -> Any:
    """Bring a weight or tag into the accumulator."""
    return variable * _FRACTION


def rounded(accumulator: Any, draw: Any) -> Any:
    """Round an accumulator back to the variable.

    Parameters
    ----------
    accumulator : int or ndarray of int
    draw : int or ndarray of int
        In 0 to 127: a value is rounded up where it is below the fraction.
    """
    whole = accumulator >> (ACCUMULATOR_BITS - VARIABLE_BITS)
    return whole + (draw < accumulator - whole * _FRACTION)


def engine_update(variable: np.ndarray, products: list[np.ndarray], draw: Any) -> np.ndarray:
    """Add products to weights or tags, and round back.

    Parameters
    ----------
    variable : ndarray of int, shape (n_post, n_pre)
        Within 8 bits and sign.
    products : list of ndarray of int
        From :func:`engine_product`, in the order of the rule, since each sum saturates.
    draw : int
        In 0 to 127, one for all synapses: a value is rounded up where it is below the fraction.

    Returns
    -------
    ndarray of int
        Not yet saturated; see :func:`saturate_weights` and :func:`saturate_tags`.
    """
    accumulator = widened(variable.astype(np.int64))
    for product in products:
        accumulator = saturated_sum(accumulator + product)
    return rounded(accumulator, draw)


def saturate_weights(weights: np.ndarray) -> np.ndarray:
    """Weights of mixed sign: -256 to 255 in the simulation."""
    return np.clip(weights, -(1 << VARIABLE_BITS), (1 << VARIABLE_BITS) - 1)


def saturate_tags(tags: np.ndarray) -> np.ndarray:
    """Tags: -257 to 255, one lower than nine bits hold."""
    return np.clip(tags, -(1 << VARIABLE_BITS) - 1, (1 << VARIABLE_BITS) - 1)


def decay(traces: np.ndarray, tau: float, random: float) -> np.ndarray:
    """Traces one time step later, rounded by one random number for all.

    Parameters
    ----------
    traces : ndarray of int
        0 to 127.
    tau : float
        In time steps; 0 clears.
    random : float
        In [0, 1).
    """
    if tau == 0:
        return np.zeros_like(traces)
    exact = np.exp(-1 / tau) * traces
    return (np.floor(exact) + (random < exact % 1)).astype(traces.dtype)


@dataclass
class EngineRandom:
    """The random numbers of one connection, in the order in which Lava draws them.

    Parameters
    ----------
    seed : int
        ``rng_seed`` of the learning rule; it seeds the decay of the presynaptic traces (and
        ``seed + 2`` that of the postsynaptic ones), while rounding always starts from 2.
    """

    seed: int = 0
    _rounding: np.random.Generator = field(init=False)
    _pre: np.random.Generator = field(init=False)
    _post: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        self._rounding = np.random.default_rng(2)
        self._pre = np.random.default_rng(self.seed)
        self._post = np.random.default_rng(self.seed + 2)
        for generator in (self._rounding, self._pre, self._post):
            generator.random()  # Lava draws one at the start, which no epoch uses

    def of_time_step(self) -> tuple[float, float]:
        """Numbers for the decay of x and of y traces; Lava draws two a step, and keeps one."""
        for _ in range(2):
            pre, post = self._pre.random(), self._post.random()
        return pre, post

    def skip(self, epochs: int) -> None:
        """Go on as if so many learning epochs had been rounded."""
        generator: Any = self._rounding.bit_generator
        generator.advance(epochs)

    def of_epoch(self) -> int:
        """Number that rounds weights and tags of one learning epoch, in 0 to 127.

        Lava draws from [0, 1); fractions have seven bits, so no more of it counts.
        """
        return int(self.of_epochs(1)[0])

    def of_epochs(self, count: int) -> np.ndarray:
        """Numbers of the next learning epochs, shape (count,)."""
        return (self._rounding.random(count) * _FRACTION).astype(np.int64)
