"""CPU models of :class:`ClassIntegrators`."""

from typing import Any

import numpy as np
from lava.magma.core.decorator import implements, requires, tag
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.ports import PyInPort, PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.resources import CPU
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol

from lava_ib.processes.class_integrators.process import ClassIntegrators
from lava_ib.processes.mapped_state import MappedState
from lava_ib.rule.fixed.features import evidence, feature_shifts, remember
from lava_ib.rule.memory.features import feature_evidence, remember_features


@implements(proc=ClassIntegrators, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyClassIntegratorsModelFloat(MappedState, PyLoihiProcessModel):
    """Answers from the averages as they were, then moves them."""

    s_in: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    label_in: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    a_out: Any = LavaPyType(PyOutPort.VEC_DENSE, float)
    readout: Any = LavaPyType(np.ndarray, float)
    averages: Any = LavaPyType(np.ndarray, float)
    average: Any = LavaPyType(np.ndarray, float)

    def __init__(self, proc_params: Any) -> None:
        super().__init__(proc_params)
        self.settings = proc_params["settings"]
        self.steps_per_sample = proc_params["steps_per_sample"]

    def run_spk(self) -> None:
        """Receive; at the end of a presentation compare and remember."""
        phi = self.s_in.recv()
        label = self.label_in.recv()
        evidence = np.zeros_like(phi)
        if label.any() and self.time_step % self.steps_per_sample == 0:
            averages, average = self.averages, self.average
            evidence = feature_evidence(phi, label, averages, average, self.readout)
            if self.settings.learning:
                horizon, balanced = self.settings.horizon, self.settings.balanced
                remember_features(phi, label, averages, average, horizon, balanced)
        self.a_out.send(evidence)


@implements(proc=ClassIntegrators, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyClassIntegratorsModelFixed(MappedState, PyLoihiProcessModel):
    """The same in integers; averages leak by shifts, and every readout weight is 1."""

    s_in: Any = LavaPyType(PyInPort.VEC_DENSE, np.int64, precision=16)
    label_in: Any = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=1)
    a_out: Any = LavaPyType(PyOutPort.VEC_DENSE, np.int64, precision=26)
    readout: Any = LavaPyType(np.ndarray, np.int64)
    averages: Any = LavaPyType(np.ndarray, np.int64, precision=24)
    average: Any = LavaPyType(np.ndarray, np.int64, precision=24)

    def __init__(self, proc_params: Any) -> None:
        super().__init__(proc_params)
        self.settings = proc_params["settings"]
        self.steps_per_sample = proc_params["steps_per_sample"]

    def run_spk(self) -> None:
        """Receive; at the end of a presentation compare and remember."""
        phi, label = self.s_in.recv(), self.label_in.recv()
        answer = np.zeros_like(phi)
        if label.any() and self.time_step % self.steps_per_sample == 0:
            own, averages, average = int(np.argmax(label)), self.averages, self.average
            answer = evidence(phi, own, averages, average)
            if self.settings.learning:
                shifts = feature_shifts(self.settings, label.size)
                balanced = self.settings.balanced
                remember(phi, own, averages, average, shifts[0], shifts[1], balanced)
        self.a_out.send(answer)
