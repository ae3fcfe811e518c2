"""The loop over presentations of a network of maps, compiled.

Work per sample of a layer with p positions, k filters and n inputs to each: ``p k n``
multiply-adds forward and as many for the weight change, both as matrix products in single
precision with the patches written out; the layer's memory costs what it costs a dense layer.
With one position only, the change is of rank one and is never written out.
"""

import numpy as np

from lava_ib.processes.fused.compiler import compiled, merged
from lava_ib.processes.fused.loop import read_out, set_label
from lava_ib.processes.fused.map_structures import Images, MapLayer
from lava_ib.processes.fused.memories import from_rates, modulator
from lava_ib.processes.fused.structures import LayerMemory, Readout, Rule
from lava_ib.rule.convolution import running_gain, step_factor
from lava_ib.rule.normalisation import normalise, through_normalisation
from lava_ib.rule.schedule import decay_factor, linear_to_zero


@compiled
def present_maps(
    sample: int,
    count: int,
    images: Images,
    rule: Rule,
    layers: tuple[MapLayer, ...],
    readout: Readout,
) -> None:
    """Present `count` samples of one pass, beginning with presentation number `sample`."""
    for presentation in range(sample, sample + count):
        position = presentation % images.order.size
        index = images.order[position]
        factor = linear_to_zero(presentation, rule.total_samples)
        set_label(images.labels[index], readout.label)
        set_label(images.memory_labels[index], readout.memory_label)
        show(images.x[index], images.side, images.flips[position], images.shown)
        for number in range(len(layers)):
            layer = layers[number]  # once: to take a layer out of the tuple copies it
            _forward(layer)
            if rule.learn_hidden:
                _learn(presentation, factor, readout.memory_label, rule, layer)
            if rule.learn_readout:
                _move_means(running_gain(rule.mean_rate, presentation), layer)
        z = layers[len(layers) - 1].memory.z
        read_out(presentation, z, factor, rule, readout)


@compiled
def show(picture: np.ndarray, side: int, mirrored: bool, shown: np.ndarray) -> None:
    """Copy a picture to where the first layer looks, mirrored left to right or not."""
    for p in range(shown.shape[0]):
        source = p // side * side + side - 1 - p % side if mirrored else p
        for c in range(shown.shape[1]):
            shown[p, c] = picture[source, c]


@compiled
def place(below: np.ndarray, side: int, around: int, padded: np.ndarray) -> None:
    """Write a map into the middle of the padded input."""
    channels = below.shape[1]
    for p in range(below.shape[0]):
        x, start = p // side + around, (p % side + around) * channels
        for c in range(channels):
            padded[x, start + c] = below[p, c]


@merged
def _forward(layer: MapLayer) -> None:
    place(layer.below, layer.below_side, layer.padding, layer.padded)
    channels = layer.below.shape[1]
    cut_patches(layer.padded, layer.kernel, layer.stride, channels, layer.side, layer.cut)
    if layer.cut.shape[0] == 1:
        layer.u[0, :] = np.dot(layer.weights, layer.cut[0])
    else:
        np.dot(layer.cut, layer.weights.T, layer.u)
    _pool(layer.u, layer.side, layer.pool, layer.pooled_side, layer.pooled)
    _pass_on(layer.pooled, layer.channel_mean, layer.passed)
    _summarise(layer.pooled, layer.cell, layer.cell_share, layer.summary)
    layer.memory.z[:] = normalise(layer.summary - layer.summary_mean)[0]


@compiled
def cut_patches(
    padded: np.ndarray, kernel: np.ndarray, stride: int, channels: int, side: int, cut: np.ndarray
) -> None:
    """Write out the patch of each position: a run of inputs for each row of the kernel."""
    run = kernel[1] * channels
    for p in range(cut.shape[0]):
        top, left = p // side * stride, p % side * stride * channels
        for i in range(kernel[0]):
            for j in range(run):
                cut[p, i * run + j] = padded[top + i, left + j]


@compiled
def _pool(u: np.ndarray, side: int, pool: int, pooled_side: int, pooled: np.ndarray) -> None:
    """Rectify and average over squares."""
    pooled[:] = 0.0
    share = np.float32(1.0 / (pool * pool))
    for q in range(pooled.shape[0]):
        corner = q // pooled_side * pool * side + q % pooled_side * pool
        for i in range(pool):
            for j in range(pool):
                p = corner + i * side + j
                for k in range(u.shape[1]):
                    pooled[q, k] += share * max(u[p, k], np.float32(0.0))


@compiled
def _pass_on(pooled: np.ndarray, channel_mean: np.ndarray, passed: np.ndarray) -> None:
    square = 0.0
    for q in range(pooled.shape[0]):
        for k in range(pooled.shape[1]):
            passed[q, k] = pooled[q, k] - channel_mean[k]
            square += passed[q, k] * passed[q, k]
    if square > 0.0:
        scale = np.float32(1.0 / np.sqrt(square / pooled.size))
        for q in range(pooled.shape[0]):
            for k in range(pooled.shape[1]):
                passed[q, k] *= scale


@compiled
def _summarise(
    pooled: np.ndarray, cell: np.ndarray, cell_share: np.ndarray, summary: np.ndarray
) -> None:
    channels = pooled.shape[1]
    summary[:] = 0.0
    for q in range(pooled.shape[0]):
        start, share = cell[q] * channels, cell_share[cell[q]]
        for k in range(channels):
            summary[start + k] += share * pooled[q, k]


@merged
def _learn(
    presentation: int, factor: float, label: np.ndarray, rule: Rule, layer: MapLayer
) -> None:
    """Let one layer learn from the presentation."""
    if np.sum(label) > 0.0:
        z, norm = normalise(layer.summary - layer.summary_mean)
        xi = _ask(label, z, factor, rule, layer.memory, layer.rectifiers)
        arriving = through_normalisation(xi, z, norm, rule.divide)
        _spread(arriving, layer.cell, layer.cell_share, layer.credit)
        _gate(layer.credit, layer.u, layer.side, layer.pool, layer.pooled_side, layer.gated)
        layer.memory.modulator_sum[0] += np.sqrt(_square(layer.credit)) / layer.pool
        _move_weights(presentation, factor, rule, layer)
    if (presentation + 1) % rule.decay_interval == 0 and rule.weight_decay > 0.0:
        shrink = decay_factor(rule.weight_decay, rule.decay_interval, factor)
        layer.weights[:] *= np.float32(shrink)


@compiled
def _ask(
    label: np.ndarray,
    x: np.ndarray,
    factor: float,
    rule: Rule,
    memory: LayerMemory,
    rectifiers: np.ndarray,
) -> np.ndarray:
    """Modulator of the memory; see :func:`modulator`."""
    if rectifiers.shape[0] > 0:
        return from_rates(label, factor, rule, memory, rectifiers)
    return modulator(label, x, factor, rule, memory)


@compiled
def _spread(xi: np.ndarray, cell: np.ndarray, cell_share: np.ndarray, credit: np.ndarray) -> None:
    channels = credit.shape[1]
    for q in range(credit.shape[0]):
        start, share = cell[q] * channels, cell_share[cell[q]]
        for k in range(channels):
            credit[q, k] = share * xi[start + k]


@compiled
def _gate(
    credit: np.ndarray, u: np.ndarray, side: int, pool: int, pooled_side: int, gated: np.ndarray
) -> None:
    """Carry the modulator back through pooling and rectifier."""
    share = np.float32(1.0 / (pool * pool))
    for q in range(credit.shape[0]):
        corner = q // pooled_side * pool * side + q % pooled_side * pool
        for i in range(pool):
            for j in range(pool):
                p = corner + i * side + j
                for k in range(u.shape[1]):
                    if u[p, k] > 0.0:
                        gated[p, k] = share * credit[q, k]
                    else:
                        gated[p, k] = 0.0


@compiled
def _square(values: np.ndarray) -> float:
    total = 0.0
    for row in range(values.shape[0]):
        part = np.float32(0.0)
        for column in range(values.shape[1]):
            part += values[row, column] * values[row, column]
        total += float(part)
    return total


@merged
def _move_weights(presentation: int, factor: float, rule: Rule, layer: MapLayer) -> None:
    single = layer.cut.shape[0] == 1
    if single:
        square = _square(layer.gated) * _square(layer.cut)
    else:
        np.dot(layer.gated.T, layer.cut, layer.change)
        square = _square(layer.change)
    if square == 0.0:
        return
    layer.power[0] += running_gain(rule.mean_rate, presentation) * (square - layer.power[0])
    if presentation >= rule.warm_up:
        step = np.float32(step_factor(rule.eta * factor, layer.first_norm[0], layer.power[0]))
        if single:
            _add_outer(step, layer.gated[0], layer.cut[0], layer.weights)
        else:
            _add(step, layer.change, layer.weights)


@compiled
def _add_outer(step: float, rows: np.ndarray, columns: np.ndarray, weights: np.ndarray) -> None:
    for i in range(rows.size):
        if rows[i] != 0.0:
            along = step * rows[i]
            for j in range(columns.size):
                weights[i, j] += along * columns[j]


@compiled
def _add(step: float, change: np.ndarray, weights: np.ndarray) -> None:
    for i in range(change.shape[0]):
        for j in range(change.shape[1]):
            weights[i, j] += step * change[i, j]


@merged
def _move_means(gain: float, layer: MapLayer) -> None:
    layer.summary_mean[:] += gain * (layer.summary - layer.summary_mean)
    _follow(layer.pooled, gain, layer.channel_mean)


@compiled
def _follow(pooled: np.ndarray, gain: float, channel_mean: np.ndarray) -> None:
    """Move the mean of each channel towards that of this map."""
    share = gain / pooled.shape[0]
    for k in range(channel_mean.size):
        channel_mean[k] *= 1.0 - gain
    for q in range(pooled.shape[0]):
        for k in range(channel_mean.size):
            channel_mean[k] += share * pooled[q, k]
