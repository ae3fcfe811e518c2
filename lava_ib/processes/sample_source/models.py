"""CPU models of :class:`SampleSource`."""

from typing import Any

import numpy as np
from lava.magma.core.decorator import implements, requires, tag
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.ports import PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.resources import CPU
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol

from lava_ib.processes.mapped_state import MappedState
from lava_ib.processes.sample_source.process import SampleSource
from lava_ib.rule.fixed.neuron import ACTIVITY_BITS, ACTIVITY_LIMIT, beyond, coarse, limited
from lava_ib.rule.schedule import flips, presentation_order


@implements(proc=SampleSource, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PySampleSourceModelFloat(MappedState, PyLoihiProcessModel):
    """Holds one sample on its ports during a presentation, then takes the next."""

    s_out: Any = LavaPyType(PyOutPort.VEC_DENSE, float)
    label_out: Any = LavaPyType(PyOutPort.VEC_DENSE, float)
    memory_label_out: Any = LavaPyType(PyOutPort.VEC_DENSE, float)
    sample: Any = LavaPyType(np.ndarray, np.int64)

    def __init__(self, proc_params: Any) -> None:
        super().__init__(proc_params)
        self.steps_per_sample = proc_params["steps_per_sample"]
        self.x = proc_params["x"]
        self.labels, self.memory_labels = proc_params["labels"], proc_params["memory_labels"]
        offset = proc_params["offset"]
        self.offset = 0.0 if offset is None else offset
        self.flip = proc_params["flip"]
        self.present_x = np.zeros(proc_params["image"] or self.x.shape[1:])
        self.present_label = np.zeros(proc_params["classes"])
        self.present_memory_label = np.zeros(proc_params["classes"])
        self.order_epoch = -1
        self.order = np.arange(len(self.x))

    def run_spk(self) -> None:
        """Send the present sample."""
        if (self.time_step - 1) % self.steps_per_sample == 0:
            self._present_next()
        self.s_out.send(self.present_x)
        self.label_out.send(self.present_label)
        self.memory_label_out.send(self.present_memory_label)

    def _present_next(self) -> None:
        epoch, position = divmod(int(self.sample[0]), len(self.x))
        seed = self.proc_params["seed"]
        if seed is not None and epoch != self.order_epoch:
            run_length, replay = self.proc_params["run_length"], self.proc_params["replay"]
            self.order = presentation_order(self.labels, seed, epoch, run_length, replay)
            self.flips = flips(len(self.x), seed, epoch)
            self.order_epoch = epoch
        index = self.order[position]
        self.present_x = (self.x[index] - self.offset).reshape(self.present_x.shape)
        if self.flip and seed is not None and self.flips[position]:
            self.present_x = self.present_x[:, ::-1]
        _set_label(self.present_label, self.labels[index])
        _set_label(self.present_memory_label, self.memory_labels[index])
        self.sample += 1


def _set_label(one_hot: np.ndarray, label: int) -> None:
    one_hot[:] = 0.0
    if label >= 0:
        one_hot[label] = 1.0


@implements(proc=SampleSource, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PySampleSourceModelFixed(PySampleSourceModelFloat):
    """The same with inputs of seven bits, and perhaps a sign, rounded and saturated."""

    s_out: Any = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=8)
    label_out: Any = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=1)
    memory_label_out: Any = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=1)
    saturated: Any = LavaPyType(np.ndarray, np.int64)

    def __init__(self, proc_params: Any) -> None:
        super().__init__(proc_params)
        self.present_label = np.zeros(proc_params["classes"], dtype=np.int64)
        self.present_memory_label = np.zeros(proc_params["classes"], dtype=np.int64)

    def _present_next(self) -> None:
        super()._present_next()
        rounded = np.rint(self.present_x).astype(np.int64)
        lowest = -ACTIVITY_LIMIT if self.proc_params["signed"] else 0
        self.saturated += beyond(rounded, lowest, ACTIVITY_LIMIT)
        cleared = ACTIVITY_BITS - self.proc_params["fixed"].trace_bits
        self.present_x = coarse(limited(rounded, lowest, ACTIVITY_LIMIT), cleared)
