"""CPU models of :class:`PlasticDense`."""

from typing import Any

import numpy as np
from lava.magma.core.decorator import implements, requires, tag
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.ports import PyInPort, PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.resources import CPU
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol

from lava_ib.processes.mapped_state import MappedState
from lava_ib.processes.plastic_dense.process import PlasticDense
from lava_ib.rule.eligibility import apply_modulator, decay_trace, epoch_gain
from lava_ib.rule.fixed.neuron import scaled_drive
from lava_ib.rule.fixed.plastic import (
    connection_number,
    hold,
    learned_tags,
    learned_weights,
    weight_draws,
)
from lava_ib.rule.fixed.schedule import tag_shift
from lava_ib.rule.schedule import decay_factor, linear_to_zero


@implements(proc=PlasticDense, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyPlasticDenseModelFloat(MappedState, PyLoihiProcessModel):
    """Traces in the spiking phase, weights in the learning phase."""

    s_in: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    a_out: Any = LavaPyType(PyOutPort.VEC_DENSE, float)
    s_in_bap: Any = LavaPyType(PyInPort.VEC_DENSE, bool)
    s_in_y1: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    s_in_y2: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    s_in_y3: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    weights: Any = LavaPyType(np.ndarray, float)
    tag_1: Any = LavaPyType(np.ndarray, float)
    sample: Any = LavaPyType(np.ndarray, np.int64)

    def __init__(self, proc_params: Any) -> None:
        super().__init__(proc_params)
        self.steps_per_sample = proc_params["steps_per_sample"]
        self.plastic = proc_params["plastic"]
        self.once_per_epoch = proc_params["timing"] == "chip"
        tau_e = proc_params["tau_e"]
        self.gain = epoch_gain(tau_e, self.steps_per_sample if self.once_per_epoch else 1)

    def run_spk(self) -> None:
        """Pass the drive on; with what the neurons answer, move the traces."""
        s_in = self.s_in.recv()
        self.a_out.send(self.weights @ s_in)
        if not self.plastic:
            return
        self.s_in_bap.recv()
        self.x1 = s_in
        self.y1 = self.s_in_y1.recv()
        self.xi = self.s_in_y2.recv() - self.s_in_y3.recv()
        if not self.once_per_epoch:
            decay_trace(self.tag_1, self.y1, self.x1, self.gain)

    def lrn_guard(self) -> bool:
        """Learn at the end of each presentation."""
        return self.plastic and self.time_step % self.steps_per_sample == 0

    def run_lrn(self) -> None:
        """Move the weights by the third factor; on the chip's timing, then the traces."""
        params = self.proc_params
        factor = linear_to_zero(int(self.sample[0]), params["total_samples"])
        apply_modulator(self.weights, self.tag_1, self.xi, params["eta"] * factor)
        if self.once_per_epoch:
            decay_trace(self.tag_1, self.y1, self.x1, self.gain)
        self.sample += 1
        if self.sample[0] % params["decay_interval"] == 0:
            self.weights *= decay_factor(params["weight_decay"], params["decay_interval"], factor)


@implements(proc=PlasticDense, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyPlasticDenseModelFixed(MappedState, PyLoihiProcessModel):
    """Integers of Loihi's learning engine; weights and tags move once per learning epoch."""

    s_in: Any = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=7)
    a_out: Any = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=24)
    s_in_bap: Any = LavaPyType(PyInPort.VEC_DENSE, bool)
    s_in_y1: Any = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=7)
    s_in_y2: Any = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=7)
    s_in_y3: Any = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=7)
    weights: Any = LavaPyType(np.ndarray, np.int64, precision=9)
    tag_1: Any = LavaPyType(np.ndarray, np.int64, precision=9)
    sample: Any = LavaPyType(np.ndarray, np.int64)
    weight_exp: Any = LavaPyType(np.ndarray, np.int64)
    saturated: Any = LavaPyType(np.ndarray, np.int64)

    def __init__(self, proc_params: Any) -> None:
        super().__init__(proc_params)
        self.steps_per_sample = proc_params["steps_per_sample"]
        self.plastic = proc_params["plastic"]
        self.fixed = proc_params["fixed"]
        self.tag_shift = tag_shift(proc_params["tau_e"], self.steps_per_sample)
        self.draws = weight_draws(self.fixed, connection_number(proc_params["name"]))
        self.x1 = np.zeros(proc_params["shape"][1], dtype=np.int64)

    def run_spk(self) -> None:
        """Pass the drive on; keep what inputs and neurons send for the learning phase."""
        s_in = self.s_in.recv()
        self.a_out.send(scaled_drive(self.weights @ s_in, int(self.weight_exp[0])))
        self._keep(s_in)

    def _keep(self, s_in: np.ndarray) -> None:
        if not self.plastic:
            return
        if (self.time_step - 1) % self.steps_per_sample == 0:
            self.x1[:] = 0
        hold(self.x1, s_in)
        self.active = self.s_in_bap.recv()
        self.s_in_y1.recv()  # 127 times the same
        self.y = self.s_in_y2.recv(), self.s_in_y3.recv()

    def lrn_guard(self) -> bool:
        """Learn at the end of each presentation, the learning epoch."""
        return self.plastic and self.time_step % self.steps_per_sample == 0

    def run_lrn(self) -> None:
        """Move weights and tags, both from what they were before the epoch."""
        epoch = int(self.sample[0])
        weights, beyond_weights = learned_weights(
            self.weights, self.tag_1, self.y, self.fixed, epoch, self.draws
        )
        tags, beyond_tags = learned_tags(
            self.tag_1, self.x1, self.active, self.tag_shift, self.fixed, epoch, self.draws
        )
        self.weights[:], self.tag_1[:] = weights, tags
        self.saturated += (beyond_weights, beyond_tags)
        self.sample += 1
