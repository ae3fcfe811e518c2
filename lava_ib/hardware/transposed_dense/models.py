"""CPU model of :class:`TransposedDense`."""

from typing import Any

import numpy as np
from lava.magma.core.decorator import implements, requires, tag
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.ports import PyInPort, PyOutPort, PyRefPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.resources import CPU
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol

from lava_ib.hardware.transposed_dense.process import TransposedDense


@implements(proc=TransposedDense, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyTransposedDenseModel(PyLoihiProcessModel):
    """Reads in the management phase after learning, when weights stand still."""

    s_in: Any = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=2)
    a_out: Any = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=10)
    weights_ref: Any = LavaPyType(PyRefPort.VEC_DENSE, np.int32)

    def __init__(self, proc_params: Any) -> None:
        super().__init__(proc_params)
        self.weights = np.asarray(proc_params["weights"], dtype=np.int64)

    def run_spk(self) -> None:
        """Send what arrives back through the weights."""
        self.a_out.send(self.s_in.recv() @ self.weights)

    def post_guard(self) -> bool:
        """Read after each learning epoch."""
        return self.time_step % self.proc_params["t_epoch"] == 0

    def run_post_mgmt(self) -> None:
        """Read the weights; Lava calls this twice where something learns, which does no harm."""
        self.weights = self.weights_ref.read().astype(np.int64)
