"""All-to-all synapses that do not learn."""

from typing import Any

import numpy as np
from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.process.variable import Var


class FixedDense(AbstractProcess):
    """Dense connection with fixed weights.

    Unlike Lava's ``Dense`` it adds no time step of delay.

    Parameters
    ----------
    weights : ndarray, shape (n_post, n_pre)
    **params
        ``name``: see :class:`lava.magma.core.process.process.AbstractProcess`.

    Attributes
    ----------
    s_in : InPort, shape (n_pre,)
    a_out : OutPort, shape (n_post,)
        ``W s``.
    weights : Var, shape (n_post, n_pre)
    """

    def __init__(self, *, weights: np.ndarray, **params: Any) -> None:
        super().__init__(**params)
        self.s_in = InPort(shape=weights.shape[1:])
        self.a_out = OutPort(shape=weights.shape[:1])
        self.weights = Var(shape=weights.shape, init=weights)
