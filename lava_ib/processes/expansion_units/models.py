"""CPU model of :class:`ExpansionUnits`."""

from typing import Any

from lava.magma.core.decorator import implements, requires, tag
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.ports import PyInPort, PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.resources import CPU
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol

from lava_ib.processes.expansion_units.process import ExpansionUnits
from lava_ib.rule.memory.features import (
    exponential,
    relu4,
    soft,
    through_exponential,
    through_relu4,
    through_soft,
)


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
        self.feature, self.sigma = proc_params["feature"], proc_params["sigma"]

    def run_spk(self) -> None:
        """Make features of the drive, and carry the answer back through them."""
        drive = self.a_in.recv()
        if self.feature == "relu4":
            self.s_out.send(relu4(drive))
            self.s_out_slope.send(through_relu4(drive, self.a_evidence_in.recv()))
            return
        features, through = (
            (soft, through_soft) if self.feature == "soft" else (exponential, through_exponential)
        )
        phi = features(drive, self.sigma)
        self.s_out.send(phi)
        self.s_out_slope.send(through(phi, self.a_evidence_in.recv(), self.sigma))
