"""The time steps of one presentation, through all layers.

Layer 1 has a constant drive. While none of its neurons crosses zero, its rates leak towards
their drives, and so does every linear function of them: the drive ``y = W r`` of layer 2 obeys
``y <- y + (D - y) / tau`` with ``D = W d`` over the active neurons. A neuron that crosses
zero adds or removes its own column from y and D. So layer 2 multiplies by its weights once
a presentation and once for each crossing, not at every step; deeper layers do at each.

Traces of layer 2 and deeper are leaky sums of ``[u_i(t) > 0] z_j(t)``. A neuron that stays
on its side all the presentation has the leaky average Z of z, or nothing; one that switches
between t-1 and t has ``Z(T) - keep^(T-t+1) Z(t-1)``, or what is missing of it.

The functions take plain arrays: a tuple of twenty arrays costs more to hand over than a time
step to compute.
"""

import numpy as np

from lava_ib.processes.fused.compiler import compiled, merged
from lava_ib.processes.fused.structures import FirstLayer, Layer, Rule


@merged
def run_steps(rule: Rule, layers: tuple[Layer, ...], first: FirstLayer) -> None:
    """Run a presentation; at its end u, gate, z and average of each layer are up to date."""
    bottom, second = layers[0], layers[min(1, len(layers) - 1)]
    u, gate, before, z = bottom.u, bottom.gate, bottom.before, bottom.z
    drive, bias = first.drive, bottom.bias
    above, target, weights = second.drive, second.target, second.weights
    traced = rule.learn_hidden and not rule.chip
    first.gates_now[:] = 0.0
    for number in range(len(layers)):
        layers[number].average[:] = 0.0
    for t in range(1, rule.steps + 1):
        crossed = _advance(drive, 1.0, bias, rule.tau, u, gate, before)
        scale = _normalise(u, gate, z)
        if traced:
            _keep_average(rule.keep, gate, first.gates_now)
        if len(layers) > 1:
            if t == 1:
                _multiply(weights, u, gate, above)
                _multiply(weights, drive, gate, target)
            else:
                _leak_drive(crossed > 0.0, rule.tau, weights, u, gate, before, drive, above, target)
            for number in range(1, len(layers)):
                below, layer = layers[number - 1], layers[number]
                if number > 1:
                    _multiply(layer.weights, below.u, below.gate, layer.drive)
                switched = _advance(
                    layer.drive, scale, layer.bias, rule.tau, layer.u, layer.gate, layer.before
                )
                if traced:
                    if t > 1 and switched > 0.0 and rule.keep > 0.0:
                        _note_switches(rule.keep ** (rule.steps - t + 1), below.average, layer)
                    _keep_average(rule.keep, below.z, below.average)
                scale = _normalise(layer.u, layer.gate, layer.z)


@compiled
def _advance(
    drive: np.ndarray,
    scale: float,
    bias: np.ndarray,
    tau: float,
    u: np.ndarray,
    gate: np.ndarray,
    before: np.ndarray,
) -> float:
    """Advance the membranes by a step; returns how many neurons crossed zero."""
    leak = 1.0 / tau
    crossed = 0.0
    for i in range(u.size):
        before[i] = gate[i]
        u[i] += (drive[i] * scale + bias[i] - u[i]) * leak
        gate[i] = 1.0 if u[i] > 0.0 else 0.0
        crossed += abs(gate[i] - before[i])
    return crossed


@compiled
def _normalise(u: np.ndarray, gate: np.ndarray, z: np.ndarray) -> float:
    """Set z to the normalised rates; returns one over their norm, 0 for a silent layer."""
    square = 0.0
    for i in range(u.size):
        z[i] = u[i] * gate[i]
        square += z[i] * z[i]
    scale = 1.0 / np.sqrt(square) if square > 0.0 else 0.0
    for i in range(u.size):
        z[i] *= scale
    return scale


@compiled
def _multiply(weights: np.ndarray, values: np.ndarray, gate: np.ndarray, out: np.ndarray) -> None:
    """``out = W v`` over the active neurons."""
    out[:] = 0.0
    for j in range(values.size):
        if gate[j] > 0.0:
            for i in range(out.size):
                out[i] += values[j] * weights[j, i]


@compiled
def _leak_drive(
    crossed: bool,
    tau: float,
    weights: np.ndarray,
    u: np.ndarray,
    gate: np.ndarray,
    before: np.ndarray,
    drive: np.ndarray,
    above: np.ndarray,
    target: np.ndarray,
) -> None:
    """Advance the drive of layer 2, whose target changes where a neuron below crosses zero."""
    leak = 1.0 / tau
    for i in range(above.size):
        above[i] += (target[i] - above[i]) * leak
    if crossed:
        for j in range(u.size):
            sign = gate[j] - before[j]
            if sign != 0.0:
                for i in range(above.size):
                    above[i] += sign * u[j] * weights[j, i]
                    target[i] += sign * drive[j] * weights[j, i]


@compiled
def _keep_average(keep: float, values: np.ndarray, average: np.ndarray) -> None:
    for j in range(average.size):
        average[j] = keep * average[j] + (1.0 - keep) * values[j]


@merged
def _note_switches(share: float, average: np.ndarray, layer: Layer) -> None:
    """`average` is that of the layer below at the step before."""
    for i in range(layer.u.size):
        change = layer.before[i] - layer.gate[i]
        if change != 0.0:
            layer.switched[i] = True
            for j in range(average.size):
                layer.partial[i, j] += share * change * average[j]
