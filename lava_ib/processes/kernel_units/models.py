"""CPU model of :class:`KernelUnits`."""

from typing import Any

import numpy as np
from lava.magma.core.decorator import implements, requires, tag
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.ports import PyInPort, PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.resources import CPU
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol

from lava_ib.processes.kernel_units.process import KernelUnits
from lava_ib.rule.memory.window import kde_weights


@implements(proc=KernelUnits, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyKernelUnitsModelFloat(PyLoihiProcessModel):
    """Compares at the end of a presentation."""

    s_in: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    label_in: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    s_in_slots: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    label_in_slots: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    s_out: Any = LavaPyType(PyOutPort.VEC_DENSE, float)

    def __init__(self, proc_params: Any) -> None:
        super().__init__(proc_params)
        self.sigma = proc_params["sigma"]
        self.steps_per_sample = proc_params["steps_per_sample"]

    def run_spk(self) -> None:
        """Receive, compare, send."""
        z, label = self.s_in.recv(), self.label_in.recv()
        stored, labels = self.s_in_slots.recv(), self.label_in_slots.recv()
        weights = np.zeros(len(stored))
        if self.time_step % self.steps_per_sample == 0:
            weights = kde_weights(z, label, stored, labels, self.sigma)
        self.s_out.send(weights)
