"""CPU model of :class:`ScoredReadout`."""

from typing import Any

import numpy as np
from lava.magma.core.decorator import implements, requires, tag
from lava.magma.core.model.py.ports import PyInPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.resources import CPU
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol

from lava_ib.hardware.scored_readout.process import ScoredReadout
from lava_ib.processes.readout.models import IntegerReadout


@implements(proc=ScoredReadout, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyScoredReadoutModel(IntegerReadout):
    """Takes the scores as they come."""

    scores_in: Any = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=24)

    def _scored(self, z: np.ndarray) -> np.ndarray:
        return self.scores_in.recv()
