"""The linear readout of a reservoir, which estimates the modulator."""

from typing import Any

from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.process.variable import Var


class ReservoirReadout(AbstractProcess):
    """Modulators ``R r``; learns by the normalised delta rule where it has a teacher.

    Parameters
    ----------
    shape : tuple of int
        (n, D): neurons of the layer, units of the reservoir.
    classes : int
        Number of classes C.
    rate : float
        Of the delta rule; 0: the readout does not learn.
    steps_per_sample : int
        Time steps of a presentation.
    readout_weights : float or ndarray, optional
        Initial values of the Var.
    **params
        ``name``, ``state_folder``, ``state_part``: see
        :mod:`lava_ib.processes.mapped_state`.

    Attributes
    ----------
    s_in : InPort, shape (D,)
        Rates of the units.
    label_in : InPort, shape (C,)
        One-hot label; zeros: no modulator, nothing is learned.
    target_in : InPort, shape (n,)
        The exact modulator, at the last time step of a presentation; left unconnected
        where the readout does not learn.
    a_out : OutPort, shape (n,)
        The estimate before it is corrected, at the last time step of a presentation; zeros
        at all others.
    readout_weights : Var, shape (n, D)
    """

    def __init__(
        self,
        *,
        shape: tuple[int, int],
        classes: int,
        rate: float,
        steps_per_sample: int = 1,
        readout_weights: Any = 0.0,
        **params: Any,
    ) -> None:
        super().__init__(rate=rate, steps_per_sample=steps_per_sample, **params)
        self.s_in = InPort(shape=shape[1:])
        self.label_in = InPort(shape=(classes,))
        self.target_in = InPort(shape=shape[:1])
        self.a_out = OutPort(shape=shape[:1])
        self.readout_weights = Var(shape=shape, init=readout_weights)
