"""A connection on the chip between neurons on the host."""

import numpy as np
from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.process.variable import Var

from lava_ib.hardware.frozen_network import WEIGHT_BITS


class ChipSynapses(AbstractProcess):
    """Weighted sums of what the host sends, a time step later.

    Parameters
    ----------
    weights : ndarray of int, shape (n_post, n_pre)
        Of nine bits with the sign, or fewer. The chip keeps eight; nine are for CPU alone.
    exponent : int
        Sums are multiplied by ``2^exponent``, and rounded down.
    weight_bits : int
        Width of the weights, with the sign.
    **params
        ``name``.

    Attributes
    ----------
    s_in : InPort, shape (n_pre,)
    a_out : OutPort, shape (n_post,)
    weights : Var, shape (n_post, n_pre)
        As the synapses hold them: see :meth:`stored`.
    """

    def __init__(
        self, *, weights: np.ndarray, exponent: int, weight_bits: int, **params: object
    ) -> None:
        super().__init__(weights=weights, exponent=exponent, weight_bits=weight_bits, **params)
        self.s_in = InPort(shape=weights.shape[1:])
        self.a_out = OutPort(shape=weights.shape[:1])
        self.weights = Var(shape=weights.shape, init=self.stored(weights))

    @property
    def doubled(self) -> bool:
        """Whether weights go in as twice themselves: MIXED drops the last bit of nine."""
        return bool(self.proc_params["weight_bits"] <= WEIGHT_BITS)

    def stored(self, weights: np.ndarray) -> np.ndarray:
        """Weights as the synapses hold them."""
        return (weights << int(self.doubled)).astype(np.int32)
