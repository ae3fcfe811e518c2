"""Learning in the compiled loop of maps in integers: modulators, filters, prototypes."""

from typing import Any

import numpy as np

from lava_ib.processes.fused.compiler import compiled, merged
from lava_ib.processes.fused_fixed.learning import find_rival, learn_prototypes
from lava_ib.processes.fused_fixed.map_structures import IntegerMapLayer, MapRule
from lava_ib.processes.fused_fixed.structures import Learner, Rule
from lava_ib.rule.fixed.maps import (
    FACTOR_BITS,
    REMAINDER_BITS,
    cell_limit,
    cell_modulator,
    cell_share,
    filter_factor,
    followed,
    horizon,
)
from lava_ib.rule.fixed.memory import MESSAGE_LIMIT
from lava_ib.rule.fixed.neuron import (
    beyond,
    integer_root,
    limited,
)
from lava_ib.rule.fixed.plastic import weight_loss
from lava_ib.rule.fixed.rectifiers import rates_beyond, rates_of, through_rectifiers


@compiled
def learn_map(
    own: int,
    epoch: int,
    step: int,
    size: int,
    rule: Rule,
    map_rule: MapRule,
    layer: IntegerMapLayer,
) -> None:
    """Let one layer and its memory learn from the presentation."""
    memory = layer.memory
    _see(layer.z, map_rule.rates_exp, rule.trace_bits, memory)
    best = find_rival(own, memory.seen, rule, memory)
    factor = 0
    if best >= 0:
        answer = _through_rows(own, best, map_rule.rates_exp, rule.missing_bits, memory)
        exact = cell_modulator(answer, layer.z, rule.missing_bits, rule.modulator_bits)
        limit = cell_limit(rule.modulator_bits)
        layer.pool_saturated[2] += beyond(exact, -limit, limit)
        _spread(limited(exact, -limit, limit), layer.cell, layer.cell_sizes, layer.credit)
        _gate(layer.credit, layer.u, layer.side, layer.pool, layer.pooled_side, layer.gated)
        layer.modulator_sum[0] += integer_root(np.sum(layer.credit**2) * layer.pool**2)
        factor = _changed(epoch, size, map_rule, layer)
    loss = weight_loss(rule.weight_decay, epoch)
    if factor > 0 or loss > 0:
        _move_weights(factor, loss, rule, layer)
    learn_prototypes(own, best, memory.seen, epoch, step, 0, rule.learn_memory, rule, memory)


@compiled
def _see(z: np.ndarray, exponent: int, bits: int, memory: Learner) -> None:
    """Write what the rows compare with: the output, then the rates of the rectifiers."""
    units, neurons = memory.expansion.shape
    memory.seen[:neurons] = z
    if units > 0:
        drive = _rectifier_drive(memory.expansion, z.astype(np.int16))
        memory.seen[neurons:] = rates_of(drive, exponent, bits)
        memory.saturated[1] += rates_beyond(drive, exponent)


@compiled
def _rectifier_drive(expansion: np.ndarray, z: np.ndarray) -> np.ndarray:
    """``V z`` in 32 bits, which hold it: 255 * 127 * n."""
    drive = np.zeros(expansion.shape[0], dtype=np.int64)
    for d in range(drive.size):
        total = np.int32(0)
        for i in range(z.size):
            total += np.int32(expansion[d, i]) * np.int32(z[i])
        drive[d] = total
    return drive


@compiled
def _through_rows(
    own: int, best: int, exponent: int, missing_bits: int, memory: Learner
) -> np.ndarray:
    """Modulator with respect to the output."""
    units, neurons = memory.expansion.shape
    xi = memory.rows[own] - memory.rows[best]
    if units == 0:
        return xi
    back = np.zeros(neurons, dtype=np.int32)
    for d in range(units):
        answer = np.int32(xi[neurons + d])
        if memory.seen[neurons + d] > 0 and answer != 0:
            for i in range(neurons):
                back[i] += np.int32(memory.expansion[d, i]) * answer
    exact = through_rectifiers(xi[:neurons], back.astype(np.int64), exponent)
    limit = MESSAGE_LIMIT >> missing_bits
    memory.saturated[2] += beyond(exact, -limit, limit)
    return limited(exact, -limit, limit)


@compiled
def _spread(xi: np.ndarray, cell: np.ndarray, cell_sizes: np.ndarray, credit: np.ndarray) -> None:
    channels, largest = credit.shape[1], cell_sizes.max()
    for q in range(credit.shape[0]):
        for k in range(channels):
            credit[q, k] = cell_share(xi[cell[q] * channels + k], cell_sizes[cell[q]], largest)


@compiled
def _gate(
    credit: np.ndarray, u: np.ndarray, side: int, pool: int, pooled_side: int, gated: np.ndarray
) -> None:
    """Carry the modulator back through pooling and rectifier."""
    for q in range(credit.shape[0]):
        corner = q // pooled_side * pool * side + q % pooled_side * pool
        for i in range(pool):
            for j in range(pool):
                p = corner + i * side + j
                for k in range(u.shape[1]):
                    gated[p, k] = credit[q, k] if u[p, k] > 0.0 else 0.0


@merged
def _changed(epoch: int, size: int, map_rule: MapRule, layer: IntegerMapLayer) -> int:
    """Find the weight change and move its running size; what it is to be multiplied with."""
    if layer.cut.shape[0] == 1:
        square = _outer_mean_square(layer.gated[0], layer.cut[0])
    else:
        np.dot(layer.gated.T, layer.cut, layer.change)
        square = _mean_square(layer.change)
    if square == 0:
        return 0
    layer.power[0] = followed(layer.power[0], square, horizon(map_rule.mean_rate, epoch))
    if epoch < map_rule.warm_up:
        return 0
    return filter_factor(size, layer.power[0])


@compiled
def _mean_square(change: np.ndarray) -> int:
    """:func:`lava_ib.rule.fixed.maps.mean_square` of integers in double precision."""
    total: Any = 0
    for k in range(change.shape[0]):
        row: Any = 0
        for n in range(change.shape[1]):
            value = np.int64(change[k, n])
            row += value * value
        total += row // change.shape[1]
    return total // change.shape[0]


@compiled
def _outer_mean_square(rows: np.ndarray, columns: np.ndarray) -> int:
    """:func:`_mean_square` of the outer product of two vectors."""
    along: Any = 0
    for n in range(columns.size):
        along += np.int64(columns[n]) ** 2
    total: Any = 0
    for k in range(rows.size):
        total += np.int64(rows[k]) ** 2 * along // columns.size
    return total // rows.size


@merged
def _move_weights(factor: int, loss: int, rule: Rule, layer: IntegerMapLayer) -> None:
    single, bits = layer.cut.shape[0] == 1, REMAINDER_BITS + rule.missing_bits
    low, high = float(rule.low), float(rule.high)
    for k in range(layer.weights.shape[0]):
        change: Any = layer.cut[0] if single else layer.change[k]
        scale = factor * layer.gated[0, k] if single else float(factor)
        if scale != 0.0 or loss:
            layer.conv_saturated[0] += _move_filter(
                layer.weights[k], layer.remainder[k], change, scale, loss, bits, low, high
            )


@compiled
def _move_filter(
    weights: np.ndarray,
    remainder: np.ndarray,
    change: np.ndarray,
    scale: float,
    loss: int,
    bits: int,
    low: float,
    high: float,
) -> int:
    """Move one filter by its change times `scale`, and keep what is left over.

    :func:`lava_ib.rule.fixed.maps.moved_filters` in double precision, and exact: a change is at
    most ``sqrt(n / mean_rate)`` times its running size, so its product with `scale` fits.
    """
    whole, unit, share = float(1 << bits), 1.0 / (1 << FACTOR_BITS), 1.0 / (1 << bits)
    lost, cut_off = float(loss * (1 << (bits - 7))), 0.0
    for n in range(weights.size):
        total = np.floor(change[n] * scale * unit + 0.5) - lost * weights[n] + remainder[n]
        up = np.floor(total * share)
        remainder[n] = total - up * whole
        exact = weights[n] + up
        moved = min(max(exact, low), high)
        cut_off += 1.0 if moved != exact else 0.0
        weights[n] = moved
    return int(cut_off)
