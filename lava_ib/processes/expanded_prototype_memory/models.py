"""CPU model of :class:`ExpandedPrototypeMemory`."""

from typing import Any

import numpy as np
from lava.magma.core.model.py.type import LavaPyType

from lava_ib.processes.expanded_prototype_memory.process import ExpandedPrototypeMemory
from lava_ib.processes.prototype_memory.models import PyPrototypeMemoryModelFloat
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
