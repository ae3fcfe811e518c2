"""CPU model of :class:`ReservoirReadout`."""

from typing import Any

import numpy as np
from lava.magma.core.decorator import implements, requires, tag
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.ports import PyInPort, PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.resources import CPU
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol

from lava_ib.processes.mapped_state import MappedState
from lava_ib.processes.reservoir_readout.process import ReservoirReadout
from lava_ib.rule.memory.reservoir import correct


@implements(proc=ReservoirReadout, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyReservoirReadoutModelFloat(MappedState, PyLoihiProcessModel):
    """Answers from the readout as it was, then corrects it."""

    s_in: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    label_in: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    target_in: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    a_out: Any = LavaPyType(PyOutPort.VEC_DENSE, float)
    readout_weights: Any = LavaPyType(np.ndarray, float)

    def run_spk(self) -> None:
        """Receive; at the end of a presentation estimate and learn."""
        rates, label, target = self.s_in.recv(), self.label_in.recv(), self.target_in.recv()
        params, weights = self.proc_params, self.readout_weights
        xi = np.zeros(len(weights))
        if label.any() and self.time_step % params["steps_per_sample"] == 0:
            xi = weights @ rates
            if params["rate"] > 0.0:
                correct(weights, rates, target - xi, params["rate"])
        self.a_out.send(xi)
