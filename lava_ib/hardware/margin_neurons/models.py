"""CPU model of :class:`MarginNeurons`."""

from typing import Any

import numpy as np
from lava.magma.core.decorator import implements, requires, tag
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.ports import PyInPort, PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.resources import CPU
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol

from lava_ib.hardware.margin_neurons.process import MarginNeurons
from lava_ib.processes.mapped_state import MappedState
from lava_ib.rule.fixed.plastic import prototype_step
from lava_ib.rule.fixed.prototype import rival
from lava_ib.rule.fixed.schedule import power_of_two


@implements(proc=MarginNeurons, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyMarginNeuronsModel(MappedState, PyLoihiProcessModel):
    """Compares once a presentation, and sends the traces until its end."""

    a_in: Any = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=24)
    label_in: Any = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=1)
    s_out: Any = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=2)
    s_out_bap: Any = LavaPyType(PyOutPort.VEC_DENSE, bool)
    s_out_y1: Any = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=7)
    s_out_y2: Any = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=7)
    s_out_y3: Any = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=7)
    sample: Any = LavaPyType(np.ndarray, np.int64)
    predictions: Any = LavaPyType(np.ndarray, np.int64)
    updates: Any = LavaPyType(np.ndarray, np.int64)

    def __init__(self, proc_params: Any) -> None:
        super().__init__(proc_params)
        self.fixed = proc_params["fixed"]
        self.steps_per_sample = proc_params["steps_per_sample"]
        self.signs = np.zeros(proc_params["classes"], dtype=np.int64)
        self.size = 0

    def mapped_variables(self) -> list[str]:
        """Leave out predictions where none are kept."""
        kept = self.proc_params["samples"] > 0
        return [name for name in super().mapped_variables() if kept or name != "predictions"]

    def run_spk(self) -> None:
        """Compare when the scores are there; send the signs once, the traces to the end."""
        scores, label = self.a_in.recv(), self.label_in.recv()
        step = (self.time_step - 1) % self.steps_per_sample + 1
        comparing = step == self.proc_params["score_step"]
        if step == 1:
            self.signs[:] = 0
        if comparing:
            self._compare(scores, label)
        self.s_out.send(self.signs if comparing else np.zeros_like(self.signs))
        traces = self.size * self.signs * self.proc_params["learning"]
        self.s_out_bap.send(self.signs != 0)
        self.s_out_y1.send(np.zeros_like(self.signs))
        self.s_out_y2.send(np.maximum(traces, 0))
        self.s_out_y3.send(np.maximum(-traces, 0))
        if step == self.steps_per_sample:
            self.sample += 1

    def _compare(self, scores: np.ndarray, label: np.ndarray) -> None:
        sample = int(self.sample[0])
        if samples := self.proc_params["samples"]:
            self.predictions[sample % samples] = np.argmax(scores)
        if not label.any():
            return
        own = int(np.argmax(label))
        best = rival(scores, own, self.fixed.margin)
        if best >= 0:
            self.signs[own], self.signs[best] = 1, -1
            self.updates += 1
            step = power_of_two(sample, self.proc_params["total_samples"], self.fixed.rate)
            self.size = prototype_step(step, self.fixed)
