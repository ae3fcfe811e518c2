"""CPU model of :class:`FixedDense`."""

from typing import Any

import numpy as np
from lava.magma.core.decorator import implements, requires, tag
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.ports import PyInPort, PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.resources import CPU
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol

from lava_ib.processes.fixed_dense.process import FixedDense


@implements(proc=FixedDense, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyFixedDenseModelFloat(PyLoihiProcessModel):
    """Passes the drive on within the time step."""

    s_in: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    a_out: Any = LavaPyType(PyOutPort.VEC_DENSE, float)
    weights: Any = LavaPyType(np.ndarray, float)

    def run_spk(self) -> None:
        """Multiply."""
        self.a_out.send(self.weights @ self.s_in.recv())
