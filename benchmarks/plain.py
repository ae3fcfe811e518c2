"""The rule as one writes it first: every synapse at every time step, nothing left out.

Its results are those of the toolkit to rounding, which the benchmark checks.
"""

import numba
import numpy as np


@numba.njit(fastmath=True)
def move_trace(trace: np.ndarray, gate: np.ndarray, a: np.ndarray, tau_e: float) -> None:
    for i in range(gate.size):
        for j in range(a.size):
            trace[i, j] += (gate[i] * a[j] - trace[i, j]) / tau_e


@numba.njit(fastmath=True)
def apply(weights: np.ndarray, trace: np.ndarray, step: np.ndarray) -> None:
    for i in range(step.size):
        for j in range(weights.shape[1]):
            weights[i, j] += step[i] * trace[i, j]


@numba.njit(fastmath=True)
def present(
    order: np.ndarray,
    presented: int,
    x: np.ndarray,
    labels: np.ndarray,
    weights: tuple[np.ndarray, ...],
    traces: tuple[np.ndarray, ...],
    potentials: tuple[np.ndarray, ...],
    prototypes: tuple[np.ndarray, ...],
    readout: np.ndarray,
    constants: np.ndarray,
) -> None:
    """Present the samples that `order` names; all arrays after `labels` change in place."""
    steps, tau, tau_e, eta, decay, interval, divide = constants[:7]
    beta, smoothing, alpha, readout_beta, readout_smoothing, readout_alpha = constants[7:]
    depth, classes = len(weights), readout.shape[0]
    for index in order:
        presented += 1
        z = x[index]
        for _ in range(int(steps)):
            a = x[index]
            for k in range(depth):
                u = potentials[k]
                u += (np.dot(weights[k], a) - u) / tau
                gate = np.where(u > 0.0, 1.0, 0.0)
                move_trace(traces[k], gate, a, tau_e)
                r = u * gate
                norm = np.sqrt(np.dot(r, r))
                a = r / norm if norm > 0.0 else r
            z = a
        onehot = np.zeros(classes)
        onehot[labels[index]] = 1.0
        for k in range(depth):
            r = np.maximum(potentials[k], 0.0)
            norm = np.sqrt(np.dot(r, r))
            if norm > 0.0:
                own = r / norm
                rows = prototypes[k]
                scores = beta * np.dot(rows, own)
                q = np.exp(scores - np.max(scores))
                error = (1.0 - smoothing) * onehot + smoothing / classes - q / np.sum(q)
                xi = beta * np.dot(error, rows)
                xi = xi - np.dot(xi, own) * own
                if divide > 0.0:
                    xi = xi / norm
                rows += np.outer(alpha * error, own)
                apply(weights[k], traces[k], eta * xi)
            if presented % interval == 0:
                weights[k][:] *= 1.0 - interval * decay
        scores = readout_beta * np.dot(readout, z)
        q = np.exp(scores - np.max(scores))
        error = (1.0 - readout_smoothing) * onehot + readout_smoothing / classes - q / np.sum(q)
        readout += np.outer(readout_alpha * error, z)
