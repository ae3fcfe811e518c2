"""CPU models of :class:`Centring`."""

from typing import Any

import numpy as np
from lava.magma.core.decorator import implements, requires, tag
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.ports import PyInPort, PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.resources import CPU
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol

from lava_ib.processes.centring.process import Centring
from lava_ib.processes.mapped_state import MappedState
from lava_ib.rule.fixed.features import centred, move_mean, rate_shift


@implements(proc=Centring, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyCentringModelFloat(MappedState, PyLoihiProcessModel):
    """Sends with the mean as it was; moves it at the end of a presentation."""

    s_in: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    label_in: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    s_out: Any = LavaPyType(PyOutPort.VEC_DENSE, float)
    mean: Any = LavaPyType(np.ndarray, float)

    def __init__(self, proc_params: Any) -> None:
        super().__init__(proc_params)
        self.rate = proc_params["rate"]
        self.steps_per_sample = proc_params["steps_per_sample"]

    def run_spk(self) -> None:
        """Receive, send, move the mean."""
        centred = self.s_in.recv() - self.mean
        labelled = self.label_in.recv().any()
        self.s_out.send(centred)
        if labelled and self.time_step % self.steps_per_sample == 0:
            self.mean += self.rate * centred


@implements(proc=Centring, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyCentringModelFixed(MappedState, PyLoihiProcessModel):
    """The same in integers; the mean leaks by a shift."""

    s_in: Any = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=7)
    label_in: Any = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=1)
    s_out: Any = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=8)
    mean: Any = LavaPyType(np.ndarray, np.int64, precision=24)

    def __init__(self, proc_params: Any) -> None:
        super().__init__(proc_params)
        self.shift = rate_shift(proc_params["rate"])
        self.steps_per_sample = proc_params["steps_per_sample"]

    def run_spk(self) -> None:
        """Receive, send, move the mean."""
        z = self.s_in.recv().astype(np.int64)
        labelled = self.label_in.recv().any()
        self.s_out.send(centred(z, self.mean))
        if labelled and self.time_step % self.steps_per_sample == 0:
            move_mean(z, self.mean, self.shift)
