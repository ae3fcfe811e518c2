"""Takes the running mean off what a layer sends to its memory."""

from typing import Any

from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.process.variable import Var


class Centring(AbstractProcess):
    """Sends a layer's output less its running mean.

    Parameters
    ----------
    neurons, classes : int
        Size n of the layer, number C of classes.
    rate : float
        Of the running mean, per presentation.
    steps_per_sample : int
        Time steps of a presentation.
    mean : float or ndarray, shape (n,), optional
        Initial mean.
    **params
        ``name``, ``state_folder``, ``state_part``: see
        :mod:`lava_ib.processes.mapped_state`.

    Attributes
    ----------
    s_in : InPort, shape (n,)
        Normalised rates z.
    label_in : InPort, shape (C,)
        Zeros: the mean stays as it is.
    s_out : OutPort, shape (n,)
        ``c = z - mean``.
    mean : Var, shape (n,)
    """

    def __init__(
        self,
        *,
        neurons: int,
        classes: int,
        rate: float,
        steps_per_sample: int = 1,
        mean: Any = 0.0,
        **params: Any,
    ) -> None:
        super().__init__(rate=rate, steps_per_sample=steps_per_sample, **params)
        self.s_in = InPort(shape=(neurons,))
        self.label_in = InPort(shape=(classes,))
        self.s_out = OutPort(shape=(neurons,))
        self.mean = Var(shape=(neurons,), init=mean)
