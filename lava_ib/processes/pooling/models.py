"""CPU models of :class:`Pooling`."""

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
from lava_ib.rule.fixed.maps import (
    cell_limit,
    cell_modulator,
    cell_share,
    followed,
    horizon,
    map_size,
    passed_on,
    quotient,
    whole,
)
from lava_ib.rule.fixed.neuron import (
    ACTIVITY_BITS,
    ACTIVITY_LIMIT,
    beyond,
    coarse,
    limited,
    normalised,
)
from lava_ib.rule.normalisation import normalise, through_normalisation
from lava_ib.rule.summary import (
    average_pool,
    cell_sizes,
    cell_sums,
    over_cells,
    over_squares,
    pass_on,
    spread,
    square_sums,
    summarise,
    through_pool,
)


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


@implements(proc=Pooling, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyPoolingModelFixed(MappedState, PyLoihiProcessModel):
    """The same steps in integers; modulators are not divided by the norm."""

    s_in: Any = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=23)
    s_out: Any = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=8)
    m_out: Any = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=8)
    a_third_factor_in: Any = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=10)
    a_out: Any = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=9)
    summary_mean: Any = LavaPyType(np.ndarray, np.int64)
    channel_mean: Any = LavaPyType(np.ndarray, np.int64)
    sample: Any = LavaPyType(np.ndarray, np.int64)
    saturated: Any = LavaPyType(np.ndarray, np.int64)

    def __init__(self, proc_params: Any) -> None:
        super().__init__(proc_params)
        self.geometry, self.fixed = proc_params["geometry"], proc_params["fixed"]
        self.sizes = cell_sizes(self.geometry.pooled, self.geometry.grid)

    def run_spk(self) -> None:
        """Pool, send, carry the third factor back, move the means."""
        geometry, params = self.geometry, self.proc_params
        sums = square_sums(self.s_in.recv().astype(np.int64), geometry.pool)
        pooled = quotient(sums, geometry.pool**2)
        summary = quotient(cell_sums(pooled, geometry.grid), self.sizes).ravel()
        centred = pooled - whole(self.channel_mean)
        size = map_size(np.sum(centred * centred), centred.size)
        self.s_out.send(self._sent(passed_on(centred, size), 0))
        z = self._sent(normalised(summary - whole(self.summary_mean)), 1)
        self.m_out.send(z)
        if params["plastic"]:
            self.a_out.send(self._back(self.a_third_factor_in.recv().astype(np.int64), z))
        if params["learning"]:
            samples = horizon(params["mean_rate"], int(self.sample[0]))
            averages = quotient(pooled.sum(axis=(0, 1)), pooled[..., 0].size)
            self.summary_mean[:] = followed(self.summary_mean, summary, samples)
            self.channel_mean[:] = followed(self.channel_mean, averages, samples)
            self.sample += 1

    def _sent(self, exact: np.ndarray, counter: int) -> np.ndarray:
        """What leaves: saturated, without the bits that are cleared."""
        self.saturated[counter] += beyond(exact, -ACTIVITY_LIMIT, ACTIVITY_LIMIT)
        cleared = ACTIVITY_BITS - self.fixed.trace_bits
        return coarse(limited(exact, -ACTIVITY_LIMIT, ACTIVITY_LIMIT), cleared)

    def _back(self, third_factor: np.ndarray, z: np.ndarray) -> np.ndarray:
        """Modulator of the rates from that of what the memory sees."""
        geometry, bits = self.geometry, self.fixed.modulator_bits
        exact = cell_modulator(third_factor, z, self.fixed.missing_bits, bits)
        limit = cell_limit(bits)
        self.saturated[2] += beyond(exact, -limit, limit)
        cells = limited(exact, -limit, limit).reshape(geometry.grid, geometry.grid, -1)
        shares = cell_share(cells, self.sizes, self.sizes.max())
        credit = over_cells(shares, geometry.pooled, geometry.grid)
        return over_squares(credit, geometry.output, geometry.pool)
