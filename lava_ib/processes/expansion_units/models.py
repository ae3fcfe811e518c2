"""CPU models of :class:`ExpansionUnits`."""

from typing import Any

import numpy as np
from lava.magma.core.decorator import implements, requires, tag
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.ports import PyInPort, PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.resources import CPU
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol

from lava_ib.processes.expansion_units.process import ExpansionUnits
from lava_ib.processes.mapped_state import MappedState
from lava_ib.rule.fixed.features import relu4, through_relu4
from lava_ib.rule.memory.features import FEATURES, expand, through_expansion


@implements(proc=ExpansionUnits, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyExpansionUnitsModelFloat(PyLoihiProcessModel):
    """Sends features; only then waits for what they are worth."""

    a_in: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    s_out: Any = LavaPyType(PyOutPort.VEC_DENSE, float)
    a_evidence_in: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    s_out_slope: Any = LavaPyType(PyOutPort.VEC_DENSE, float)

    def __init__(self, proc_params: Any) -> None:
        super().__init__(proc_params)
        self.code, self.sigma = FEATURES.index(proc_params["feature"]), proc_params["sigma"]

    def run_spk(self) -> None:
        """Make features of the drive, and carry the answer back through them."""
        drive = self.a_in.recv()
        phi = expand(drive, self.code, self.sigma)
        self.s_out.send(phi)
        evidence = self.a_evidence_in.recv()
        self.s_out_slope.send(through_expansion(drive, phi, evidence, self.code, self.sigma))


@implements(proc=ExpansionUnits, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyExpansionUnitsModelFixed(MappedState, PyLoihiProcessModel):
    """The same in integers, with fourth powers of rectified drives."""

    a_in: Any = LavaPyType(PyInPort.VEC_DENSE, np.int64, precision=24)
    s_out: Any = LavaPyType(PyOutPort.VEC_DENSE, np.int64, precision=16)
    a_evidence_in: Any = LavaPyType(PyInPort.VEC_DENSE, np.int64, precision=26)
    s_out_slope: Any = LavaPyType(PyOutPort.VEC_DENSE, np.int64, precision=17)
    saturated_drive: Any = LavaPyType(np.ndarray, np.int64)

    def run_spk(self) -> None:
        """Make features of the drive, and carry the answer back through them."""
        drive = self.a_in.recv()
        self.s_out.send(relu4(drive))
        evidence = self.a_evidence_in.recv()
        self.s_out_slope.send(through_relu4(drive, evidence, self.saturated_drive))
