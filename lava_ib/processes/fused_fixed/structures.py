"""What the compiled loop of integers works on: named tuples of arrays and of constants.

Weights and tags are kept input-major, (n_pre, n_post), so that an input which is zero costs
nothing.
"""

from typing import NamedTuple

import numpy as np

PLAIN, WEIGHTS, ENGINE = range(3)
"""Codes of ``fixed.arithmetic``."""
PROTOTYPE, KDE, HSIC, FEATURES = range(4)
"""Codes of the memories."""


class Samples(NamedTuple):
    """Inputs as sparse rows of activities, and labels.

    Attributes
    ----------
    starts : ndarray of int, shape (samples + 1,)
        Where each row begins in `columns` and `values`.
    columns : ndarray of int
    values : ndarray of int32
    beyond : ndarray of int, shape (samples,)
        Inputs of each sample that were cut off.
    labels, memory_labels : ndarray of int, shape (samples,)
        -1: none. What the readout is told, and the memories.
    order : ndarray of int, shape (samples,)
        Which sample each presentation of the present pass shows.
    x : ndarray of int, shape (n,)
        The present sample.
    saturated : ndarray of int, shape (1,)
    """

    starts: np.ndarray
    columns: np.ndarray
    values: np.ndarray
    beyond: np.ndarray
    labels: np.ndarray
    memory_labels: np.ndarray
    order: np.ndarray
    x: np.ndarray
    saturated: np.ndarray


class Rule(NamedTuple):
    """Constants; see :class:`lava_ib.rule.fixed.settings.FixedSettings`.

    The last four are of memories without prototypes: :data:`PROTOTYPE` and so on, and what
    :mod:`lava_ib.rule.fixed.window` and :mod:`lava_ib.rule.fixed.features` make of settings.
    """

    depth: int
    steps: int
    leak: int
    tag_shift: int
    learn_hidden: bool
    learn_readout: bool
    learn_memory: bool
    reset: bool
    arithmetic: int
    shared: bool
    missing_bits: int
    trace_bits: int
    modulator_bits: int
    margin: int
    memory_rate: int
    weight_decay: bool
    low: int
    high: int
    memory: int
    kernel_scale: int
    shifts: tuple[int, int, int]
    balanced: bool


class Learner(NamedTuple):
    """A memory or a readout: rows that margins move.

    Attributes
    ----------
    rows : ndarray of int, shape (C, n + D)
    scores : ndarray of int, shape (C,)
    updates : ndarray of int, shape (1,)
    saturated : ndarray of int, shape (1,) or (3,)
    expansion : ndarray of int16, shape (D, n)
        Weights of the rectifiers; D is 0 where there are none.
    seen : ndarray of int, shape (n + D,)
        What the rows compare with, where there are rectifiers.
    connection : int
        Its number; see :func:`lava_ib.rule.fixed.plastic.connection_number`.
    """

    rows: np.ndarray
    scores: np.ndarray
    updates: np.ndarray
    saturated: np.ndarray
    expansion: np.ndarray
    seen: np.ndarray
    connection: int


class Remembered(NamedTuple):
    """What a memory without prototypes remembers; empty where a layer's memory is another.

    Attributes
    ----------
    z, labels, stored : ndarray of int, shapes (N, n), (N, C), (1,)
        Of a window; `stored` is its ``count``.
    expansion : ndarray of int, shape (D, n)
    averages, average, mean : ndarray of int, shapes (C, D), (D,), (n,)
    drive_exp, saturated_drive : ndarray of int, shape (1,)
        Of features.
    modulator_exp, updates, saturated_a_out : ndarray of int, shape (1,)
        Of both.
    """

    z: np.ndarray
    labels: np.ndarray
    stored: np.ndarray
    expansion: np.ndarray
    averages: np.ndarray
    average: np.ndarray
    mean: np.ndarray
    drive_exp: np.ndarray
    saturated_drive: np.ndarray
    modulator_exp: np.ndarray
    updates: np.ndarray
    saturated_a_out: np.ndarray


class Layer(NamedTuple):
    """One hidden layer: its connection, its neurons, its memory.

    Attributes
    ----------
    weights, tags : ndarray of int32, shape (n_pre, n_post)
    live : ndarray of bool, shape (n_pre,)
        Rows of `tags` that are not all zero.
    drive : ndarray of int32, shape (n_post,)
        ``W a``, before its exponent.
    bias, u, z, xi, y2, y3 : ndarray of int, shape (n_post,)
    held : ndarray of int, shape (n_post,)
        Trace x1 of the outputs.
    below, below_held : ndarray of int, shape (n_pre,)
        `z` and `held` of the layer below; of the first layer the sample, both times.
    draws : ndarray of int, shape (n_post,)
        Random numbers of the synapses of one input.
    weight_exp, modulator_sum : ndarray of int, shape (1,)
    dense_saturated, layer_saturated : ndarray of int, shapes (2,), (4,)
    memory : Learner
        Without rows where the memory has no prototypes.
    remembered : Remembered
    connection : int
    """

    weights: np.ndarray
    tags: np.ndarray
    live: np.ndarray
    drive: np.ndarray
    bias: np.ndarray
    u: np.ndarray
    z: np.ndarray
    xi: np.ndarray
    y2: np.ndarray
    y3: np.ndarray
    held: np.ndarray
    below: np.ndarray
    below_held: np.ndarray
    draws: np.ndarray
    weight_exp: np.ndarray
    modulator_sum: np.ndarray
    dense_saturated: np.ndarray
    layer_saturated: np.ndarray
    memory: Learner
    remembered: Remembered
    connection: int
