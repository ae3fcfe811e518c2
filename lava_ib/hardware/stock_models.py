"""Models of the Processes that a Loihi-compatible network is composed of.

Stock Lava's are used as they are; what is added is a copy of their state where a network's
state is read from, and the time steps within a presentation at which a layer works.
"""

from pathlib import Path
from typing import Any

import numpy as np
from lava.magma.core.model.py.ports import PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.proc.dense.models import PyLearningDenseModelBitApproximate

from lava_ib.processes.mapped_state import state_file
from lava_ib.processes.rate_layer.models import PyRateLayerModelFixed
from lava_ib.processes.sample_source.models import PySampleSourceModelFixed


class PyMirroredLearningDense(PyLearningDenseModelBitApproximate):
    """Lava's learning connection, whose weights and tags are copied out after each epoch.

    ``proc_params["mirrored"]`` maps the names of its Vars to those of the network's state,
    ``sample`` among them for the number of learning epochs, of which there were
    ``proc_params["epochs"]`` before the first.
    """

    def __init__(self, proc_params: Any) -> None:
        super().__init__(proc_params)
        self.sample = proc_params["epochs"]
        for _ in range(self.sample):
            self._conn_var_random.advance()

    def start(self) -> None:
        """Open the files, then start as every ProcessModel does."""
        folder = self.proc_params["state_folder"]
        self.files = {}
        if folder is not None:
            for variable, name in self.proc_params["mirrored"].items():
                self.files[variable] = np.load(state_file(Path(folder), name), mmap_mode="r+")
        super().start()

    def run_lrn(self) -> None:
        """Learn, then copy."""
        super().run_lrn()
        self.sample += 1
        for variable, file in self.files.items():
            file[...] = getattr(self, variable)


class PyGradedSource(PySampleSourceModelFixed):
    """Sends twice an activity as payload: the learning engine's trace is half of it."""

    s_out: Any = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=8)

    def _present_next(self) -> None:
        super()._present_next()
        self.present_x = 2 * self.present_x


class PyThirdFactorNeurons(PyRateLayerModelFixed):
    """What a Loihi 2 program of the layer's neurons must do.

    Each connection adds a time step of delay, so a layer works in time steps of its own,
    ``proc_params["window"]``: first and last of a presentation, from 1. Before and after it
    sends no spikes and its membranes keep still. It sends traces to its connection at every
    time step, and takes its new third factor at the last one of a presentation.
    """

    s_out: Any = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=8)
    m_out: Any = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=8)

    def __init__(self, proc_params: Any) -> None:
        super().__init__(proc_params)
        self.first, self.last = proc_params["window"]
        self.z = np.zeros(proc_params["shape"], dtype=np.int64)
        self.third_factor = np.zeros(proc_params["shape"], dtype=np.int64)

    def run_spk(self) -> None:
        """Work within the window; send traces; collect the third factor until the end."""
        drive = self.a_in.recv()
        step = (self.time_step - 1) % self.steps_per_sample + 1
        working = self.first <= step <= self.last
        if working:
            self.z = self.advance(drive, step == self.first)
        payload = 2 * self.z if working else np.zeros_like(self.z)
        self.s_out.send(payload)
        self.m_out.send(payload)
        self._send_factors()
        self.third_factor += self.a_third_factor_in.recv()
        if step == self.steps_per_sample:
            self._keep(self.third_factor, self.z)
            self.third_factor[:] = 0
