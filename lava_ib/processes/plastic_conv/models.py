"""CPU models of :class:`PlasticConv`."""

from typing import Any

import numpy as np
from lava.magma.core.decorator import implements, requires, tag
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.ports import PyInPort, PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.resources import CPU
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol

from lava_ib.processes.mapped_state import MappedState
from lava_ib.processes.plastic_conv.process import PlasticConv
from lava_ib.rule.convolution import convolve, patches, running_gain, shared_change, step_factor
from lava_ib.rule.fixed.maps import (
    filter_factor,
    filter_size,
    filter_step,
    followed,
    horizon,
    mean_square,
    moved_filters,
)
from lava_ib.rule.fixed.neuron import MEMBRANE_LIMIT, beyond, limited
from lava_ib.rule.fixed.plastic import weight_loss
from lava_ib.rule.schedule import decay_factor, linear_to_zero


@implements(proc=PlasticConv, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyPlasticConvModelFloat(MappedState, PyLoihiProcessModel):
    """Patches and drive in the spiking phase, filters in the learning phase."""

    s_in: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    a_out: Any = LavaPyType(PyOutPort.VEC_DENSE, float)
    s_in_bap: Any = LavaPyType(PyInPort.VEC_DENSE, bool)
    s_in_y1: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    s_in_y2: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    s_in_y3: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    weights: Any = LavaPyType(np.ndarray, float)
    first_norm: Any = LavaPyType(np.ndarray, float)
    power: Any = LavaPyType(np.ndarray, float)
    sample: Any = LavaPyType(np.ndarray, np.int64)

    def __init__(self, proc_params: Any) -> None:
        super().__init__(proc_params)
        self.geometry = proc_params["geometry"]
        self.plastic = proc_params["plastic"]

    def run_spk(self) -> None:
        """Pass the drive on, then receive what the neurons answer."""
        self.cut = patches(self.s_in.recv(), self.geometry)
        self.a_out.send(self.drive())
        if not self.plastic:
            return
        self.s_in_bap.recv()
        self.y1 = self.s_in_y1.recv()
        self.xi = self.s_in_y2.recv() - self.s_in_y3.recv()

    def drive(self) -> np.ndarray:
        """Drive of the neurons from the patches."""
        return convolve(self.weights, self.cut, self.geometry)

    def lrn_guard(self) -> bool:
        """Learn at every time step, which is a presentation."""
        return bool(self.plastic)

    def run_lrn(self) -> None:
        """Move the filters by the third factor; a sample without one moves nothing."""
        params, sample = self.proc_params, int(self.sample[0])
        factor = linear_to_zero(sample, params["total_samples"])
        change = shared_change(self.xi, self.y1, self.cut)
        square = float(np.sum(change**2))
        if square > 0.0:
            self.power += running_gain(params["mean_rate"], sample) * (square - self.power)
            if sample >= params["warm_up"]:
                eta = params["eta"] * factor
                step = step_factor(eta, float(self.first_norm[0]), float(self.power[0]))
                self.weights += step * change.reshape(self.weights.shape)
        self.sample += 1
        if self.sample[0] % params["decay_interval"] == 0:
            self.weights *= decay_factor(params["weight_decay"], params["decay_interval"], factor)


@implements(proc=PlasticConv, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyPlasticConvModelFixed(PyPlasticConvModelFloat):
    """The same steps in integers; what is left over of a step is kept."""

    s_in: Any = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=8)
    a_out: Any = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=24)
    s_in_bap: Any = LavaPyType(PyInPort.VEC_DENSE, bool)
    s_in_y1: Any = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=1)
    s_in_y2: Any = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=8)
    s_in_y3: Any = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=8)
    weights: Any = LavaPyType(np.ndarray, np.int64, precision=9)
    first_norm: Any = None
    remainder: Any = LavaPyType(np.ndarray, np.int64, precision=15)
    power: Any = LavaPyType(np.ndarray, np.int64)
    saturated: Any = LavaPyType(np.ndarray, np.int64)

    def __init__(self, proc_params: Any) -> None:
        super().__init__(proc_params)
        self.fixed = proc_params["fixed"]

    def drive(self) -> np.ndarray:
        """Drive of the neurons from the patches, saturated."""
        exact = super().drive()
        self.saturated[1] += beyond(exact, -MEMBRANE_LIMIT, MEMBRANE_LIMIT)
        return limited(exact, -MEMBRANE_LIMIT, MEMBRANE_LIMIT)

    def run_lrn(self) -> None:
        """Move the filters by the third factor; a sample without one moves nothing."""
        params, sample = self.proc_params, int(self.sample[0])
        change = shared_change(self.xi, self.y1, self.cut).astype(np.int64)
        square, step = int(mean_square(change)), np.zeros_like(change)
        if square > 0:
            samples = horizon(params["mean_rate"], sample)
            self.power[:] = followed(self.power, np.array([square]), samples)
            if sample >= params["warm_up"]:
                size = filter_size(sample, params["total_samples"], self.fixed.rate)
                step = filter_step(change, filter_factor(size, int(self.power[0])))
        filters, remainder = (a.reshape(change.shape) for a in (self.weights, self.remainder))
        loss = weight_loss(self.fixed.weight_decay, sample)
        moved, remainder[:] = moved_filters(filters, remainder, step, loss, self.fixed)
        filters[:] = limited(moved, *self.fixed.limits)
        self.saturated[0] += beyond(moved, *self.fixed.limits)
        self.sample += 1
