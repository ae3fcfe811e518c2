"""Gated slots that hold a layer's output and its label."""

from typing import Any

from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.process.variable import Var

from lava_ib.rule.memory import Slots


class SlotLatches(AbstractProcess):
    """Latches of a slot memory: at the end of a presentation the gate of one slot opens.

    Parameters
    ----------
    settings : Slots
    neurons, classes : int
        Size n of the layer, number C of classes.
    steps_per_sample : int
        Time steps of a presentation.
    z, labels, stored : float or ndarray, optional
        Initial values of the Vars.
    **params
        ``name``, ``state_folder``, ``state_part``: see
        :mod:`lava_ib.processes.mapped_state`.

    Attributes
    ----------
    s_in : InPort, shape (n,)
        Normalised rates z.
    label_in : InPort, shape (C,)
        One-hot label; zeros: no gate opens.
    s_out : OutPort, shape (N, n)
        Outputs that the slots hold, the newest included.
    label_out : OutPort, shape (N, C)
        Labels that they hold; a slot whose gate is open sends none, as one never filled: a
        sample is not compared with itself.
    z, labels : Var, shapes (N, n), (N, C)
    stored : Var, shape (C,)
        Samples of each class stored so far.
    """

    def __init__(
        self,
        *,
        settings: Slots,
        neurons: int,
        classes: int,
        steps_per_sample: int = 1,
        z: Any = 0.0,
        labels: Any = 0.0,
        stored: Any = 0,
        **params: Any,
    ) -> None:
        super().__init__(settings=settings, steps_per_sample=steps_per_sample, **params)
        size = settings.size(classes)
        self.s_in = InPort(shape=(neurons,))
        self.label_in = InPort(shape=(classes,))
        self.s_out = OutPort(shape=(size, neurons))
        self.label_out = OutPort(shape=(size, classes))
        self.z = Var(shape=(size, neurons), init=z)
        self.labels = Var(shape=(size, classes), init=labels)
        self.stored = Var(shape=(classes,), init=stored)
