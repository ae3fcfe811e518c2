"""CPU model of :class:`ReservoirUnits`."""

from typing import Any

import numpy as np
from lava.magma.core.decorator import implements, requires, tag
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.ports import PyInPort, PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.resources import CPU
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol

from lava_ib.processes.mapped_state import MappedState
from lava_ib.processes.reservoir_units.process import ReservoirUnits
from lava_ib.rule.memory.reservoir import advance


@implements(proc=ReservoirUnits, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyReservoirUnitsModelFloat(MappedState, PyLoihiProcessModel):
    """Sends what the recurrent connection waits for before it waits for that connection."""

    a_in: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    s_out_recurrent: Any = LavaPyType(PyOutPort.VEC_DENSE, float)
    s_out: Any = LavaPyType(PyOutPort.VEC_DENSE, float)
    u: Any = LavaPyType(np.ndarray, float)

    def run_spk(self) -> None:
        """Send the old rates, receive the drive, advance, send the new ones."""
        self.s_out_recurrent.send(np.tanh(self.u))
        advance(self.u, self.a_in.recv(), self.proc_params["tau"])
        self.s_out.send(np.tanh(self.u))
