"""A plastic connection in integers: all its synapses over one learning epoch."""

import numpy as np

from lava_ib.rule.fixed.neuron import TRACE_LIMIT, beyond, limited, postsynaptic
from lava_ib.rule.fixed.rounding import first_counter, shared_draws, synapse_draw
from lava_ib.rule.fixed.settings import FixedSettings
from lava_ib.rule.fixed.synapse import (
    DECAY_INTERVAL,
    MEMORY_BITS,
    TAG_BITS,
    TAG_HIGH,
    TAG_LOW,
    engine_prototype,
    engine_tag,
    engine_weight,
    exact_tag,
    exact_update,
)

FACTOR_BITS = 7
"""Width of the random numbers that the engine rounds by."""


class Draws:
    """Random numbers of one connection, epoch by epoch.

    Parameters
    ----------
    settings : FixedSettings
    connection : int
        Number among the plastic connections of a network; see :func:`connection_number`.
    bits : int
        Their width: seven for the engine.
    """

    def __init__(self, settings: FixedSettings, connection: int, bits: int = FACTOR_BITS) -> None:
        self.shared = settings.rounding == "shared" and bits == FACTOR_BITS
        self.connection, self.bits = connection, bits
        self._ahead = np.zeros(0, dtype=np.int64)
        self._first = 0

    def of_epoch(self, epoch: int, shape: tuple[int, ...]) -> np.ndarray:
        """Numbers that round the synapses of shape (n_post, n_pre); broadcasts to it."""
        if self.shared:
            return self._shared(epoch)
        counters = first_counter(epoch, self.connection) + np.arange(shape[0] * shape[1])
        drawn = synapse_draw(counters.astype(np.uint64), self.bits)
        return drawn.astype(np.int64).reshape(shape)

    def _shared(self, epoch: int) -> np.ndarray:
        if not self._first <= epoch < self._first + len(self._ahead):
            self._first, self._ahead = epoch, shared_draws(epoch, 1000)
        return self._ahead[epoch - self._first]


def connection_number(part: str) -> int:
    """Number of a plastic connection, ``dense1`` or ``memory2`` say; no two share one."""
    kinds = {"dense": 0, "memory": 20, "readout": 40}
    kind = part.rstrip("0123456789")
    return kinds[kind] + int(part[len(kind) :] or 0)


def hold(x1: np.ndarray, activity: np.ndarray) -> None:
    """Keep the newest activity of each neuron that sends one, in place: its trace."""
    np.copyto(x1, activity, where=activity != 0)


def traces_sent(
    xi: np.ndarray, step: int, settings: FixedSettings
) -> tuple[np.ndarray, np.ndarray, int]:
    """Postsynaptic traces y2 and y3 of neurons with a third factor.

    Returns
    -------
    y2, y3 : ndarray of int, shape (n,)
        Up to 127; without the engine ``xi * step``, of any size.
    saturated : int
        How many did not fit.
    """
    if settings.arithmetic == "plain":
        y, saturated = xi * step, 0
    else:
        exact = postsynaptic(xi, step, settings.missing_bits)
        y = limited(exact, -TRACE_LIMIT, TRACE_LIMIT)
        saturated = beyond(exact, -TRACE_LIMIT, TRACE_LIMIT)
    return np.maximum(y, 0), np.maximum(-y, 0), saturated


def learned_weights(
    weights: np.ndarray,
    tags: np.ndarray,
    y: tuple[np.ndarray, np.ndarray],
    settings: FixedSettings,
    epoch: int,
    draws: Draws,
) -> tuple[np.ndarray, int]:
    """Weights after a learning epoch, and how many of them saturated.

    Parameters
    ----------
    weights, tags : ndarray of int, shape (n_post, n_pre)
        From before the epoch.
    y : tuple of ndarray of int, shape (n_post,)
        y2 and y3.
    settings : FixedSettings
    epoch : int
        Number of the epoch, from 0.
    draws : Draws
    """
    y2, y3 = y[0][:, None], y[1][:, None]
    loss = weight_loss(settings.weight_decay, epoch)
    draw = draws.of_epoch(epoch, weights.shape)
    if settings.arithmetic == "plain":
        bits = TAG_BITS + settings.missing_bits
        product = tags * (y2 - y3) - loss * (weights << (bits - 7))
        moved = exact_update(weights, product, bits, draw)
    else:
        moved = engine_weight(weights, tags, y2, y3, loss, draw)
    return limited(moved, *settings.limits), beyond(moved, *settings.limits)


def weight_loss(decays: bool, epoch: int) -> int:
    """1 where weights lose 1/128 of themselves in a learning epoch, else 0."""
    return int(decays and (epoch + 1) % DECAY_INTERVAL == 0)


def learned_tags(
    tags: np.ndarray,
    x1: np.ndarray,
    active: np.ndarray,
    shift: int,
    settings: FixedSettings,
    epoch: int,
    draws: Draws,
) -> tuple[np.ndarray, int]:
    """Tags after a learning epoch, and how many of them saturated.

    Parameters
    ----------
    tags : ndarray of int, shape (n_post, n_pre)
    x1 : ndarray of int, shape (n_pre,)
    active : ndarray, shape (n_post,)
        Which neurons are above zero; they send 127 as y1.
    shift : int
        Of the leak, 0 to 3: a tag keeps ``1 - 2^-shift`` of itself.
    settings, epoch, draws
        As for :func:`learned_weights`.
    """
    gate = np.asarray(active, dtype=np.int64)[:, None]
    if settings.arithmetic == "plain":
        moved = exact_tag(tags, x1, gate, shift)
    else:
        draw = draws.of_epoch(epoch, tags.shape)
        moved = engine_tag(tags, x1, TRACE_LIMIT * gate, shift, draw)
    return limited(moved, TAG_LOW, TAG_HIGH), beyond(moved, TAG_LOW, TAG_HIGH)


def prototype_draws(settings: FixedSettings, connection: int) -> Draws:
    """Random numbers of a memory's or readout's connection."""
    if settings.arithmetic == "engine":
        return Draws(settings, connection)
    return Draws(settings, connection, MEMORY_BITS + settings.missing_bits)


def weight_draws(settings: FixedSettings, connection: int) -> Draws:
    """Random numbers of a connection between layers."""
    if settings.arithmetic == "plain":
        return Draws(settings, connection, TAG_BITS + settings.missing_bits)
    return Draws(settings, connection)


def learned_prototypes(
    prototypes: np.ndarray,
    x1: np.ndarray,
    own: int,
    best: int,
    step: int,
    settings: FixedSettings,
    epoch: int,
    draws: Draws,
) -> tuple[np.ndarray, int]:
    """Move the class's row towards a sample and the rival's away, by the engine or exactly.

    Parameters
    ----------
    prototypes : ndarray of int, shape (C, n)
    x1 : ndarray of int, shape (n,)
    own, best : int
        Class and rival.
    step : int
        From :func:`lava_ib.rule.fixed.schedule.power_of_two`.
    settings, epoch, draws
        As for :func:`learned_weights`.

    Returns
    -------
    ndarray of int, shape (C, n)
    saturated : int
    """
    size = prototype_step(step, settings)
    moved, draw = prototypes.copy(), draws.of_epoch(epoch, prototypes.shape)
    for row, y2, y3 in ((own, size, 0), (best, 0, size)):
        of_row = draw if np.ndim(draw) == 0 else draw[row]
        if settings.arithmetic == "engine":
            moved[row] = engine_prototype(prototypes[row], x1, y2, y3, of_row)
        else:
            bits = MEMORY_BITS + settings.missing_bits
            moved[row] = exact_update(prototypes[row], x1 * (y2 - y3), bits, of_row)
    return limited(moved, *settings.limits), beyond(moved, *settings.limits)


def prototype_step(step: int, settings: FixedSettings) -> int:
    """Postsynaptic trace of a class neuron that learns; without the engine of any size."""
    size = settings.memory_rate * step
    if settings.arithmetic != "engine":
        return size
    return min(size >> settings.missing_bits, TRACE_LIMIT)
