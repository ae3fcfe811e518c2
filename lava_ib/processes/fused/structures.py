"""What the compiled loop works on: named tuples of arrays and of constants.

Weights and traces are kept input-major here, (n_pre, n_post): the synapses of one input lie
side by side, so an input that is zero costs nothing.
"""

from typing import Any, NamedTuple

import numpy as np

ROOM = 4
"""Hidden layers that the loops' tuples have room for: numba compiles a loop for each length of a
tuple, so one compiled loop serves all networks of up to so many, and a deeper one gets its own."""

FOLD_INTERVAL = 500
"""Samples between two points at which weights and traces are written out in full."""


class Samples(NamedTuple):
    """Inputs as sparse rows, and labels.

    Attributes
    ----------
    starts : ndarray of int, shape (samples + 1,)
        Where each row begins in `columns` and `values`.
    columns : ndarray of int
    values : ndarray
        Inputs that are not zero.
    offset : ndarray, shape (n,)
        Subtracted from every input.
    along_offset : ndarray, shape (samples,)
        Scalar product of each row with the offset.
    labels, memory_labels : ndarray of int, shape (samples,)
        -1: none. What the readout is told, and the memories.
    order : ndarray of int, shape (samples,)
        Which sample each presentation of the present pass shows.
    """

    starts: np.ndarray
    columns: np.ndarray
    values: np.ndarray
    offset: np.ndarray
    along_offset: np.ndarray
    labels: np.ndarray
    memory_labels: np.ndarray
    order: np.ndarray


class Rule(NamedTuple):
    """Constants of dynamics and learning; codes stand for names that numba cannot compare.

    Attributes
    ----------
    depth : int
        Hidden layers.
    steps : int
        Time steps of a presentation.
    tau : float
    keep : float
        Share of a trace kept from one time step to the next, ``1 - 1 / tau_e``.
    kept : float
        Share of a trace kept over a presentation, ``keep ** steps``.
    chip : bool
        Timing of the chip instead of the paper's.
    learn_hidden, learn_readout, reset : bool
    eta, weight_decay : float
    decay_interval, total_samples : int
    divide : bool
    memory : int
        One of :data:`MEMORIES`.
    beta, smoothing, alpha, margin : float
        Of a prototype memory.
    sigma : float
        Of a window, a feature or a slot memory, or of a reservoir's teacher.
    gamma, sigma_x : float
        Of a window memory.
    feature : int
        Of a feature memory: place in :data:`lava_ib.rule.memory.features.FEATURES`.
    horizon, centring : float
        Of a feature memory.
    balanced, remembers : bool
        Of a feature memory.
    per_class : bool
        Of a slot memory.
    reservoir_tau, reservoir_rate : float
        Of a reservoir memory.
    readout_alpha, readout_beta, readout_smoothing : float
    warm_up : int
    mean_rate : float
        Of a network of maps.
    """

    depth: int
    steps: int
    tau: float
    keep: float
    kept: float
    chip: bool
    learn_hidden: bool
    learn_readout: bool
    reset: bool
    eta: float
    weight_decay: float
    decay_interval: int
    total_samples: int
    divide: bool
    memory: int
    beta: float
    smoothing: float
    alpha: float
    margin: float
    sigma: float
    gamma: float
    sigma_x: float
    feature: int
    horizon: float
    centring: float
    balanced: bool
    remembers: bool
    per_class: bool
    reservoir_tau: float
    reservoir_rate: float
    readout_alpha: float
    readout_beta: float
    readout_smoothing: float
    warm_up: int
    mean_rate: float


MEMORIES = {
    "none": 0,
    "delta": 1,
    "leaky": 2,
    "margin": 3,
    "features": 4,
    "kde": 5,
    "hsic": 6,
    "hsic_released": 7,
    "hsic_fixed": 8,
    "slots": 9,
    "reservoir": 10,
}
"""Codes of the memories: of prototypes, then of features, then of samples themselves."""


class LayerMemory(NamedTuple):
    """The memory of one layer, and what it sees of it; what its kind has not is empty.

    Attributes
    ----------
    z : ndarray, shape (n_post,)
        Normalised rates of the layer.
    modulator_sum : ndarray, shape (1,)
    prototypes : ndarray, shape (C, n_post), or (C, n_post + D) with rectifiers
    window_z, window_labels, window_x : ndarray, shapes (N, n_post), (N, C), (N, n)
        Of a window, a reservoir's teacher included; the first two of slots, too.
    stored : ndarray of int, shape (1,)
        Samples stored in the window; in slots, of each class, shape (C,).
    expansion : ndarray, shape (D, n_post)
        Of a feature memory, and of the rectifiers of a prototype memory.
    feature_readout, average_features : ndarray, shape (D,)
    averages : ndarray, shape (C, D)
    mean : ndarray, shape (n_post,)
        Of a feature memory.
    recurrent, inputs, label_inputs : ndarray, shapes (D, D), (D, n_post), (D, C)
    reservoir_readout, reservoir_u : ndarray, shapes (n_post, D), (D,)
        Of a reservoir memory.
    """

    z: np.ndarray
    modulator_sum: np.ndarray
    prototypes: np.ndarray
    window_z: np.ndarray
    window_labels: np.ndarray
    window_x: np.ndarray
    stored: np.ndarray
    expansion: np.ndarray
    feature_readout: np.ndarray
    averages: np.ndarray
    average_features: np.ndarray
    mean: np.ndarray
    recurrent: np.ndarray
    inputs: np.ndarray
    label_inputs: np.ndarray
    reservoir_readout: np.ndarray
    reservoir_u: np.ndarray


Arrays = tuple[np.ndarray, ...]


def filled(layers: list[Any]) -> tuple[Any, ...]:
    """Tuple of layers, filled up with the last one to at least :data:`ROOM`."""
    return (*layers, *layers[-1:] * (ROOM - len(layers)))


class Layers(NamedTuple):
    """All hidden layers: their connections, their neurons, their memories.

    A tuple of arrays for each attribute, one array a layer, and not a tuple of layers: to take
    one array out of a tuple costs little, while to take out a layer copies all its arrays.
    The tuples are :func:`filled` beyond the network's depth.

    Attributes
    ----------
    weights : ndarrays, shape (n_pre, n_post)
        Of the first layer V, without the part along the offset; see :class:`FirstLayer`.
    trace : ndarrays, shape (n_pre, n_post)
        Eligibility traces; of the first layer E, as they were at the last fold.
    bias, u, z, xi : ndarrays, shape (n_post,)
        `xi` waits for the next presentation (``chip``).
    drive : ndarrays, shape (n_post,)
        ``W r``, with the rates of the layer below before normalisation.
    target : ndarrays, shape (n_post,)
        What `drive` leaks towards, while the input of the layer below is constant.
    gate, before : ndarrays, shape (n_post,)
        Slopes, 0 or 1, now and a time step before.
    average : ndarrays, shape (n_post,)
        Leaky average of `z` over this presentation, which the traces above are made of.
    partial : ndarrays, shape (n_post, n_pre)
        What a neuron that switched in this presentation misses of the average below.
    switched : ndarrays of bool, shape (n_post,)
    memories : tuple of LayerMemory
    """

    weights: Arrays
    trace: Arrays
    bias: Arrays
    u: Arrays
    z: Arrays
    xi: Arrays
    drive: Arrays
    target: Arrays
    gate: Arrays
    before: Arrays
    average: Arrays
    partial: Arrays
    switched: Arrays
    memories: tuple[LayerMemory, ...]


class FirstLayer(NamedTuple):
    """What is special about the first connection, whose input is constant and sparse.

    See :mod:`lava_ib.processes.fused.first_layer` for the equations.

    Attributes
    ----------
    drive : ndarray, shape (n,)
        ``W a`` of the present sample, without the bias.
    gates_now : ndarray, shape (n,)
        g of the present presentation.
    along : ndarray, shape (n,)
        p, the part of the weights along the offset.
    onto_offset, trace_onto_offset : ndarray, shape (n,)
        ``V o`` and ``E o``.
    folded_share : ndarray, shape (1,)
        How much of the folded trace E is left.
    sample : ndarray of int, shape (H,)
        Sample shown in each of the last H presentations, a ring.
    gates, changes : ndarray, shape (H, n)
        g and c of each of them.
    ring : ndarray of int, shape (2,)
        Row of the newest presentation; number of presentations held.
    dense : ndarray, shape (n_pre,)
        The present sample's row, spread out.
    """

    drive: np.ndarray
    gates_now: np.ndarray
    along: np.ndarray
    onto_offset: np.ndarray
    trace_onto_offset: np.ndarray
    folded_share: np.ndarray
    sample: np.ndarray
    gates: np.ndarray
    changes: np.ndarray
    ring: np.ndarray
    dense: np.ndarray


class Readout(NamedTuple):
    """The readout, and the present label.

    Attributes
    ----------
    weights : ndarray, shape (C, n)
    label, memory_label : ndarray, shape (C,)
        Present one-hot labels.
    predictions : ndarray of int, shape (samples,)
    """

    weights: np.ndarray
    label: np.ndarray
    memory_label: np.ndarray
    predictions: np.ndarray
