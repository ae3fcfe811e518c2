"""CPU models of :class:`WindowMemory`."""

from typing import Any

import numpy as np
from lava.magma.core.decorator import implements, requires, tag
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.ports import PyInPort, PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.resources import CPU
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol

from lava_ib.processes.mapped_state import MappedState
from lava_ib.processes.window_memory.process import WindowMemory
from lava_ib.rule.fixed.memory import message
from lava_ib.rule.fixed.window import kernel_scale, window_modulator
from lava_ib.rule.memory.released import released_modulator
from lava_ib.rule.memory.window import hsic_modulator, kde_modulator


@implements(proc=WindowMemory, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyWindowMemoryModelFloat(MappedState, PyLoihiProcessModel):
    """Stores a sample at the end of its presentation and answers with its modulator."""

    s_in: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    label_in: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    x_in: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    a_out: Any = LavaPyType(PyOutPort.VEC_DENSE, float)
    z: Any = LavaPyType(np.ndarray, float)
    labels: Any = LavaPyType(np.ndarray, float)
    x: Any = LavaPyType(np.ndarray, float)
    count: Any = LavaPyType(np.ndarray, np.int64)

    def __init__(self, proc_params: Any) -> None:
        super().__init__(proc_params)
        self.settings = proc_params["settings"]
        self.steps_per_sample = proc_params["steps_per_sample"]

    def run_spk(self) -> None:
        """Receive; at the end of a presentation store and compare."""
        z = self.s_in.recv()
        label = self.label_in.recv()
        x = self.x_in.recv()
        xi = np.zeros_like(z)
        if self.time_step % self.steps_per_sample == 0 and label.any():
            self._store(z, label, x)
            xi = self._modulator()
        self.a_out.send(xi)

    def _store(self, z: np.ndarray, label: np.ndarray, x: np.ndarray) -> None:
        row = self.count[0] % self.settings.samples
        self.z[row] = z
        self.labels[row] = label
        self.x[row] = x
        self.count += 1

    def _modulator(self) -> np.ndarray:
        settings, count = self.settings, int(self.count[0])
        stored, newest = min(count, settings.samples), (count - 1) % settings.samples
        z, labels = self.z[:stored], self.labels[:stored]
        if settings.objective == "kde":
            return kde_modulator(z, labels, newest, settings.sigma)
        inputs = self.x[:stored] if settings.compress else np.empty((stored, 0))
        widths = (settings.sigma, settings.gamma, settings.sigma_x)
        if settings.objective == "hsic":
            return hsic_modulator(z, labels, inputs, newest, *widths)
        fixed = settings.objective == "hsic_fixed"
        return released_modulator(z, labels, inputs, newest, *widths, fixed)


@implements(proc=WindowMemory, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyWindowMemoryModelFixed(MappedState, PyLoihiProcessModel):
    """The same in integers, with kernels from a table; it does not compress the input."""

    s_in: Any = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=7)
    label_in: Any = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=1)
    x_in: Any = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=7)
    a_out: Any = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=10)
    z: Any = LavaPyType(np.ndarray, np.int64, precision=7)
    labels: Any = LavaPyType(np.ndarray, np.int64, precision=1)
    x: Any = LavaPyType(np.ndarray, np.int64)
    count: Any = LavaPyType(np.ndarray, np.int64)
    modulator_exp: Any = LavaPyType(np.ndarray, np.int64)
    updates: Any = LavaPyType(np.ndarray, np.int64)
    saturated_a_out: Any = LavaPyType(np.ndarray, np.int64)

    def __init__(self, proc_params: Any) -> None:
        super().__init__(proc_params)
        self.steps_per_sample = proc_params["steps_per_sample"]
        self.kde = proc_params["settings"].objective == "kde"
        self.scale = kernel_scale(proc_params["settings"].sigma)

    def run_spk(self) -> None:
        """Receive; at the end of a presentation store and compare."""
        z, label = self.s_in.recv().astype(np.int64), self.label_in.recv()
        self.x_in.recv()
        xi = np.zeros_like(z)
        if self.time_step % self.steps_per_sample == 0 and label.any():
            window = self.z, self.labels, self.count
            xi = window_modulator(z, int(np.argmax(label)), *window, self.scale, self.kde)
            exponent, missing = int(self.modulator_exp[0]), self.proc_params["fixed"].missing_bits
            xi = message(xi, exponent, missing, self.updates, self.saturated_a_out)
        self.a_out.send(xi)
