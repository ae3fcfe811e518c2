"""The loop over presentations of a network of maps in integers, compiled.

Work per sample as in :mod:`lava_ib.processes.fused.map_loop`, in double precision. Where every
margin is kept nothing is learned, and it costs the forward half.
"""

from typing import Any

import numpy as np

from lava_ib.processes.fused.compiler import compiled, merged
from lava_ib.processes.fused.map_loop import cut_patches, place, show
from lava_ib.processes.fused.map_structures import Images
from lava_ib.processes.fused_fixed.learning import find_rival, learn_prototypes
from lava_ib.processes.fused_fixed.map_learning import learn_map
from lava_ib.processes.fused_fixed.map_structures import IntegerMapLayer, MapRule
from lava_ib.processes.fused_fixed.structures import Learner, Rule
from lava_ib.rule.fixed.maps import followed, horizon, map_size, passed_on, quotient, whole
from lava_ib.rule.fixed.neuron import (
    ACTIVITY_BITS,
    ACTIVITY_LIMIT,
    MEMBRANE_LIMIT,
    beyond,
    coarse,
    limited,
    normalised,
)


@compiled
def present_integer_maps(
    sample: int,
    steps: np.ndarray,
    filter_sizes: np.ndarray,
    images: Images,
    rule: Rule,
    map_rule: MapRule,
    layers: tuple[IntegerMapLayer, ...],
    readout: Learner,
    predictions: np.ndarray,
) -> None:
    """Present samples of one pass, beginning with presentation number `sample`.

    Parameters
    ----------
    steps : ndarray of int, shape (count,)
        Of each presentation, the power of two that is the step size of prototypes.
    filter_sizes : ndarray of int, shape (count,)
        That of filters.
    """
    for epoch in range(sample, sample + steps.size):
        step, position = steps[epoch - sample], epoch % images.order.size
        index = images.order[position]
        own, told = images.labels[index], images.memory_labels[index]
        show(images.x[index], images.side, images.flips[position], images.shown)
        for number in range(len(layers)):
            layer = layers[number]  # once: to take a layer out of the tuple copies it
            _forward(rule, layer)
            if rule.learn_hidden:
                size = filter_sizes[epoch - sample]
                learn_map(told, epoch, step, size, rule, map_rule, layer)
            if rule.learn_readout:
                _move_means(horizon(map_rule.mean_rate, epoch), layer)
        z = layers[len(layers) - 1].z
        best = find_rival(own, z, rule, readout)
        predictions[position] = np.argmax(readout.scores)
        learn_prototypes(own, best, z, epoch, step, 0, rule.learn_readout, rule, readout)


@merged
def _forward(rule: Rule, layer: IntegerMapLayer) -> None:
    place(layer.below, layer.below_side, layer.padding, layer.padded)
    channels = layer.below.shape[1]
    cut_patches(layer.padded, layer.kernel, layer.stride, channels, layer.side, layer.cut)
    _turn(layer.cut, channels)
    np.dot(layer.cut, layer.weights.T, layer.u)
    layer.conv_saturated[1] += _saturate(layer.u)
    _pool(layer.u, layer.side, layer.pool, layer.pooled_side, layer.pooled)
    layer.pool_saturated[0] += _pass_on(
        layer.pooled, whole(layer.channel_mean), rule.trace_bits, layer.passed
    )
    _summarise(layer.pooled, layer.cell, layer.cell_sizes, layer.summary)
    exact = normalised(layer.summary - whole(layer.summary_mean))
    layer.pool_saturated[1] += beyond(exact, -ACTIVITY_LIMIT, ACTIVITY_LIMIT)
    cleared = ACTIVITY_BITS - rule.trace_bits
    layer.z[:] = coarse(limited(exact, -ACTIVITY_LIMIT, ACTIVITY_LIMIT), cleared)


@compiled
def _turn(cut: np.ndarray, channels: int) -> None:
    """Turn patches round, the channels of a place in their order."""
    places = cut.shape[1] // channels
    for p in range(cut.shape[0]):
        for i in range(places // 2):
            first, last = i * channels, (places - 1 - i) * channels
            for c in range(channels):
                held = cut[p, first + c]
                cut[p, first + c] = cut[p, last + c]
                cut[p, last + c] = held


@compiled
def _saturate(u: np.ndarray) -> int:
    found = 0
    for p in range(u.shape[0]):
        for k in range(u.shape[1]):
            if abs(u[p, k]) > MEMBRANE_LIMIT:
                found += 1
                u[p, k] = MEMBRANE_LIMIT if u[p, k] > 0 else -MEMBRANE_LIMIT
    return found


@compiled
def _pool(u: np.ndarray, side: int, pool: int, pooled_side: int, pooled: np.ndarray) -> None:
    """Rectify and average over squares."""
    for q in range(pooled.shape[0]):
        corner = q // pooled_side * pool * side + q % pooled_side * pool
        for k in range(u.shape[1]):
            total = 0.0
            for i in range(pool):
                for j in range(pool):
                    total += max(u[corner + i * side + j, k], 0.0)
            pooled[q, k] = quotient(np.int64(total), pool * pool)


@compiled
def _pass_on(pooled: np.ndarray, mean: np.ndarray, bits: int, passed: np.ndarray) -> int:
    """Centre and scale a map for the next layer; how many of its values were cut off."""
    square, cut_off, cleared = 0, 0, ACTIVITY_BITS - bits
    for q in range(pooled.shape[0]):
        for k in range(pooled.shape[1]):
            centred = pooled[q, k] - mean[k]
            square += centred * centred
    size = map_size(square, pooled.size)
    for q in range(pooled.shape[0]):
        for k in range(pooled.shape[1]):
            exact = passed_on(pooled[q, k] - mean[k], size)
            if abs(exact) > ACTIVITY_LIMIT:
                cut_off += 1
            held: Any = min(max(exact, -ACTIVITY_LIMIT), ACTIVITY_LIMIT)
            passed[q, k] = coarse(held, cleared)
    return cut_off


@compiled
def _summarise(
    pooled: np.ndarray, cell: np.ndarray, cell_sizes: np.ndarray, summary: np.ndarray
) -> None:
    channels = pooled.shape[1]
    summary[:] = 0
    for q in range(pooled.shape[0]):
        for k in range(channels):
            summary[cell[q] * channels + k] += pooled[q, k]
    for i in range(summary.size):
        summary[i] = quotient(summary[i], cell_sizes[i // channels])


@merged
def _move_means(samples: int, layer: IntegerMapLayer) -> None:
    layer.summary_mean[:] = followed(layer.summary_mean, layer.summary, samples)
    averages = quotient(np.sum(layer.pooled, axis=0), layer.pooled.shape[0])
    layer.channel_mean[:] = followed(layer.channel_mean, averages, samples)
