"""CPU models of :class:`RateMap`."""

from typing import Any

import numpy as np
from lava.magma.core.decorator import implements, requires, tag
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.ports import PyInPort, PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.resources import CPU
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol

from lava_ib.processes.mapped_state import MappedState
from lava_ib.processes.rate_map.process import RateMap
from lava_ib.rule.fixed.neuron import integer_root
from lava_ib.rule.neuron import gate, rate


@implements(proc=RateMap, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyRateMapModelFloat(MappedState, PyLoihiProcessModel):
    """Rates first, then whatever third factor comes back for them."""

    a_in: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    a_third_factor_in: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    s_out: Any = LavaPyType(PyOutPort.VEC_DENSE, float)
    s_out_bap: Any = LavaPyType(PyOutPort.VEC_DENSE, bool)
    s_out_y1: Any = LavaPyType(PyOutPort.VEC_DENSE, float)
    s_out_y2: Any = LavaPyType(PyOutPort.VEC_DENSE, float)
    s_out_y3: Any = LavaPyType(PyOutPort.VEC_DENSE, float)
    u: Any = LavaPyType(np.ndarray, float)
    modulator_sum: Any = LavaPyType(np.ndarray, float)

    def run_spk(self) -> None:
        """Rectify the drive, send rates, receive and pass on the third factor."""
        self.u[:] = self.a_in.recv()
        self.s_out.send(rate(self.u))
        if not self.proc_params["plastic"]:
            return
        xi = self.a_third_factor_in.recv()
        self.modulator_sum += self.size(xi)
        active = gate(self.u)
        self.s_out_bap.send(active > 0.0)
        self.s_out_y1.send(active)
        self.s_out_y2.send(np.maximum(xi, 0))
        self.s_out_y3.send(np.maximum(-xi, 0))

    def size(self, xi: np.ndarray) -> float:
        """Norm of a modulator."""
        return float(np.linalg.norm(xi))


@implements(proc=RateMap, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyRateMapModelFixed(PyRateMapModelFloat):
    """The same in integers, which arrive saturated."""

    a_in: Any = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=24)
    a_third_factor_in: Any = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=9)
    s_out: Any = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=23)
    s_out_bap: Any = LavaPyType(PyOutPort.VEC_DENSE, bool)
    s_out_y1: Any = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=1)
    s_out_y2: Any = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=8)
    s_out_y3: Any = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=8)
    u: Any = LavaPyType(np.ndarray, np.int64, precision=24)
    modulator_sum: Any = LavaPyType(np.ndarray, np.int64)

    def size(self, xi: np.ndarray) -> int:
        """Norm of a modulator, rounded down."""
        return integer_root(np.sum(xi.astype(np.int64) ** 2))
