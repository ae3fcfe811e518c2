"""Learning in the compiled loop: modulators, then tags, weights and prototypes."""

from typing import Any

import numpy as np

from lava_ib.processes.fused.compiler import compiled, merged
from lava_ib.processes.fused_fixed.structures import (
    ENGINE,
    FEATURES,
    KDE,
    PLAIN,
    PROTOTYPE,
    Layer,
    Learner,
    Rule,
)
from lava_ib.rule.fixed.features import features_modulator
from lava_ib.rule.fixed.memory import message
from lava_ib.rule.fixed.neuron import (
    TRACE_LIMIT,
    beyond,
    integer_root,
    limited,
    neuron_modulator,
    postsynaptic,
    third_factor_limit,
)
from lava_ib.rule.fixed.plastic import FACTOR_BITS, weight_loss
from lava_ib.rule.fixed.prototype import rival
from lava_ib.rule.fixed.rounding import first_counter, synapse_draw
from lava_ib.rule.fixed.synapse import (
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
from lava_ib.rule.fixed.window import window_modulator

# Compiled on their own, and so once for networks of all depths.
_window, _features = compiled(window_modulator), compiled(features_modulator)
_message = compiled(message)


@compiled
def score(rows: np.ndarray, z: np.ndarray, scores: np.ndarray) -> None:
    """``P z``, in place in `scores`."""
    for row in range(rows.shape[0]):
        total = 0
        for i in range(z.size):
            total += rows[row, i] * z[i]
        scores[row] = total


@compiled
def learn_layer(told: int, epoch: int, step: int, draw: int, rule: Rule, layer: Layer) -> None:
    """Let a hidden layer and its memory learn from the presentation that has ended."""
    _send_factors(step, rule, layer)
    if not rule.learn_hidden:
        return
    best = -1
    if rule.memory == PROTOTYPE:
        best = find_rival(told, layer.z, rule, layer.memory)
    _keep_modulator(_ask_memory(told, best, rule, layer), rule, layer)
    _learn_synapses(layer.below_held, epoch, draw, rule, layer)
    learns = rule.learn_memory
    learn_prototypes(told, best, layer.held, epoch, step, draw, learns, rule, layer.memory)


@merged
def _send_factors(step: int, rule: Rule, layer: Layer) -> None:
    """Write the traces y2 and y3 of the modulator that waited."""
    if rule.arithmetic == PLAIN:
        y = layer.xi * step
    else:
        exact = postsynaptic(layer.xi, step, rule.missing_bits)
        layer.layer_saturated[3] += beyond(exact, -TRACE_LIMIT, TRACE_LIMIT)
        y = limited(exact, -TRACE_LIMIT, TRACE_LIMIT)
    layer.y2[:] = np.maximum(y, 0)
    layer.y3[:] = np.maximum(-y, 0)


@merged
def _ask_memory(own: int, best: int, rule: Rule, layer: Layer) -> np.ndarray:
    """Modulator that the layer's memory sends; `best` -1: no prototype is too close."""
    if rule.memory == PROTOTYPE:
        if best < 0:
            return np.zeros_like(layer.z)
        return layer.memory.rows[own] - layer.memory.rows[best]
    if own < 0:
        return np.zeros_like(layer.z)
    held = layer.remembered
    if rule.memory == FEATURES:
        found = _features(
            layer.z,
            own,
            held.expansion,
            held.averages,
            held.average,
            held.mean,
            held.drive_exp[0],
            rule.shifts,
            rule.balanced,
            rule.learn_memory,
            held.saturated_drive,
        )
    else:
        kde = rule.memory == KDE
        found = _window(layer.z, own, held.z, held.labels, held.stored, rule.kernel_scale, kde)
    exponent = held.modulator_exp[0]
    return _message(found, exponent, rule.missing_bits, held.updates, held.saturated_a_out)


@merged
def _keep_modulator(answer: np.ndarray, rule: Rule, layer: Layer) -> None:
    """Keep the modulator of this presentation for the next one."""
    if not np.any(answer):
        layer.xi[:] = 0
    else:
        exact = neuron_modulator(answer, layer.z, layer.u, rule.missing_bits, rule.modulator_bits)
        limit = third_factor_limit(rule.modulator_bits)
        layer.layer_saturated[2] += beyond(exact, -limit, limit)
        layer.xi[:] = limited(exact, -limit, limit)
        layer.modulator_sum[0] += integer_root(np.sum(layer.xi * layer.xi))


@compiled
def find_rival(own: int, z: np.ndarray, rule: Rule, learner: Learner) -> int:
    """Score a sample and find the rival that is too close; -1 without one, or a label."""
    score(learner.rows, z, learner.scores)
    if own < 0:
        return -1
    return rival(learner.scores, own, rule.margin)


@compiled
def learn_prototypes(
    own: int,
    best: int,
    x1: np.ndarray,
    epoch: int,
    step: int,
    draw: int,
    learning: bool,
    rule: Rule,
    learner: Learner,
) -> None:
    """Move the class's row and the rival's, if there is one."""
    if best >= 0:
        learner.updates[0] += 1
        if learning:
            size = rule.memory_rate * step
            if rule.arithmetic == ENGINE:
                size = min(size >> rule.missing_bits, TRACE_LIMIT)
            _move_row(own, size, 0, x1, epoch, draw, rule, learner)
            _move_row(best, 0, size, x1, epoch, draw, rule, learner)


@merged
def _move_row(
    row: int,
    y2: int,
    y3: int,
    x1: np.ndarray,
    epoch: int,
    draw: int,
    rule: Rule,
    learner: Learner,
) -> None:
    values = learner.rows[row]
    engine = rule.arithmetic == ENGINE
    bits = FACTOR_BITS if engine else MEMORY_BITS + rule.missing_bits
    first = first_counter(epoch, learner.connection) + row * x1.size
    for j in range(x1.size):
        if x1[j] != 0:
            own_draw: Any = draw
            if not (engine and rule.shared):
                own_draw = np.int64(synapse_draw(np.uint64(first + j), bits))
            if engine:
                moved = engine_prototype(values[j], x1[j], y2, y3, own_draw)
            else:
                moved = exact_update(values[j], x1[j] * (y2 - y3), bits, own_draw)
            if moved < rule.low or moved > rule.high:
                learner.saturated[0] += 1
            values[j] = min(max(moved, rule.low), rule.high)


@merged
def _learn_synapses(x1: np.ndarray, epoch: int, draw: int, rule: Rule, layer: Layer) -> None:
    """Move weights and tags, the synapses of one input after the other; idle ones rest."""
    loss = weight_loss(rule.weight_decay, epoch)
    moving = loss == 1 or np.any(layer.y2) or np.any(layer.y3)
    plain = rule.arithmetic == PLAIN
    bits = TAG_BITS + rule.missing_bits if plain else FACTOR_BITS
    shared = rule.shared and not plain
    layer.draws[:] = draw
    for j in range(x1.size):
        move = moving and (layer.live[j] or loss == 1)
        tag = layer.live[j] or x1[j] > 0
        if not shared and (move or (tag and not plain)):
            _draw_row(first_counter(epoch, layer.connection) + j, x1.size, bits, layer.draws)
        if move:
            layer.dense_saturated[0] += _move_weights(
                layer.weights[j],
                layer.tags[j],
                layer.y2,
                layer.y3,
                layer.draws,
                loss,
                bits,
                plain,
                rule.low,
                rule.high,
            )
        if tag:
            layer.dense_saturated[1] += _move_tags(
                layer.tags[j], x1[j], layer.u, layer.draws, rule.tag_shift, plain
            )
            layer.live[j] = np.any(layer.tags[j])


@compiled
def _draw_row(counter: int, stride: int, bits: int, draws: np.ndarray) -> None:
    for i in range(draws.size):
        draws[i] = np.int64(synapse_draw(np.uint64(counter + i * stride), bits))


@compiled
def _move_weights(
    weights: np.ndarray,
    tags: np.ndarray,
    y2: np.ndarray,
    y3: np.ndarray,
    draws: np.ndarray,
    loss: int,
    bits: int,
    plain: bool,
    low: int,
    high: int,
) -> int:
    cut = 0
    for i in range(weights.size):
        weight, tag = np.int64(weights[i]), np.int64(tags[i])
        if plain:
            product = tag * (y2[i] - y3[i]) - loss * (weight << (bits - 7))
            moved = exact_update(weight, product, bits, draws[i])
        else:
            moved = engine_weight(weight, tag, y2[i], y3[i], loss, draws[i])
        if moved < low or moved > high:
            cut += 1
        weights[i] = min(max(moved, low), high)
    return cut


@compiled
def _move_tags(
    tags: np.ndarray, x1: int, u: np.ndarray, draws: np.ndarray, shift: int, plain: bool
) -> int:
    cut = 0
    for i in range(tags.size):
        tag, gate = np.int64(tags[i]), np.int64(u[i] > 0)
        if plain:
            moved = exact_tag(tag, x1, gate, shift)
        else:
            moved = engine_tag(tag, x1, TRACE_LIMIT * gate, shift, draws[i])
        if moved < TAG_LOW or moved > TAG_HIGH:
            cut += 1
        tags[i] = min(max(moved, TAG_LOW), TAG_HIGH)
    return cut
