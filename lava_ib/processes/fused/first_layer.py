"""The first connection: sparse forward pass, and updates that are written late.

A presentation's input a = x - o is constant, x mostly zero. Two identities follow, and with
them no synapse of a silent input is ever touched:

1. The trace of a constant input is of rank one. After presentation k,
   ``e = sum_q kept^(k-q) g_q a_q^T + kept^k E`` with ``g = sum_t (1-keep) keep^(T-t) [u(t) > 0]``
   and E the traces when they were last written out. Presentations older than H, where
   ``kept^H`` is below rounding, are left out.
2. A weight update is a sum of the same outer products, ``sum_q (eta kept^(k-q) xi * g_q) a_q^T``.
   The coefficients c_q are collected while presentation q lasts in the trace, and the
   product ``c_q a_q^T`` is written once, when it leaves. Until then its part of the drive is
   ``c_q (a_q . a)``, a scalar product of two sparse rows.

Since a = x - o, weights are held as ``W = V + p o^T``: V receives the sparse ``c x^T``, p the rest.
"""

import numpy as np

from lava_ib.processes.fused.compiler import compiled, merged
from lava_ib.processes.fused.structures import FirstLayer, Rule, Samples

NEGLIGIBLE = 2.0**-53
"""A share of a trace that rounding hides."""


@compiled
def first_drive(index: int, samples: Samples, weights: np.ndarray, first: FirstLayer) -> None:
    """Set ``first.drive = W a`` for one sample."""
    begin, end = samples.starts[index], samples.starts[index + 1]
    square = np.dot(samples.offset, samples.offset)
    onto = samples.along_offset[index] - square
    drive = first.drive
    for i in range(drive.size):
        drive[i] = first.along[i] * onto - first.onto_offset[i]
    for k in range(begin, end):
        value, row = samples.values[k], weights[samples.columns[k]]
        for i in range(drive.size):
            drive[i] += value * row[i]
        first.dense[samples.columns[k]] = value
    for age in range(first.ring[1]):
        held = (first.ring[0] - age) % first.sample.size
        other = first.sample[held]
        product = -samples.along_offset[other] - onto
        for k in range(samples.starts[other], samples.starts[other + 1]):
            product += samples.values[k] * first.dense[samples.columns[k]]
        for i in range(drive.size):
            drive[i] += product * first.changes[held, i]
    for k in range(begin, end):
        first.dense[samples.columns[k]] = 0.0


@merged
def hold(
    index: int,
    gates: np.ndarray,
    rule: Rule,
    samples: Samples,
    weights: np.ndarray,
    first: FirstLayer,
) -> None:
    """Take a presentation into the trace; the oldest one held is written and let go."""
    if first.ring[1] == first.sample.size:
        _write((first.ring[0] + 1) % first.sample.size, samples, weights, first)
        first.ring[1] -= 1
    first.ring[0] = (first.ring[0] + 1) % first.sample.size
    first.ring[1] += 1
    newest = first.ring[0]
    first.sample[newest] = index
    first.gates[newest] = gates
    first.changes[newest] = 0.0
    first.folded_share[0] *= rule.kept


@merged
def credit(
    xi: np.ndarray,
    eta: float,
    rule: Rule,
    weights: np.ndarray,
    trace: np.ndarray,
    first: FirstLayer,
) -> None:
    """Three-factor update by everything that is in the trace: collect the coefficients."""
    share = eta
    for age in range(first.ring[1]):
        held = (first.ring[0] - age) % first.sample.size
        for i in range(xi.size):
            first.changes[held, i] += share * xi[i] * first.gates[held, i]
        share *= rule.kept
    if first.folded_share[0] > NEGLIGIBLE:
        share = eta * first.folded_share[0]
        for j in range(weights.shape[0]):
            for i in range(xi.size):
                weights[j, i] += share * xi[i] * trace[j, i]
        for i in range(xi.size):
            first.onto_offset[i] += share * xi[i] * first.trace_onto_offset[i]


@merged
def scale_first(factor: float, weights: np.ndarray, first: FirstLayer) -> None:
    """Weight decay of everything that the weights are made of."""
    weights[:] *= factor
    first.along[:] *= factor
    first.onto_offset[:] *= factor
    first.changes[:] *= factor


@compiled
def fold(
    rule: Rule, samples: Samples, weights: np.ndarray, trace: np.ndarray, first: FirstLayer
) -> None:
    """Write weights and traces out in full, and start collecting anew.

    Done at fixed sample counts, so that a run that is cut there goes on to the same bits.
    """
    trace_along = np.zeros(first.along.size)
    trace[:] *= first.folded_share[0]
    for age in range(first.ring[1] - 1, -1, -1):
        held = (first.ring[0] - age) % first.sample.size
        _write(held, samples, weights, first)
        share, other = rule.kept**age, first.sample[held]
        for k in range(samples.starts[other], samples.starts[other + 1]):
            value, row = share * samples.values[k], trace[samples.columns[k]]
            for i in range(row.size):
                row[i] += value * first.gates[held, i]
        for i in range(trace_along.size):
            trace_along[i] -= share * first.gates[held, i]
    first.onto_offset[:] = 0.0
    first.trace_onto_offset[:] = 0.0
    for j in range(samples.offset.size):
        offset = samples.offset[j]
        if offset != 0.0:
            for i in range(first.along.size):
                weights[j, i] += offset * first.along[i]
                trace[j, i] += offset * trace_along[i]
                first.onto_offset[i] += offset * weights[j, i]
                first.trace_onto_offset[i] += offset * trace[j, i]
    first.along[:] = 0.0
    first.ring[:] = 0
    first.folded_share[0] = 1.0


@merged
def _write(held: int, samples: Samples, weights: np.ndarray, first: FirstLayer) -> None:
    other, change = first.sample[held], first.changes[held]
    for k in range(samples.starts[other], samples.starts[other + 1]):
        value, row = samples.values[k], weights[samples.columns[k]]
        for i in range(row.size):
            row[i] += value * change[i]
    for i in range(change.size):
        first.along[i] -= change[i]
        first.onto_offset[i] += samples.along_offset[other] * change[i]
