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

from lava_ib.processes.fused.compiler import compiled, merged
from lava_ib.processes.fused.structures import MEMORIES, FirstLayer, LayerMemory, Layers, Rule
from lava_ib.rule.memory.reservoir import advance

_RESERVOIR = MEMORIES["reservoir"]


@merged
def run_steps(label: np.ndarray, rule: Rule, layers: Layers, first: FirstLayer) -> None:
    """Run a presentation; at its end u, gate, z and average of each layer are up to date.

    So are the units of reservoirs, which see each step of z beside the `label`.

    The arrays of the first two layers are taken out of their tuples before the loop: each
    such access counts a reference, which costs as much as the arithmetic on it.
    """
    depth, steps, tau, keep = rule.depth, rule.steps, rule.tau, rule.keep
    second = min(1, depth - 1)
    traced = rule.learn_hidden and not rule.chip
    noted = traced and keep > 0.0
    drive1, bias1, gates_now = first.drive, layers.bias[0], first.gates_now
    u1, gate1, before1 = layers.u[0], layers.gate[0], layers.before[0]
    z1, average1 = layers.z[0], layers.average[0]
    drive2, target2 = layers.drive[second], layers.target[second]
    bias2, weights2 = layers.bias[second], layers.weights[second]
    u2, gate2, before2 = layers.u[second], layers.gate[second], layers.before[second]
    z2, switched2, partial2 = layers.z[second], layers.switched[second], layers.partial[second]
    gates_now[:] = 0.0
    for number in range(depth):
        layers.average[number][:] = 0.0
    for t in range(1, steps + 1):
        crossed = _advance(drive1, 1.0, bias1, tau, u1, gate1, before1)
        scale = _normalise(u1, gate1, z1)
        if traced:
            _keep_average(keep, gate1, gates_now)
        share = keep ** (steps - t + 1) if noted and t > 1 else 0.0
        if depth > 1:
            if t == 1:
                _multiply(weights2, u1, gate1, drive2)
                _multiply(weights2, drive1, gate1, target2)
            else:
                _leak(tau, target2, drive2)
                if crossed > 0.0:
                    _cross(weights2, u1, gate1, before1, drive2)
                    _cross(weights2, drive1, gate1, before1, target2)
            switched = _advance(drive2, scale, bias2, tau, u2, gate2, before2)
            if switched > 0.0 and share > 0.0:
                _note_switches(share, average1, gate2, before2, switched2, partial2)
            if traced:
                _keep_average(keep, z1, average1)
            scale = _normalise(u2, gate2, z2)
        for number in range(2, depth):
            scale = _step_deeper(number, scale, share, traced, rule, layers)
        if rule.memory == _RESERVOIR and rule.learn_hidden:
            for number in range(depth):
                advance_reservoir(label, rule.reservoir_tau, layers.memories[number])


@merged
def _step_deeper(
    number: int, scale: float, share: float, traced: bool, rule: Rule, layers: Layers
) -> float:
    """One step of the third layer or one above; returns one over the norm of its rates.

    `scale` is that of the layer below; `share` is what is kept of an average of the step
    before until the presentation ends.
    """
    drive, u, gate = layers.drive[number], layers.u[number], layers.gate[number]
    before, average = layers.before[number], layers.average[number - 1]
    _multiply(layers.weights[number], layers.u[number - 1], layers.gate[number - 1], drive)
    switched = _advance(drive, scale, layers.bias[number], rule.tau, u, gate, before)
    if switched > 0.0 and share > 0.0:
        _note_switches(
            share, average, gate, before, layers.switched[number], layers.partial[number]
        )
    if traced:
        _keep_average(rule.keep, layers.z[number - 1], average)
    return _normalise(u, gate, layers.z[number])


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
def _leak(tau: float, target: np.ndarray, drive: np.ndarray) -> None:
    leak = 1.0 / tau
    for i in range(drive.size):
        drive[i] += (target[i] - drive[i]) * leak


@compiled
def _cross(
    weights: np.ndarray,
    values: np.ndarray,
    gate: np.ndarray,
    before: np.ndarray,
    out: np.ndarray,
) -> None:
    """Add to ``W v`` the columns of neurons that became active, subtract those of the silent."""
    for j in range(values.size):
        sign = gate[j] - before[j]
        if sign != 0.0:
            for i in range(out.size):
                out[i] += sign * values[j] * weights[j, i]


@compiled
def _keep_average(keep: float, values: np.ndarray, average: np.ndarray) -> None:
    for j in range(average.size):
        average[j] = keep * average[j] + (1.0 - keep) * values[j]


@compiled
def _note_switches(
    share: float,
    average: np.ndarray,
    gate: np.ndarray,
    before: np.ndarray,
    switched: np.ndarray,
    partial: np.ndarray,
) -> None:
    """`average` is that of the layer below at the step before."""
    for i in range(gate.size):
        change = before[i] - gate[i]
        if change != 0.0:
            switched[i] = True
            for j in range(average.size):
                partial[i, j] += share * change * average[j]


@compiled
def advance_reservoir(label: np.ndarray, tau: float, memory: LayerMemory) -> None:
    """Advance the units of a layer's reservoir by a step."""
    u = memory.reservoir_u
    drive = np.dot(memory.recurrent, np.tanh(u))
    advance(u, drive + np.dot(memory.inputs, memory.z) + np.dot(memory.label_inputs, label), tau)
