"""All-to-all synapses that do not learn."""

from typing import Any

import numpy as np
from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.process.variable import Var

from lava_ib.processes.integer_vars import integer_vars


class FixedDense(AbstractProcess):
    """Dense connection with fixed weights.

    Unlike Lava's ``Dense`` it adds no time step of delay.

    Parameters
    ----------
    weights : ndarray, shape (n_post, n_pre)
    **params
        ``name``, ``state_folder``, ``state_part``: see
        :mod:`lava_ib.processes.mapped_state`; ``fixed``: see
        :class:`lava_ib.rule.fixed.settings.FixedSettings`; ``leaves_memory``: whether, in
        integers, what is sent is a memory's modulator.

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
        integer_vars(self, weight_exp=1, updates=1, saturated_a_out=1)
