"""A memory network of recurrent units with fixed random weights."""

from typing import Any

import numpy as np
from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.process.variable import Var

from lava_ib.rule.memory import Reservoir


class ReservoirMemory(AbstractProcess):
    """Reservoir memory as a hierarchical Process.

    Parameters
    ----------
    settings : Reservoir
    neurons, classes : int
        Size n of the layer, number C of classes.
    recurrent, inputs, label_inputs : ndarray, shapes (D, D), (D, n), (D, C)
        Fixed weights.
    steps_per_sample : int
        Time steps of a presentation.
    name, state_folder
        See :mod:`lava_ib.processes.mapped_state`.
    **first
        Initial values of the other Vars.

    Attributes
    ----------
    s_in : InPort, shape (n,)
        Normalised rates of the layer.
    label_in : InPort, shape (C,)
        One-hot label; zeros: the units advance, no modulator is sent and nothing learned.
    a_out : OutPort, shape (n,)
        Modulator with respect to the normalised rates, at the last time step of a
        presentation; zeros at all others.
    recurrent, inputs, label_inputs : Var, shapes (D, D), (D, n), (D, C)
    readout_weights : Var, shape (n, D)
    u : Var, shape (D,)
    z, labels, x, count : Var
        Of the teacher, where the readout learns while it is used; see
        :class:`lava_ib.processes.WindowMemory`.
    """

    def __init__(
        self,
        *,
        settings: Reservoir,
        neurons: int,
        classes: int,
        recurrent: np.ndarray,
        inputs: np.ndarray,
        label_inputs: np.ndarray,
        steps_per_sample: int = 1,
        name: str = "memory",
        state_folder: Any = None,
        **first: Any,
    ) -> None:
        fixed = {"recurrent": recurrent, "inputs": inputs, "label_inputs": label_inputs}
        super().__init__(
            settings=settings,
            fixed=fixed,
            first=first,
            steps_per_sample=steps_per_sample,
            name=name,
            state_folder=state_folder,
        )
        self.s_in = InPort(shape=(neurons,))
        self.label_in = InPort(shape=(classes,))
        self.a_out = OutPort(shape=(neurons,))
        for variable, slot in settings.slots(neurons, classes, 1).items():
            init = {**fixed, **first}.get(variable, slot.fill)
            setattr(self, variable, Var(shape=slot.shape, init=init))
