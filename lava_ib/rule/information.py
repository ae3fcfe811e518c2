"""How much a layer's output has to do with the input and with the label, by HSIC.

What the paper's rule is to lower and to raise. It is measured on many samples at once, on
what the layers settle to, whatever memory the layers learn from.
"""

from typing import NamedTuple

import numpy as np

from lava_ib.rule.convolution import convolve, patches
from lava_ib.rule.geometry import Geometry
from lava_ib.rule.kernels import gaussian_matrix
from lava_ib.rule.neuron import rate
from lava_ib.rule.normalisation import normalise
from lava_ib.rule.settings import Settings
from lava_ib.rule.state import State
from lava_ib.rule.summary import average_pool, pass_on, summarise

SIGMA, SIGMA_X = 0.5, 1.0
"""Widths of the kernels on normalised rates, and on inputs whose norms are about 1."""


class Dependence(NamedTuple):
    """Of one layer.

    Attributes
    ----------
    hsic_x, hsic_y : float
        HSIC(X, Z) and HSIC(Y, Z), at least 0.
    """

    hsic_x: float
    hsic_y: float


def dependences(settings: Settings, state: State, x: np.ndarray, y: np.ndarray) -> list[Dependence]:
    """Measure each hidden layer.

    Parameters
    ----------
    settings : Settings
    state : State
        Of a network.
    x : ndarray, shape (N, n)
        Prepared inputs.
    y : ndarray of int, shape (N,)
        Labels.
    """
    k_x, k_y = gaussian_matrix(x, SIGMA_X), (y[:, None] == y).astype(float)
    found = []
    for z in settled_outputs(settings, state, x):
        k_z = gaussian_matrix(z, SIGMA)
        found.append(Dependence(hsic(k_x, k_z), hsic(k_y, k_z)))
    return found


def hsic(kernel: np.ndarray, other: np.ndarray) -> float:
    """Biased estimate ``tr(K H L H) / (N-1)^2`` of Gretton et al. (2005).

    Parameters
    ----------
    kernel, other : ndarray, shape (N, N)
        Symmetric, of the same N samples, at least 2.
    """
    means = kernel.mean(axis=0)
    centred = kernel - means - means[:, None] + means.mean()
    return float(np.sum(centred * other) / (len(kernel) - 1) ** 2)


def settled_outputs(settings: Settings, state: State, x: np.ndarray) -> list[np.ndarray]:
    """What each hidden layer shows at the end of a long presentation, where ``u = W a + b``.

    Parameters
    ----------
    settings, state, x
        As for :func:`dependences`.

    Returns
    -------
    list of ndarray, shape (N, n_layer)
        Normalised rates; of a map, its normalised summary.
    """
    if settings.network.convolutions:
        samples = [_map_outputs(settings.network.geometries, state, sample) for sample in x]
        return [np.array(layer) for layer in zip(*samples, strict=True)]
    outputs, below = [], x
    for number in range(1, settings.hidden + 1):
        u = below @ state[f"dense{number}/weights"].T + state[f"layer{number}/bias"]
        below = np.array([normalise(r)[0] for r in rate(u)])
        outputs.append(below)
    return outputs


def _map_outputs(geometries: tuple[Geometry, ...], state: State, x: np.ndarray) -> list[np.ndarray]:
    return [
        normalise(summarise(pooled, geometry.grid) - state[f"pool{number}/summary_mean"])[0]
        for number, (geometry, pooled) in enumerate(
            zip(geometries, settled_maps(geometries, state, x), strict=True), start=1
        )
    ]


def settled_maps(geometries: tuple[Geometry, ...], state: State, x: np.ndarray) -> list[np.ndarray]:
    """Pooled rates of each layer of a network with convolutions, for one sample.

    Parameters
    ----------
    geometries : tuple of Geometry
    state : State
        Of the network.
    x : ndarray, shape (n,)
        One prepared input.

    Returns
    -------
    list of ndarray, shape (x, y, channels)
        At least 0.
    """
    maps, below = [], x.reshape(geometries[0].input)
    for number, geometry in enumerate(geometries, start=1):
        drive = convolve(state[f"conv{number}/weights"], patches(below, geometry), geometry)
        maps.append(average_pool(rate(drive), geometry.pool))
        below = pass_on(maps[-1], state[f"pool{number}/channel_mean"])
    return maps
