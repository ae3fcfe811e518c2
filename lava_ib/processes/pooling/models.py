"""CPU model of :class:`Pooling`."""

from typing import Any

import numpy as np
from lava.magma.core.decorator import implements, requires, tag
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.ports import PyInPort, PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.resources import CPU
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol

from lava_ib.processes.mapped_state import MappedState
from lava_ib.processes.pooling.process import Pooling
from lava_ib.rule.convolution import running_gain
from lava_ib.rule.normalisation import normalise, through_normalisation
from lava_ib.rule.summary import average_pool, pass_on, spread, summarise, through_pool


@implements(proc=Pooling, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyPoolingModelFloat(MappedState, PyLoihiProcessModel):
    """Both outputs first, from the means as they were; then the modulator's way back."""

    s_in: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    s_out: Any = LavaPyType(PyOutPort.VEC_DENSE, float)
    m_out: Any = LavaPyType(PyOutPort.VEC_DENSE, float)
    a_third_factor_in: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    a_out: Any = LavaPyType(PyOutPort.VEC_DENSE, float)
    summary_mean: Any = LavaPyType(np.ndarray, float)
    channel_mean: Any = LavaPyType(np.ndarray, float)
    sample: Any = LavaPyType(np.ndarray, np.int64)

    def run_spk(self) -> None:
        """Pool, send, carry the third factor back, move the means."""
        params, geometry = self.proc_params, self.proc_params["geometry"]
        pooled = average_pool(self.s_in.recv(), geometry.pool)
        summary = summarise(pooled, geometry.grid)
        z, norm = normalise(summary - self.summary_mean)
        self.s_out.send(pass_on(pooled, self.channel_mean))
        self.m_out.send(z)
        if params["plastic"]:
            third_factor = self.a_third_factor_in.recv()
            xi = through_normalisation(third_factor, z, norm, params["divide_by_norm"])
            credit = spread(xi, geometry.pooled, geometry.grid)
            self.a_out.send(through_pool(credit, geometry.output, geometry.pool))
        if params["learning"]:
            gain = running_gain(params["mean_rate"], int(self.sample[0]))
            self.summary_mean += gain * (summary - self.summary_mean)
            self.channel_mean += gain * (pooled.mean(axis=(0, 1)) - self.channel_mean)
            self.sample += 1
