"""Leaky tanh units of a reservoir."""

from typing import Any

from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.process.variable import Var


class ReservoirUnits(AbstractProcess):
    """Units with rates ``tanh(u)`` that advance at every time step.

    Parameters
    ----------
    units : int
        Their number D.
    tau : float
        Time constant in time steps, at least 1.
    u : float or ndarray, optional
        Initial values of the Var.
    **params
        ``name``, ``state_folder``, ``state_part``: see
        :mod:`lava_ib.processes.mapped_state`.

    Attributes
    ----------
    a_in : InPort, shape (D,)
        Drive from all connections, the recurrent one included.
    s_out_recurrent : OutPort, shape (D,)
        Rates of the time step before, sent first of all.
    s_out : OutPort, shape (D,)
        Rates of this time step.
    u : Var, shape (D,)
        Membrane potentials.
    """

    def __init__(self, *, units: int, tau: float, u: Any = 0.0, **params: Any) -> None:
        super().__init__(tau=tau, **params)
        self.a_in = InPort(shape=(units,))
        self.s_out_recurrent = OutPort(shape=(units,))
        self.s_out = OutPort(shape=(units,))
        self.u = Var(shape=(units,), init=u)
