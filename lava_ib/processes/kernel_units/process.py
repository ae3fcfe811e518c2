"""Product units that compare a layer's output with what slots hold."""

from typing import Any

from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess


class KernelUnits(AbstractProcess):
    """Kernels of a slot memory, and the weights that follow from them.

    Parameters
    ----------
    neurons, classes, slots : int
        n, C, N.
    sigma : float
        Kernel width.
    steps_per_sample : int
        Time steps of a presentation.
    **params
        ``name``: see :class:`lava.magma.core.process.process.AbstractProcess`.

    Attributes
    ----------
    s_in : InPort, shape (n,)
        Normalised rates z.
    label_in : InPort, shape (C,)
        One-hot label.
    s_in_slots : InPort, shape (N, n)
        Outputs that the slots hold.
    label_in_slots : InPort, shape (N, C)
        One-hot labels that they hold; zeros: the slot does not count.
    s_out : OutPort, shape (N,)
        :func:`lava_ib.rule.memory.window.kde_weights` at the last time step of a
        presentation; zeros at all others.
    """

    def __init__(
        self,
        *,
        neurons: int,
        classes: int,
        slots: int,
        sigma: float = 0.2,
        steps_per_sample: int = 1,
        **params: Any,
    ) -> None:
        super().__init__(sigma=sigma, steps_per_sample=steps_per_sample, **params)
        self.s_in = InPort(shape=(neurons,))
        self.label_in = InPort(shape=(classes,))
        self.s_in_slots = InPort(shape=(slots, neurons))
        self.label_in_slots = InPort(shape=(slots, classes))
        self.s_out = OutPort(shape=(slots,))
