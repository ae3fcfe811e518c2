"""CPU model of :class:`SlotFeedback`."""

from typing import Any

from lava.magma.core.decorator import implements, requires, tag
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.ports import PyInPort, PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.resources import CPU
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol

from lava_ib.processes.slot_feedback.process import SlotFeedback
from lava_ib.rule.memory.window import weighed


@implements(proc=SlotFeedback, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PySlotFeedbackModelFloat(PyLoihiProcessModel):
    """Multiplies and adds within the time step."""

    s_in: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    s_in_slots: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    a_out: Any = LavaPyType(PyOutPort.VEC_DENSE, float)

    def __init__(self, proc_params: Any) -> None:
        super().__init__(proc_params)
        self.sigma = proc_params["sigma"]

    def run_spk(self) -> None:
        """Weigh."""
        self.a_out.send(weighed(self.s_in.recv(), self.s_in_slots.recv(), self.sigma))
