"""A memory of prototypes that also see random rectifiers of the layer's output."""

from typing import Any

from lava.magma.core.process.variable import Var

from lava_ib.processes.prototype_memory.process import PrototypeMemory
from lava_ib.rule.memory import Prototype


class ExpandedPrototypeMemory(PrototypeMemory):
    """Prototype memory whose rows compare with z and with the rates ``max(V z, 0)``.

    Parameters
    ----------
    settings : Prototype
        With ``units`` D of at least 1.
    neurons : int
        Size n of the layer.
    expansion : float or ndarray, shape (D, n), optional
        Fixed weights V of the rectifiers.
    **params
        Of a :class:`PrototypeMemory`.

    Attributes
    ----------
    prototypes : Var, shape (C, n + D)
    expansion : Var, shape (D, n)
    """

    EXPANDS = True

    def __init__(
        self, *, settings: Prototype, neurons: int, expansion: Any = 0.0, **params: Any
    ) -> None:
        super().__init__(settings=settings, neurons=neurons, **params)
        self.expansion = Var(shape=(settings.units, neurons), init=expansion)
