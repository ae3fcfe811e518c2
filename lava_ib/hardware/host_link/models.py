"""Models of the host links: pass through on CPU, the extension's adapters on the chip."""

import numpy as np
from lava.magma.core.decorator import implements, requires, tag
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.ports import PyInPort, PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.model.sub.model import AbstractSubProcessModel
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.resources import CPU, Loihi2NeuroCore
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol

from lava_ib.hardware.host_link.process import FromChip, ToChip


class _PassThrough(PyLoihiProcessModel):
    inp: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=24)
    out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=24)

    def run_spk(self) -> None:
        """Hand on what came."""
        self.out.send(self.inp.recv())


@implements(proc=ToChip, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyToChipModel(_PassThrough):
    """On CPU."""


@implements(proc=FromChip, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyFromChipModel(_PassThrough):
    """On CPU."""


@implements(proc=ToChip, protocol=LoihiProtocol)
@requires(Loihi2NeuroCore)
class NxToChipModel(AbstractSubProcessModel):
    """``PyToNxAdapter`` of Intel's extension."""

    def __init__(self, proc: AbstractProcess) -> None:
        from lava.proc import embedded_io  # only there with the extension

        self.adapter = embedded_io.spike.PyToNxAdapter(
            shape=proc.proc_params["shape"], num_message_bits=proc.proc_params["message_bits"]
        )
        proc.inp.connect(self.adapter.inp)
        self.adapter.out.connect(proc.out)


@implements(proc=FromChip, protocol=LoihiProtocol)
@requires(Loihi2NeuroCore)
class NxFromChipModel(AbstractSubProcessModel):
    """``NxToPyAdapter`` of Intel's extension."""

    def __init__(self, proc: AbstractProcess) -> None:
        from lava.proc import embedded_io  # only there with the extension

        self.adapter = embedded_io.spike.NxToPyAdapter(
            shape=proc.proc_params["shape"], num_message_bits=proc.proc_params["message_bits"]
        )
        proc.inp.connect(self.adapter.inp)
        self.adapter.out.connect(proc.out)
