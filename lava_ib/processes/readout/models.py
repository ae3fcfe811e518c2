"""CPU models of :class:`Readout`."""

from typing import Any

import numpy as np
from lava.magma.core.decorator import implements, requires, tag
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.ports import PyInPort, PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.resources import CPU
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol

from lava_ib.processes.mapped_state import MappedState
from lava_ib.processes.readout.process import Readout
from lava_ib.rule.fixed.prototype import MarginLearner
from lava_ib.rule.readout import class_error, delta_rule
from lava_ib.rule.schedule import linear_to_zero


@implements(proc=Readout, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyReadoutModelFloat(MappedState, PyLoihiProcessModel):
    """Scores at every step; at the end of a presentation a prediction, then learning."""

    s_in: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    label_in: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    a_out: Any = LavaPyType(PyOutPort.VEC_DENSE, float)
    weights: Any = LavaPyType(np.ndarray, float)
    sample: Any = LavaPyType(np.ndarray, np.int64)
    predictions: Any = LavaPyType(np.ndarray, np.int64)

    def run_spk(self) -> None:
        """Score what arrives."""
        self.z = self.s_in.recv()
        self.label = self.label_in.recv()
        self.scores = self.weights @ self.z
        self.a_out.send(self.scores)

    def lrn_guard(self) -> bool:
        """Classify and learn at the end of each presentation."""
        return self.time_step % self.proc_params["steps_per_sample"] == 0

    def run_lrn(self) -> None:
        """Note the prediction, then move the weights by the delta rule."""
        params, settings = self.proc_params, self.proc_params["settings"]
        self.predictions[self.sample[0] % len(self.predictions)] = np.argmax(self.scores)
        if params["learning"] and self.label.any():
            factor = linear_to_zero(int(self.sample[0]), params["total_samples"])
            error = class_error(self.weights, self.z, self.label, settings.beta, settings.smoothing)
            delta_rule(self.weights, error, self.z, settings.alpha * factor)
        self.sample += 1


class IntegerReadout(MappedState, PyLoihiProcessModel):
    """Scores in integers, learned like the prototypes of a margin memory.

    Where they come from is for the classes below to say.
    """

    s_in: Any = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=7)
    label_in: Any = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=1)
    a_out: Any = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=24)
    weights: Any = LavaPyType(np.ndarray, np.int64, precision=9)
    sample: Any = LavaPyType(np.ndarray, np.int64)
    predictions: Any = LavaPyType(np.ndarray, np.int64)
    updates: Any = LavaPyType(np.ndarray, np.int64)
    saturated: Any = LavaPyType(np.ndarray, np.int64)

    def __init__(self, proc_params: Any) -> None:
        super().__init__(proc_params)
        self.steps_per_sample = proc_params["steps_per_sample"]
        self.learner = MarginLearner(proc_params, proc_params["learning"], proc_params["shape"][1])

    def run_spk(self) -> None:
        """Score what arrives."""
        z, self.label = self.s_in.recv(), self.label_in.recv()
        self.learner.see(z, (self.time_step - 1) % self.steps_per_sample == 0)
        self.scores = self._scored(z)
        self.a_out.send(self.scores)

    def _scored(self, z: np.ndarray) -> np.ndarray:
        raise NotImplementedError

    def lrn_guard(self) -> bool:
        """Classify and learn at the end of each presentation."""
        return self.time_step % self.steps_per_sample == 0

    def run_lrn(self) -> None:
        """Note the prediction, then move the two rows that were too close."""
        self.predictions[self.sample[0] % len(self.predictions)] = np.argmax(self.scores)
        pair = self.learner.pair(self.scores, self.label)
        self.learner.learn(self.weights, pair, self.sample, self.updates, self.saturated)


@implements(proc=Readout, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyReadoutModelFixed(IntegerReadout):
    """Scores with its own weights."""

    def _scored(self, z: np.ndarray) -> np.ndarray:
        return self.weights @ z
