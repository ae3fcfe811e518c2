"""The loop over presentations in integers, compiled.

Per sample of a network n0-n1-..., with s of n0 inputs not zero, the first connection costs
``s n1`` multiply-adds and as many tags, and ``s n1`` weights where a margin was not kept;
deeper ones the same at every time step, with the outputs that are not zero.
"""

import numpy as np

from lava_ib.processes.fused.compiler import compiled, merged
from lava_ib.processes.fused_fixed.learning import (
    find_rival,
    learn_layer,
    learn_prototypes,
)
from lava_ib.processes.fused_fixed.structures import Layer, Learner, Rule, Samples
from lava_ib.rule.fixed.neuron import (
    ACTIVITY_LIMIT,
    MEMBRANE_LIMIT,
    activities,
    beyond,
    leaked,
    limited,
    normalised,
    scaled_drive,
)


@compiled
def present(
    sample: int,
    steps: np.ndarray,
    draws: np.ndarray,
    samples: Samples,
    rule: Rule,
    layers: tuple[Layer, ...],
    readout: Learner,
    predictions: np.ndarray,
) -> None:
    """Present samples of one pass, beginning with presentation number `sample`.

    Parameters
    ----------
    steps, draws : ndarray of int, shape (count,)
        Of each presentation, the power of two that is the step size, and the random number
        that all synapses share.
    """
    for epoch in range(sample, sample + steps.size):
        step, draw = steps[epoch - sample], draws[epoch - sample]
        index = samples.order[epoch % samples.order.size]
        own, told = samples.labels[index], samples.memory_labels[index]
        _show(index, samples)
        _first_drive(index, samples, layers[0])
        for number in range(rule.depth):
            _begin(rule, layers[number])
        for _ in range(rule.steps):
            _step(rule, layers[0])
            for number in range(1, rule.depth):
                layer = layers[number]  # once: to take a layer out of the tuple copies it
                _drive(layer)
                _step(rule, layer)
        for number in range(rule.depth):
            learn_layer(told, epoch, step, draw, rule, layers[number])
        top = layers[rule.depth - 1]
        best = find_rival(own, top.z, rule, readout)
        predictions[epoch % predictions.size] = np.argmax(readout.scores)
        learn_prototypes(own, best, top.held, epoch, step, draw, rule.learn_readout, rule, readout)


@compiled
def present_to_readout(
    sample: int,
    steps: np.ndarray,
    draws: np.ndarray,
    samples: Samples,
    rule: Rule,
    readout: Learner,
    predictions: np.ndarray,
) -> None:
    """Present samples to a readout without hidden layers; see :func:`present`."""
    for epoch in range(sample, sample + steps.size):
        step, draw = steps[epoch - sample], draws[epoch - sample]
        index = samples.order[epoch % samples.order.size]
        own = samples.labels[index]
        _show(index, samples)
        best = find_rival(own, samples.x, rule, readout)
        predictions[epoch % predictions.size] = np.argmax(readout.scores)
        learn_prototypes(own, best, samples.x, epoch, step, draw, rule.learn_readout, rule, readout)


@merged
def _show(index: int, samples: Samples) -> None:
    samples.saturated[0] += samples.beyond[index]
    samples.x[:] = 0
    for k in range(samples.starts[index], samples.starts[index + 1]):
        samples.x[samples.columns[k]] = samples.values[k]


@merged
def _first_drive(index: int, samples: Samples, layer: Layer) -> None:
    layer.drive[:] = 0
    for k in range(samples.starts[index], samples.starts[index + 1]):
        _add(layer.weights[samples.columns[k]], samples.values[k], layer.drive)


@compiled
def _begin(rule: Rule, layer: Layer) -> None:
    layer.held[:] = 0
    if rule.reset:
        layer.u[:] = 0


@compiled
def _drive(layer: Layer) -> None:
    layer.drive[:] = 0
    for j in range(layer.below.size):
        if layer.below[j] > 0:
            _add(layer.weights[j], np.int32(layer.below[j]), layer.drive)


@compiled
def _add(weights: np.ndarray, activity: int, drive: np.ndarray) -> None:
    for i in range(drive.size):
        drive[i] += weights[i] * activity


@compiled
def _step(rule: Rule, layer: Layer) -> None:
    """Advance membranes and outputs by one time step, and keep the trace of the outputs."""
    drive = scaled_drive(layer.drive.astype(np.int64), layer.weight_exp[0])
    u = leaked(layer.u, drive + layer.bias, rule.leak)
    layer.layer_saturated[0] += beyond(u, -MEMBRANE_LIMIT, MEMBRANE_LIMIT)
    layer.u[:] = limited(u, -MEMBRANE_LIMIT, MEMBRANE_LIMIT)
    exact = normalised(np.maximum(layer.u, 0))
    layer.layer_saturated[1] += beyond(exact, 0, ACTIVITY_LIMIT)
    layer.z[:] = activities(exact, rule.trace_bits)
    for i in range(layer.z.size):
        if layer.z[i] > 0:
            layer.held[i] = layer.z[i]
