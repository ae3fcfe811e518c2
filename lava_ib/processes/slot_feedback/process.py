"""Product units that weigh what slots hold, and add it up."""

from typing import Any

from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess


class SlotFeedback(AbstractProcess):
    """Modulator of a slot memory.

    Parameters
    ----------
    neurons, slots : int
        n, N.
    sigma : float
        Kernel width.
    **params
        ``name``: see :class:`lava.magma.core.process.process.AbstractProcess`.

    Attributes
    ----------
    s_in : InPort, shape (N,)
        One weight a slot.
    s_in_slots : InPort, shape (N, n)
        Outputs that the slots hold.
    a_out : OutPort, shape (n,)
        :func:`lava_ib.rule.memory.window.weighed`.
    """

    def __init__(self, *, neurons: int, slots: int, sigma: float = 0.2, **params: Any) -> None:
        super().__init__(sigma=sigma, **params)
        self.s_in = InPort(shape=(slots,))
        self.s_in_slots = InPort(shape=(slots, neurons))
        self.a_out = OutPort(shape=(neurons,))
