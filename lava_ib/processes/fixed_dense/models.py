"""CPU models of :class:`FixedDense`."""

from typing import Any

import numpy as np
from lava.magma.core.decorator import implements, requires, tag
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.ports import PyInPort, PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.resources import CPU
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol

from lava_ib.processes.fixed_dense.process import FixedDense
from lava_ib.processes.mapped_state import MappedState
from lava_ib.rule.fixed.memory import message
from lava_ib.rule.fixed.neuron import scaled_drive


@implements(proc=FixedDense, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyFixedDenseModelFloat(PyLoihiProcessModel):
    """Passes the drive on within the time step."""

    s_in: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    a_out: Any = LavaPyType(PyOutPort.VEC_DENSE, float)
    weights: Any = LavaPyType(np.ndarray, float)

    def run_spk(self) -> None:
        """Multiply."""
        self.a_out.send(self.weights @ self.s_in.recv())


@implements(proc=FixedDense, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyFixedDenseModelFixed(MappedState, PyLoihiProcessModel):
    """The same in integers, scaled by an exponent."""

    s_in: Any = LavaPyType(PyInPort.VEC_DENSE, np.int64, precision=17)
    a_out: Any = LavaPyType(PyOutPort.VEC_DENSE, np.int64, precision=24)
    weights: Any = LavaPyType(np.ndarray, np.int64, precision=9)
    weight_exp: Any = LavaPyType(np.ndarray, np.int64)
    updates: Any = LavaPyType(np.ndarray, np.int64)
    saturated_a_out: Any = LavaPyType(np.ndarray, np.int64)

    def run_spk(self) -> None:
        """Multiply; what leaves a memory has ten bits."""
        drive, exponent = self.weights @ self.s_in.recv(), int(self.weight_exp[0])
        if self.proc_params.get("leaves_memory", False):
            missing = self.proc_params["fixed"].missing_bits
            self.a_out.send(message(drive, exponent, missing, self.updates, self.saturated_a_out))
        else:
            self.a_out.send(scaled_drive(drive, exponent))

    def mapped_variables(self) -> list[str]:
        """The counters; weights and exponent stay as they are."""
        return ["updates", "saturated_a_out"]
