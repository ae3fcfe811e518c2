"""The arithmetic of a sample: multiply-adds, bytes, and what one core can do of each.

Counted from the network's shape, as `lava_ib/processes/fused/loop.py` lists the work; the shares
of inputs and of neurons that are not zero come from the run.
"""

import time
from dataclasses import dataclass
from itertools import pairwise

import numba
import numpy as np

from lava_ib.inspection.memory_cost import remembered
from lava_ib.processes.fused.structures import FOLD_INTERVAL
from lava_ib.rule.settings import Settings

BYTES = 8
NEURON_STEP = 6
"""Multiply-adds of a neuron in a time step: membrane 2, norm and division 2, average 2."""


@dataclass(frozen=True)
class Count:
    """Multiply-adds of a sample, and bytes of weights and traces read and written."""

    multiply_adds: float
    bytes_moved: float


def count(settings: Settings, nonzero: float, active: float, held: int) -> Count:
    """Work of one sample.

    `nonzero`: share of inputs; `active`: share of hidden neurons; `held`: presentations whose
    updates of the first connection wait to be written.
    """
    network = settings.network
    sizes, steps = network.layers, network.steps_per_sample
    inputs, classes = nonzero * sizes[0], sizes[-1]
    parts = [_first(inputs, sizes[0], sizes[1], held)]
    # A neuron changes sides where it was on one and is then on the other.
    crossings = 2.0 * active * (1.0 - active) if steps > 1 else 0.0
    for number, (pre, post) in enumerate(pairwise(sizes[1:-1])):
        parts.append(_learned(pre, post, active, network.tau_e > 1.0))
        if number > 0:
            parts.append(Count(steps * active * pre * post, BYTES * steps * active * pre * post))
        else:
            forward = (2.0 * active + 2.0 * crossings) * pre * post
            parts.append(Count(forward, BYTES * forward / 2.0))
            parts.append(Count(steps * post, 0.0))
        noted = 2.0 * crossings * pre * post if network.tau_e > 1.0 else 0.0
        parts.append(Count(noted, BYTES * noted))
    neurons = sum(sizes[1:-1])
    parts.append(Count(NEURON_STEP * steps * neurons, 0.0))
    for post in sizes[1:-1]:
        memory = remembered(settings.memory, post, classes, 1)
        parts.append(Count(memory.multiply_adds, BYTES * (memory.synapses + memory.neurons)))
    parts.append(Count(3.0 * classes * sizes[-2], 3.0 * BYTES * classes * sizes[-2]))
    return Count(sum(p.multiply_adds for p in parts), sum(p.bytes_moved for p in parts))


def _first(inputs: float, dense: int, post: int, held: int) -> Count:
    """Forward and the oldest update, over inputs not zero; updates that wait; the fold."""
    synapses = inputs * post
    fold = 4.0 * dense * post / FOLD_INTERVAL
    waiting = held * (inputs + 2.0 * post)
    return Count(2.0 * synapses + waiting + fold, BYTES * (3.0 * synapses + 5.0 * held * post))


def _learned(pre: int, post: int, active: float, traced: bool) -> Count:
    """Trace and update; without memory in the trace, the update alone, over active inputs."""
    if not traced:
        return Count(active * pre * post, BYTES * 2.0 * active * pre * post)
    return Count(3.0 * pre * post, BYTES * 5.0 * pre * post)


@numba.njit(fastmath=True)
def _dot(x: np.ndarray, y: np.ndarray, repeats: int) -> float:
    total = 0.0
    for _ in range(repeats):
        part = 0.0
        for i in range(x.size):
            part += x[i] * y[i]
        total += part
        x[0] += 1e-9  # or the compiler would take the loop for done after one pass
    return total


@numba.njit(fastmath=True)
def _axpy(x: np.ndarray, y: np.ndarray, repeats: int) -> None:
    for k in range(repeats):
        a = 1e-9 * k
        for i in range(x.size):
            y[i] += a * x[i]


def measure_core(size: int = 1024, wide: int = 32768) -> dict[str, float]:
    """Multiply-adds/s in the first-level cache; bytes/s of a row-wise update beyond it."""
    dot = _rate(_dot, size)
    axpy = _rate(_axpy, size)
    beyond = _rate(_axpy, wide)
    return {"dot": dot, "axpy": axpy, "peak": max(dot, axpy), "bytes": 3.0 * BYTES * beyond}


def _rate(function: numba.core.registry.CPUDispatcher, size: int) -> float:
    """Multiply-adds a second, the best of five."""
    x, y = np.full(size, 0.5), np.full(size, 0.25)
    repeats = max(1, 20_000_000 // size)
    function(x, y, 1)
    best = np.inf
    for _ in range(5):
        began = time.perf_counter()
        function(x, y, repeats)
        best = min(best, time.perf_counter() - began)
    return size * repeats / best
