"""CPU models of :class:`RateLayer`."""

from typing import Any

import numpy as np
from lava.magma.core.decorator import implements, requires, tag
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.ports import PyInPort, PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.resources import CPU
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol

from lava_ib.processes.mapped_state import MappedState
from lava_ib.processes.rate_layer.process import RateLayer
from lava_ib.rule.fixed.neuron import (
    ACTIVITY_LIMIT,
    MEMBRANE_LIMIT,
    TRACE_LIMIT,
    activities,
    beyond,
    integer_root,
    leaked,
    limited,
    neuron_modulator,
    normalised,
    third_factor_limit,
)
from lava_ib.rule.fixed.plastic import traces_sent
from lava_ib.rule.fixed.schedule import leak_shift, power_of_two
from lava_ib.rule.neuron import gate, leak, rate
from lava_ib.rule.normalisation import normalise, through_normalisation


@implements(proc=RateLayer, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyRateLayerModelFloat(MappedState, PyLoihiProcessModel):
    """One step: membranes, rates, then whatever third factor there is."""

    a_in: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    a_third_factor_in: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    s_out: Any = LavaPyType(PyOutPort.VEC_DENSE, float)
    m_out: Any = LavaPyType(PyOutPort.VEC_DENSE, float)
    s_out_bap: Any = LavaPyType(PyOutPort.VEC_DENSE, bool)
    s_out_y1: Any = LavaPyType(PyOutPort.VEC_DENSE, float)
    s_out_y2: Any = LavaPyType(PyOutPort.VEC_DENSE, float)
    s_out_y3: Any = LavaPyType(PyOutPort.VEC_DENSE, float)
    bias: Any = LavaPyType(np.ndarray, float)
    u: Any = LavaPyType(np.ndarray, float)
    xi: Any = LavaPyType(np.ndarray, float)
    modulator_sum: Any = LavaPyType(np.ndarray, float)

    def __init__(self, proc_params: Any) -> None:
        super().__init__(proc_params)
        self.tau = proc_params["tau"]
        self.steps_per_sample = proc_params["steps_per_sample"]
        self.late = proc_params["timing"] == "chip"
        self.divide_by_norm = proc_params["divide_by_norm"]
        self.reset = proc_params["reset"]

    def run_spk(self) -> None:
        """Advance the membranes, send rates, receive and pass on the third factor."""
        if self.reset and (self.time_step - 1) % self.steps_per_sample == 0:
            self.u[:] = 0.0
        self.u[:] = leak(self.u, self.a_in.recv() + self.bias, self.tau)
        z, norm = normalise(rate(self.u))
        self.s_out.send(z)
        self.m_out.send(z)
        # The memory answers to m_out, so the third factor can only be awaited here.
        third_factor = self.a_third_factor_in.recv()
        arriving = np.zeros_like(self.xi)
        if self.time_step % self.steps_per_sample == 0:
            arriving = through_normalisation(third_factor, z, norm, self.divide_by_norm)
            self.modulator_sum += np.sqrt(np.dot(arriving, arriving))
        self._send_factors(self.xi if self.late else arriving)
        if self.time_step % self.steps_per_sample == 0:
            self.xi[:] = arriving

    def _send_factors(self, xi: np.ndarray) -> None:
        active = gate(self.u)
        self.s_out_bap.send(active > 0.0)
        self.s_out_y1.send(active)
        self.s_out_y2.send(np.maximum(xi, 0.0))
        self.s_out_y3.send(np.maximum(-xi, 0.0))


@implements(proc=RateLayer, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyRateLayerModelFixed(MappedState, PyLoihiProcessModel):
    """The same steps in integers; its modulator always leaves one presentation late."""

    a_in: Any = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=24)
    a_third_factor_in: Any = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=10)
    s_out: Any = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=7)
    m_out: Any = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=7)
    s_out_bap: Any = LavaPyType(PyOutPort.VEC_DENSE, bool)
    s_out_y1: Any = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=7)
    s_out_y2: Any = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=7)
    s_out_y3: Any = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=7)
    bias: Any = LavaPyType(np.ndarray, np.int64, precision=24)
    u: Any = LavaPyType(np.ndarray, np.int64, precision=24)
    xi: Any = LavaPyType(np.ndarray, np.int64, precision=7)
    modulator_sum: Any = LavaPyType(np.ndarray, np.int64)
    sample: Any = LavaPyType(np.ndarray, np.int64)
    saturated: Any = LavaPyType(np.ndarray, np.int64)

    def __init__(self, proc_params: Any) -> None:
        super().__init__(proc_params)
        self.steps_per_sample = proc_params["steps_per_sample"]
        self.fixed = proc_params["fixed"]
        self.shift = leak_shift(proc_params["tau"])

    def run_spk(self) -> None:
        """Send activities, receive the third factor, send the late one."""
        z = self.advance(self.a_in.recv(), (self.time_step - 1) % self.steps_per_sample == 0)
        self._exchange(z, self.time_step % self.steps_per_sample == 0)

    def _exchange(self, z: np.ndarray, last: bool) -> None:
        """Send and receive; `last`: at a presentation's end."""
        self.s_out.send(z)
        self.m_out.send(z)
        third_factor = self.a_third_factor_in.recv()
        self._send_factors()
        if last:
            self._keep(third_factor, z)

    def advance(self, drive: np.ndarray, first: bool) -> np.ndarray:
        """Advance the membranes and return activities; `first`: of a presentation."""
        if self.proc_params["reset"] and first:
            self.u[:] = 0
        u = leaked(self.u, drive + self.bias, self.shift)
        self.u[:] = limited(u, -MEMBRANE_LIMIT, MEMBRANE_LIMIT)
        exact = normalised(np.maximum(self.u, 0))
        self.saturated[:2] += (
            beyond(u, -MEMBRANE_LIMIT, MEMBRANE_LIMIT),
            beyond(exact, 0, ACTIVITY_LIMIT),
        )
        return activities(exact, self.fixed.trace_bits)

    def _send_factors(self) -> None:
        """Send what the learning engine reads: the modulator of the presentation before."""
        params = self.proc_params
        step = power_of_two(int(self.sample[0]), params["total_samples"], self.fixed.rate)
        y2, y3, self.beyond_y = traces_sent(self.xi, step, self.fixed)
        active = self.u > 0
        self.s_out_bap.send(active)
        self.s_out_y1.send(np.where(active, TRACE_LIMIT, 0))
        self.s_out_y2.send(y2)
        self.s_out_y3.send(y3)

    def _keep(self, third_factor: np.ndarray, z: np.ndarray) -> None:
        """Keep the modulator of this presentation for the next one."""
        limit = third_factor_limit(self.fixed.modulator_bits)
        exact = neuron_modulator(
            third_factor.astype(np.int64),
            z,
            self.u,
            self.fixed.missing_bits,
            self.fixed.modulator_bits,
        )
        self.xi[:] = limited(exact, -limit, limit)
        self.modulator_sum += integer_root(np.sum(self.xi * self.xi))
        self.saturated[2:] += (beyond(exact, -limit, limit), self.beyond_y)
        self.sample += 1
