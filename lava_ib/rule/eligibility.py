"""The synapse's own part of the rule: an eligibility trace and a three-factor update.

A trace remembers which inputs drove a neuron while it was active. When the third factor
arrives, the weight moves by the product of the two; nothing else is needed at the synapse.
"""

import numpy as np


def decay_trace(trace: np.ndarray, gate: np.ndarray, a: np.ndarray, gain: float) -> None:
    """Move the traces towards the present coincidence, in place.

    ``e_ij <- e_ij + gain * (phi'(u_i) a_j - e_ij)``; with ``gain = 1 / tau_e`` this is the
    eligibility trace of Daruwalla & Lipasti (2024).

    Parameters
    ----------
    trace : ndarray, shape (n_post, n_pre)
        Eligibility traces; overwritten.
    gate : ndarray, shape (n_post,)
        Slopes ``phi'(u)``, 0 or 1.
    a : ndarray, shape (n_pre,)
        Presynaptic values.
    gain : float
        In (0, 1].
    """
    trace *= 1.0 - gain
    trace += np.outer(gain * gate, a)


def epoch_gain(tau_e: float, steps: int) -> float:
    """Gain of a trace that moves once in `steps` time steps.

    ``1 - (1 - 1/tau_e)^steps``: what a trace with time constant `tau_e` (time steps) covers
    of a constant input in that time. Loihi's learning engine moves its tags in this way,
    once per learning epoch.
    """
    return float(1.0 - (1.0 - 1.0 / tau_e) ** steps)


def apply_modulator(weights: np.ndarray, trace: np.ndarray, xi: np.ndarray, eta: float) -> None:
    """Three-factor update, in place: ``W_ij <- W_ij + eta * xi_i * e_ij``.

    Parameters
    ----------
    weights, trace : ndarray, shape (n_post, n_pre)
    xi : ndarray, shape (n_post,)
        Third factor of each postsynaptic neuron.
    eta : float
        Learning rate, at least 0.
    """
    weights += (eta * xi).reshape(-1, 1) * trace
