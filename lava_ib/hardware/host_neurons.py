"""Models of what chip-in-the-loop keeps on the host, where sums come a time step late."""

from typing import Any

import numpy as np

from lava_ib.processes.plastic_dense.models import PyPlasticDenseModelFixed
from lava_ib.processes.rate_layer.models import PyRateLayerModelFixed
from lava_ib.rule.fixed.schedule import tag_shift


class PyLateNeurons(PyRateLayerModelFixed):
    """Neurons of the backend ``fixed`` that work in time steps of their own.

    ``proc_params["window"]`` has the first and the last one of a presentation, from 1. Before it
    they send nothing; after it they hold what they sent, for the memory and the readout.
    """

    def __init__(self, proc_params: Any) -> None:
        super().__init__(proc_params)
        self.first, self.last = proc_params["window"]
        self.z = np.zeros(proc_params["shape"], dtype=np.int64)

    def run_spk(self) -> None:
        """Advance within the window; send, receive the third factor, send the late one."""
        drive = self.a_in.recv()
        step = (self.time_step - 1) % self.steps_per_sample + 1
        if step == 1:
            self.z = np.zeros_like(self.z)
        if self.first <= step <= self.last:
            self.z = self.advance(drive, step == self.first)
        self._exchange(self.z, step == self.steps_per_sample)


class PyTaughtDense(PyPlasticDenseModelFixed):
    """Weights and tags of a connection whose sums the chip computes: it learns, and no more."""

    def __init__(self, proc_params: Any) -> None:
        super().__init__(proc_params)
        self.tag_shift = tag_shift(proc_params["tau_e"], proc_params["shown_steps"])

    def run_spk(self) -> None:
        """Keep what inputs and neurons send for the learning phase."""
        self._keep(self.s_in.recv())
