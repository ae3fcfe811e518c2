"""A connection that uses the weights of another one backwards."""

from typing import Any

import numpy as np
from lava.magma.core.process.ports.ports import InPort, OutPort, RefPort
from lava.magma.core.process.process import AbstractProcess


class TransposedDense(AbstractProcess):
    """Feedback through the transpose of a plastic connection's weights.

    Synapses of a chip work in one direction, and no stock Process has a transpose. This one
    reads the other connection's weights after each of its learning epochs, through a RefPort,
    as an embedded processor reads the memory of its core.

    Parameters
    ----------
    weights : ndarray, shape (C, n)
        Of the other connection, as they are at the start.
    t_epoch : int
        Its learning epoch in time steps.
    **params
        ``name``.

    Attributes
    ----------
    s_in : InPort, shape (C,)
    a_out : OutPort, shape (n,)
        ``W^T s``, in the same time step.
    weights_ref : RefPort, shape (C, n)
        To be connected to the other connection's ``weights``.
    """

    def __init__(self, *, weights: np.ndarray, t_epoch: int, **params: Any) -> None:
        super().__init__(weights=weights, t_epoch=t_epoch, **params)
        self.s_in = InPort(shape=weights.shape[:1])
        self.a_out = OutPort(shape=weights.shape[1:])
        self.weights_ref = RefPort(shape=weights.shape)
