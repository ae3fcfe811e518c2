"""A memory network of gated slots and product units."""

from typing import Any

from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.process.variable import Var

from lava_ib.rule.memory import Slots


class SlotsMemory(AbstractProcess):
    """Slot memory as a hierarchical Process.

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
        ``name``, ``state_folder``: see :mod:`lava_ib.processes.mapped_state`.

    Attributes
    ----------
    s_in : InPort, shape (n,)
        Normalised rates of the layer.
    label_in : InPort, shape (C,)
        One-hot label; zeros: the sample is neither stored nor learned from.
    a_out : OutPort, shape (n,)
        Modulator with respect to the normalised rates, at the last time step of a
        presentation; zeros at all others.
    z, labels : Var, shapes (N, n), (N, C)
        What the slots hold; a label of zeros: not filled yet.
    stored : Var, shape (C,)
        Samples of each class stored so far.
    """

    def __init__(
        self,
        *,
        settings: Slots,
        neurons: int,
        classes: int,
        z: Any = 0.0,
        labels: Any = 0.0,
        stored: Any = 0,
        steps_per_sample: int = 1,
        **params: Any,
    ) -> None:
        first = {"z": z, "labels": labels, "stored": stored}
        super().__init__(
            settings=settings, first=first, steps_per_sample=steps_per_sample, **params
        )
        size = settings.size(classes)
        self.s_in = InPort(shape=(neurons,))
        self.label_in = InPort(shape=(classes,))
        self.a_out = OutPort(shape=(neurons,))
        self.z = Var(shape=(size, neurons), init=z)
        self.labels = Var(shape=(size, classes), init=labels)
        self.stored = Var(shape=(classes,), init=stored)
