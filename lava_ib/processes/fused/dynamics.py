"""The time steps of one presentation, through all layers.

Layer 1 has a constant drive. While none of its neurons crosses zero, its rates leak towards
their drives, and so does every linear function of them: the drive ``y = W r`` of layer 2 obeys
``y <- y + (D - y) / tau`` with ``D = W d`` over the active neurons. A neuron that crosses
zero adds or removes its own column from y and D. So layer 2 multiplies by its weights once
a presentation and once for each crossing, not at every step; deeper layers do at each.

Traces of layer 2 and deeper are leaky sums of ``[u_i(t) > 0] z_j(t)``. A neuron that stays
on its side all the presentation has the leaky average Z of z, or nothing; one that switches
between t-1 and t has ``Z(T) - keep^(T-t+1) Z(t-1)``, or what is missing of it.
"""

import numpy as np

from lava_ib.processes.fused.compiler import compiled
from lava_ib.processes.fused.structures import FirstLayer, Layer, Rule


@compiled
def run_steps(rule: Rule, layers: tuple[Layer, ...], first: FirstLayer) -> float:
    """Run a presentation; returns the norm of the last layer's rates."""
    norm = 0.0
    first.gates_now[:] = 0.0
    for t in range(1, rule.steps + 1):
        crossings = _step_first(t, rule, layers[0], first)
        norm = _normalise(rule, layers[0])
        for number in range(1, len(layers)):
            below, layer = layers[number - 1], layers[number]
            if number == 1 and t > 1:
                _leak_drive(crossings, rule, below, layer, first)
            else:
                _multiply(number == 1 and rule.steps > 1, below, layer, first)
            _step(t, norm, rule, below, layer)
            if rule.learn_hidden and not rule.chip:
                _average(t, rule, below)
            norm = _normalise(rule, layer)
    return norm


@compiled
def _step_first(t: int, rule: Rule, layer: Layer, first: FirstLayer) -> int:
    crossings = 0
    for i in range(layer.u.size):
        u = layer.u[i] + (first.drive[i] - layer.u[i]) / rule.tau
        gate = 1.0 if u > 0.0 else 0.0
        if t > 1 and gate != layer.gate[i]:
            first.crossed[crossings] = i
            crossings += 1
        layer.u[i] = u
        layer.gate[i] = gate
        first.gates_now[i] = rule.keep * first.gates_now[i] + (1.0 - rule.keep) * gate
    return crossings


@compiled
def _normalise(rule: Rule, layer: Layer) -> float:
    """Set z to the normalised rates and return their norm."""
    square = 0.0
    for i in range(layer.u.size):
        rate = layer.u[i] * layer.gate[i]
        square += rate * rate
    norm = np.sqrt(square)
    scale = 1.0 / norm if norm > 0.0 else 0.0
    for i in range(layer.u.size):
        layer.z[i] = layer.u[i] * layer.gate[i] * scale
    return norm


@compiled
def _multiply(leaking: bool, below: Layer, layer: Layer, first: FirstLayer) -> None:
    """``drive = W r`` over the active neurons below and, if it is to leak, its target."""
    layer.drive[:] = 0.0
    layer.target[:] = 0.0
    for j in range(below.u.size):
        if below.gate[j] > 0.0:
            rate, row = below.u[j], layer.weights[j]
            if leaking:
                towards = first.drive[j]
                for i in range(row.size):
                    layer.drive[i] += rate * row[i]
                    layer.target[i] += towards * row[i]
            else:
                for i in range(row.size):
                    layer.drive[i] += rate * row[i]


@compiled
def _leak_drive(crossings: int, rule: Rule, below: Layer, layer: Layer, first: FirstLayer) -> None:
    for i in range(layer.drive.size):
        layer.drive[i] += (layer.target[i] - layer.drive[i]) / rule.tau
    for crossing in range(crossings):
        j = first.crossed[crossing]
        sign = 1.0 if below.gate[j] > 0.0 else -1.0
        rate, towards, row = sign * below.u[j], sign * first.drive[j], layer.weights[j]
        for i in range(row.size):
            layer.drive[i] += rate * row[i]
            layer.target[i] += towards * row[i]


@compiled
def _step(t: int, norm: float, rule: Rule, below: Layer, layer: Layer) -> None:
    """Advance the membranes; `below.average` is still that of the step before."""
    scale = 1.0 / norm if norm > 0.0 else 0.0
    traced = rule.learn_hidden and not rule.chip and rule.keep > 0.0
    for i in range(layer.u.size):
        drive = layer.drive[i] * scale + layer.bias[i]
        u = layer.u[i] + (drive - layer.u[i]) / rule.tau
        gate = 1.0 if u > 0.0 else 0.0
        if t > 1 and traced and gate != layer.gate[i]:
            layer.switched[i] = True
            share = (layer.gate[i] - gate) * rule.keep ** (rule.steps - t + 1)
            for j in range(below.average.size):
                layer.partial[i, j] += share * below.average[j]
        layer.u[i] = u
        layer.gate[i] = gate


@compiled
def _average(t: int, rule: Rule, below: Layer) -> None:
    keep = rule.keep if t > 1 else 0.0  # each presentation's average starts anew
    for j in range(below.average.size):
        below.average[j] = keep * below.average[j] + (1.0 - rule.keep) * below.z[j]
