"""Random numbers that round weights and tags: one for all synapses, or one for each.

The first are those of Lava's simulation: a generator that always starts from 2, one number a
learning epoch. The second are a hash of epoch, connection and synapse, so that a loop which
skips idle synapses finds the same ones.
"""

from typing import Any

import numpy as np

from lava_ib.rule.fixed.engine import EngineRandom

SYNAPSE_BITS = 26
"""Connections of up to 2^26 synapses get random numbers of their own."""
CONNECTION_BITS = 6

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_30, _27, _31 = np.uint64(30), np.uint64(27), np.uint64(31)


def shared_draws(epoch: int, count: int) -> np.ndarray:
    """Numbers in 0 to 127 of `count` learning epochs, the first of which is number `epoch`."""
    random = EngineRandom()
    random.skip(epoch)
    return random.of_epochs(count)


def first_counter(epoch: int, connection: int) -> int:
    """Number of the first synapse of a connection in an epoch; the others follow it."""
    return ((epoch << CONNECTION_BITS) + connection) << SYNAPSE_BITS


def synapse_draw(counter: Any, bits: int) -> Any:
    """Random number of `bits` bits, from :func:`first_counter` plus the synapse's place.

    The finaliser of SplitMix64 (Steele, Lea & Flood 2014).

    Parameters
    ----------
    counter : ndarray of uint64
        In compiled code, a number.
    bits : int
    """
    mixed = (counter + _GOLDEN) * _GOLDEN
    mixed = (mixed ^ (mixed >> _30)) * _FIRST
    mixed = (mixed ^ (mixed >> _27)) * _SECOND
    return (mixed ^ (mixed >> _31)) >> np.uint64(64 - bits)
