"""CPU models of :class:`PrototypeMemory`."""

from typing import Any

import numpy as np
from lava.magma.core.decorator import implements, requires, tag
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.ports import PyInPort, PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.resources import CPU
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol

from lava_ib.processes.mapped_state import MappedState
from lava_ib.processes.prototype_memory.process import PrototypeMemory
from lava_ib.rule.fixed.prototype import MarginLearner
from lava_ib.rule.memory.prototype import (
    margin_modulator,
    prototype_modulator,
    rival,
    store_leaky,
    store_margin,
)
from lava_ib.rule.readout import class_error, delta_rule
from lava_ib.rule.schedule import linear_to_zero


@implements(proc=PrototypeMemory, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyPrototypeMemoryModelFloat(MappedState, PyLoihiProcessModel):
    """Answers from the prototypes as they were, then moves them."""

    s_in: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    label_in: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    a_out: Any = LavaPyType(PyOutPort.VEC_DENSE, float)
    prototypes: Any = LavaPyType(np.ndarray, float)
    sample: Any = LavaPyType(np.ndarray, np.int64)

    def __init__(self, proc_params: Any) -> None:
        super().__init__(proc_params)
        self.settings = proc_params["settings"]
        self.steps_per_sample = proc_params["steps_per_sample"]

    def run_spk(self) -> None:
        """Receive; at the end of a presentation compare and store."""
        z = self.s_in.recv()
        label = self.label_in.recv()
        xi = np.zeros_like(z)
        if self.time_step % self.steps_per_sample == 0:
            if label.any():
                xi = self.ask(z, label)
            self.sample += 1
        self.a_out.send(xi)

    def ask(self, z: np.ndarray, label: np.ndarray) -> np.ndarray:
        """Modulator with respect to what the rows see; then they move."""
        settings, rows = self.settings, self.prototypes
        factor = linear_to_zero(int(self.sample[0]), self.proc_params["total_samples"])
        alpha = settings.alpha * factor
        if settings.storage == "margin":
            best = rival(rows, z, label, settings.margin)
            xi = margin_modulator(rows, label, best)
            store_margin(rows, z, label, best, alpha)
            return xi
        error = class_error(rows, z, label, settings.beta, settings.smoothing)
        xi = prototype_modulator(rows, error, settings.beta)
        if settings.storage == "delta":
            delta_rule(rows, error, z, alpha)
        else:
            store_leaky(rows, z, label, alpha)
        return xi


@implements(proc=PrototypeMemory, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyPrototypeMemoryModelFixed(MappedState, PyLoihiProcessModel):
    """Margin prototypes in integers, moved by the learning engine at a presentation's end."""

    s_in: Any = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=7)
    label_in: Any = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=1)
    a_out: Any = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=10)
    prototypes: Any = LavaPyType(np.ndarray, np.int64, precision=9)
    sample: Any = LavaPyType(np.ndarray, np.int64)
    updates: Any = LavaPyType(np.ndarray, np.int64)
    saturated: Any = LavaPyType(np.ndarray, np.int64)

    def __init__(self, proc_params: Any) -> None:
        super().__init__(proc_params)
        self.steps_per_sample = proc_params["steps_per_sample"]
        settings = proc_params["settings"]
        length = proc_params["neurons"] + settings.units
        self.learner = MarginLearner(proc_params, settings.alpha > 0.0, length)

    def run_spk(self) -> None:
        """Receive; at the end of a presentation answer from the prototypes as they are."""
        z, label = self.s_in.recv(), self.label_in.recv()
        seen = self.seen_by_rows(z)
        self.learner.see(seen, (self.time_step - 1) % self.steps_per_sample == 0)
        xi = np.zeros(z.shape, dtype=np.int64)
        self.pair = None
        if self.time_step % self.steps_per_sample == 0:
            self.pair = self.learner.pair(self.prototypes @ seen, label)
        if self.pair is not None:
            own, best = self.pair
            xi = self.through_rows(self.prototypes[own] - self.prototypes[best])
        self.a_out.send(xi)

    def seen_by_rows(self, z: np.ndarray) -> np.ndarray:
        """What the rows compare with."""
        return z

    def through_rows(self, xi: np.ndarray) -> np.ndarray:
        """Modulator with respect to z from that of what the rows see."""
        return xi

    def lrn_guard(self) -> bool:
        """Learn at the end of each presentation."""
        return self.time_step % self.steps_per_sample == 0

    def run_lrn(self) -> None:
        """Move the two rows that were too close."""
        self.learner.learn(self.prototypes, self.pair, self.sample, self.updates, self.saturated)
