"""The loop over presentations, compiled.

Work per sample of a network n0-n1-n2-...-C with T steps, s of n0 inputs not zero:

- first connection: about ``2 s n1`` multiply-adds, forward and update, and as many weights
  read and written; ``s H`` more for updates not yet written;
- second connection: ``n1 n2`` forward (half of it where half the neurons are silent),
  ``n1 n2`` to ``3 n1 n2`` for trace and update, and ``T (n1 + n2)`` for the time steps;
- each deeper connection: ``T n m`` forward, ``n m`` to ``3 n m`` to learn;
- prototypes ``3 C n`` for each layer and the readout; a window ``3 N n``.

Only the part linear in ``n1 + n2`` grows with the number of steps. In bytes, weights and traces
are moved as often as they are multiplied, eight bytes each; 784-128-64-10 lives in the
second-level cache.
"""

import numpy as np

from lava_ib.processes.fused.compiler import compiled, merged
from lava_ib.processes.fused.dynamics import run_steps
from lava_ib.processes.fused.first_layer import first_drive, fold
from lava_ib.processes.fused.learning import learn_hidden
from lava_ib.processes.fused.structures import FirstLayer, Layers, Readout, Rule, Samples
from lava_ib.rule.readout import class_error, delta_rule
from lava_ib.rule.schedule import linear_to_zero


@compiled
def present(
    sample: int,
    count: int,
    samples: Samples,
    rule: Rule,
    layers: Layers,
    first: FirstLayer,
    readout: Readout,
) -> None:
    """Present `count` samples of one pass, beginning with presentation number `sample`.

    At the end weights and traces are written out in full.
    """
    x = np.zeros(samples.offset.size)
    for presentation in range(sample, sample + count):
        index = samples.order[presentation % samples.order.size]
        factor = linear_to_zero(presentation, rule.total_samples)
        set_label(samples.labels[index], readout.label)
        set_label(samples.memory_labels[index], readout.memory_label)
        if rule.reset:
            for number in range(rule.depth):
                layers.u[number][:] = 0.0
        first_drive(index, samples, layers.weights[0], first)
        run_steps(readout.memory_label, rule, layers, first)
        if rule.learn_hidden:
            if layers.memories[0].window_x.shape[1] > 0:
                _spread(index, samples, x)
            label = readout.memory_label
            learn_hidden(index, presentation, factor, label, x, rule, samples, layers, first)
        read_out(presentation, layers.z[rule.depth - 1], factor, rule, readout)
    if rule.learn_hidden:
        fold(rule, samples, layers.weights[0], layers.trace[0], first)
        if rule.keep == 0.0 and not rule.chip:
            for number in range(1, rule.depth):
                layers.trace[number][:] = np.outer(layers.z[number - 1], layers.gate[number])


@compiled
def present_to_readout(
    sample: int, count: int, samples: Samples, rule: Rule, readout: Readout
) -> None:
    """Present samples to a readout without hidden layers; see :func:`present`."""
    x = np.zeros(samples.offset.size)
    for presentation in range(sample, sample + count):
        index = samples.order[presentation % samples.order.size]
        factor = linear_to_zero(presentation, rule.total_samples)
        set_label(samples.labels[index], readout.label)
        _spread(index, samples, x)
        read_out(presentation, x, factor, rule, readout)


@compiled
def set_label(number: int, label: np.ndarray) -> None:
    """Make a label one-hot, in place; zeros for -1."""
    label[:] = 0.0
    if number >= 0:
        label[number] = 1.0


@merged
def _spread(index: int, samples: Samples, x: np.ndarray) -> None:
    """Write a sample as the dense vector that the other backends see."""
    for j in range(x.size):
        x[j] = -samples.offset[j]
    for k in range(samples.starts[index], samples.starts[index + 1]):
        x[samples.columns[k]] += samples.values[k]


@compiled
def read_out(presentation: int, z: np.ndarray, factor: float, rule: Rule, readout: Readout) -> None:
    """Note the prediction, then learn from the label, as a :class:`Readout` does."""
    scores = np.dot(readout.weights, z)
    readout.predictions[presentation % readout.predictions.size] = np.argmax(scores)
    if rule.learn_readout and np.sum(readout.label) > 0.0:
        error = class_error(
            readout.weights, z, readout.label, rule.readout_beta, rule.readout_smoothing
        )
        delta_rule(readout.weights, error, z, rule.readout_alpha * factor)
