"""A memory network that remembers the last N samples."""

from typing import Any

from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.process.variable import Var

from lava_ib.processes.integer_vars import integer_vars
from lava_ib.rule.memory import Window


class WindowMemory(AbstractProcess):
    """Window memory, whose modulator compares the newest sample with those before it.

    Parameters
    ----------
    settings : Window
        Size, objective and kernel widths.
    neurons, classes : int
        Size n of the layer, number C of classes.
    inputs : int
        Size of the network's input, remembered only where the objective compresses it.
    steps_per_sample : int
        Time steps of a presentation.
    z, labels, x, count : float or ndarray, optional
        Initial values of the Vars.
    **params
        ``name``, ``state_folder``: see :mod:`lava_ib.processes.mapped_state`.

    Attributes
    ----------
    s_in : InPort, shape (n,)
        Normalised rates of the layer.
    label_in : InPort, shape (C,)
        One-hot label; zeros: the sample is neither stored nor learned from.
    x_in : InPort, shape (inputs,)
        The network's input; where the objective does not compress it, of shape (1,) and left
        unconnected.
    a_out : OutPort, shape (n,)
        Modulator with respect to the normalised rates, at the last time step of a
        presentation; zeros at all others.
    z, labels, x : Var, shapes (N, n), (N, C), (N, inputs)
        The window, a ring in which the oldest is overwritten; `x` is one column of zeros
        where the objective does not compress the input.
    count : Var, shape (1,)
        Samples stored so far.
    """

    def __init__(
        self,
        *,
        settings: Window,
        neurons: int,
        classes: int,
        inputs: int,
        steps_per_sample: int = 1,
        z: Any = 0.0,
        labels: Any = 0.0,
        x: Any = 0.0,
        count: Any = 0,
        **params: Any,
    ) -> None:
        super().__init__(settings=settings, steps_per_sample=steps_per_sample, **params)
        self.s_in = InPort(shape=(neurons,))
        self.label_in = InPort(shape=(classes,))
        self.a_out = OutPort(shape=(neurons,))
        self.z = Var(shape=(settings.samples, neurons), init=z)
        self.labels = Var(shape=(settings.samples, classes), init=labels)
        self.count = Var(shape=(1,), init=count)
        self.x_in = InPort(shape=(settings.remembered(inputs),))
        self.x = Var(shape=(settings.samples, settings.remembered(inputs)), init=x)
        integer_vars(self, modulator_exp=1, updates=1, saturated_a_out=1)
