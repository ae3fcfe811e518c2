"""CPU models of :class:`ExpandedPrototypeMemory`."""

from typing import Any

import numpy as np
from lava.magma.core.model.py.type import LavaPyType

from lava_ib.processes.expanded_prototype_memory.process import ExpandedPrototypeMemory
from lava_ib.processes.prototype_memory.models import (
    PyPrototypeMemoryModelFixed,
    PyPrototypeMemoryModelFloat,
)
from lava_ib.rule.fixed.memory import MESSAGE_LIMIT
from lava_ib.rule.fixed.neuron import beyond, limited
from lava_ib.rule.fixed.rectifiers import (
    rates_beyond,
    rates_exponent,
    rates_of,
    through_rectifiers,
)
from lava_ib.rule.memory.prototype import through_rates, with_rates


class PyExpandedPrototypeMemoryModelFloat(PyPrototypeMemoryModelFloat):
    """Shows the rows the rectifiers' rates, too, and carries what they answer back."""

    # Lava's decorator refuses a subclass of what it has decorated; the rest is inherited.
    implements_process = ExpandedPrototypeMemory

    expansion: Any = LavaPyType(np.ndarray, float)

    def ask(self, z: np.ndarray, label: np.ndarray) -> np.ndarray:
        """Modulator with respect to z; the rows move."""
        drive = self.expansion @ z
        xi = super().ask(with_rates(z, drive), label)
        return through_rates(xi, drive, self.expansion)


class PyExpandedPrototypeMemoryModelFixed(PyPrototypeMemoryModelFixed):
    """The same in integers."""

    implements_process = ExpandedPrototypeMemory

    expansion: Any = LavaPyType(np.ndarray, np.int64, precision=9)

    def __init__(self, proc_params: Any) -> None:
        super().__init__(proc_params)
        self.fixed = proc_params["fixed"]
        self.exponent = rates_exponent(proc_params["settings"].units, self.fixed.missing_bits)

    def seen_by_rows(self, z: np.ndarray) -> np.ndarray:
        """The output, then the rates of the rectifiers."""
        drive = self.expansion @ z
        self.rates = rates_of(drive, self.exponent, self.fixed.trace_bits)
        self.saturated[1] += rates_beyond(drive, self.exponent)
        return np.concatenate((z, self.rates))

    def through_rows(self, xi: np.ndarray) -> np.ndarray:
        """Modulator with respect to z, saturated."""
        neurons, limit = self.expansion.shape[1], MESSAGE_LIMIT >> self.fixed.missing_bits
        back = (xi[neurons:] * (self.rates > 0)) @ self.expansion
        exact = through_rectifiers(xi[:neurons], back, self.exponent)
        self.saturated[2] += beyond(exact, -limit, limit)
        return limited(exact, -limit, limit)
