"""The modulator of the paper's released code, which is another one than the paper's.

``projectlib/hsic.py`` of https://github.com/darsnack/biological-hsic (MIT License) takes the
diagonal of the centred kernels where the gradient of HSIC has the newest sample's row. So no
stored sample is told apart by its label: all of them repel the newest. It is here to be
measured beside :func:`lava_ib.rule.memory.window.hsic_modulator`.
"""

import numpy as np

from lava_ib.rule.kernels import gaussian_matrix, log_gaussian


def released_modulator(
    z: np.ndarray,
    labels: np.ndarray,
    inputs: np.ndarray,
    newest: int,
    sigma: float,
    gamma: float,
    sigma_x: float,
    fixed: bool,
) -> np.ndarray:
    """Third factor of the released code, sign changed so that it is climbed like the others.

    ``xi = 2 / (N (N-1)^2 sigma^2) sum_q (d_0 + d_q) kz(0,q) (z_0 - z_q)`` with
    ``d_p = gamma (ky(p,p) - mean_q ky(p,q)) - (kx(p,p) - mean_q kx(p,q))``, both kernels 1 on
    the diagonal. As released, ``d_q`` is missing: it was multiplied by the distance of the
    newest sample from itself, until commit 488c1d2 of 2024-10-22. Labels are compared
    exactly here, where the released code has a Gaussian kernel, which scales the label term.

    Parameters
    ----------
    z, labels, inputs, newest, sigma, gamma, sigma_x
        As for :func:`lava_ib.rule.memory.window.hsic_modulator`.
    fixed : bool
        Whether ``d_q`` counts.

    Returns
    -------
    ndarray, shape (n,)
        Zeros while fewer than two samples are stored.
    """
    size = z.shape[0]
    if size < 2:
        return np.zeros(z.shape[1])
    diagonal = gamma * (1.0 - np.dot(labels, np.sum(labels, axis=0)) / size)
    if inputs.shape[1] > 0:
        diagonal = diagonal - (1.0 - np.sum(gaussian_matrix(inputs, sigma_x), axis=0) / size)
    own = diagonal[newest] + (diagonal if fixed else np.zeros(size))
    weight = own * np.exp(log_gaussian(z[newest], z, sigma))
    scale = 2.0 / (size * (size - 1) ** 2 * sigma**2)
    return scale * (np.sum(weight) * z[newest] - np.dot(weight, z))
