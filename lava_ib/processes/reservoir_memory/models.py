"""The reservoir memory composed of units, fixed synapses and a readout."""

from typing import Any

from lava.magma.core.decorator import implements, tag
from lava.magma.core.model.sub.model import AbstractSubProcessModel

from lava_ib.processes.fixed_dense.process import FixedDense
from lava_ib.processes.reservoir_memory.process import ReservoirMemory
from lava_ib.processes.reservoir_readout.process import ReservoirReadout
from lava_ib.processes.reservoir_units.process import ReservoirUnits
from lava_ib.processes.window_memory.process import WindowMemory

_TEACHER = ("z", "labels", "x", "count")


@implements(proc=ReservoirMemory)
@tag("floating_pt")
class SubReservoirMemoryModel(AbstractSubProcessModel):
    """Output and label drive the units, which drive each other; the readout sends the modulator.

    A readout that learns while it is used has a window of exact kernels beside it.
    """

    def __init__(self, proc: ReservoirMemory) -> None:
        params = proc.proc_params
        settings, fixed, first = params["settings"], params["fixed"], params["first"]
        (neurons,), (classes,) = proc.s_in.shape, proc.label_in.shape
        kept = {"state_folder": params["state_folder"], "state_part": params["name"]}
        for name, weights in fixed.items():
            setattr(self, name, FixedDense(name=name, weights=weights))
        self.units = ReservoirUnits(
            name="units", units=settings.units, tau=settings.tau, u=first.get("u", 0.0), **kept
        )
        self.readout = ReservoirReadout(
            name="estimator",
            shape=(neurons, settings.units),
            classes=classes,
            rate=settings.rate,
            steps_per_sample=params["steps_per_sample"],
            readout_weights=first.get("readout_weights", 0.0),
            **kept,
        )
        self._connect(proc)
        if settings.rate > 0.0:
            self.teacher = WindowMemory(
                name="teacher",
                settings=settings.teacher,
                neurons=neurons,
                classes=classes,
                inputs=1,
                steps_per_sample=params["steps_per_sample"],
                **{name: first[name] for name in _TEACHER if name in first},
                **kept,
            )
            self._teach(proc)

    def _connect(self, proc: Any) -> None:
        proc.s_in.connect(self.inputs.s_in)
        proc.label_in.connect(self.label_inputs.s_in)
        proc.label_in.connect(self.readout.label_in)
        self.units.s_out_recurrent.connect(self.recurrent.s_in)
        for connection in (self.recurrent, self.inputs, self.label_inputs):
            connection.a_out.connect(self.units.a_in)
        self.units.s_out.connect(self.readout.s_in)
        self.readout.a_out.connect(proc.a_out)
        for name in proc.proc_params["fixed"]:
            getattr(proc, name).alias(getattr(self, name).weights)
        proc.u.alias(self.units.u)
        proc.readout_weights.alias(self.readout.readout_weights)

    def _teach(self, proc: Any) -> None:
        proc.s_in.connect(self.teacher.s_in)
        proc.label_in.connect(self.teacher.label_in)
        self.teacher.a_out.connect(self.readout.target_in)
        for name in _TEACHER:
            getattr(proc, name).alias(getattr(self.teacher, name))
