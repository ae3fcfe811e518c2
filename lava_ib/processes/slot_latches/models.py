"""CPU model of :class:`SlotLatches`."""

from typing import Any

import numpy as np
from lava.magma.core.decorator import implements, requires, tag
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.ports import PyInPort, PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.resources import CPU
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol

from lava_ib.processes.mapped_state import MappedState
from lava_ib.processes.slot_latches.process import SlotLatches
from lava_ib.rule.memory.slots import next_slot


@implements(proc=SlotLatches, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PySlotLatchesModelFloat(MappedState, PyLoihiProcessModel):
    """Stores first, then sends what the slots hold."""

    s_in: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    label_in: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    s_out: Any = LavaPyType(PyOutPort.VEC_DENSE, float)
    label_out: Any = LavaPyType(PyOutPort.VEC_DENSE, float)
    z: Any = LavaPyType(np.ndarray, float)
    labels: Any = LavaPyType(np.ndarray, float)
    stored: Any = LavaPyType(np.ndarray, np.int64)

    def __init__(self, proc_params: Any) -> None:
        super().__init__(proc_params)
        self.settings = proc_params["settings"]
        self.steps_per_sample = proc_params["steps_per_sample"]

    def run_spk(self) -> None:
        """Receive; at the end of a presentation open a gate; send."""
        z, label = self.s_in.recv(), self.label_in.recv()
        sent = self.labels.copy()
        if label.any() and self.time_step % self.steps_per_sample == 0:
            newest = next_slot(label, self.stored, len(self.z), self.settings.per_class)
            self.z[newest], self.labels[newest] = z, label
            self.stored[label.argmax()] += 1
            sent[newest] = 0.0
        self.s_out.send(self.z)
        self.label_out.send(sent)
