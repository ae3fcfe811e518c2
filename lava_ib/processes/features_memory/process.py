"""A memory network of random features and gated integrators."""

from typing import Any

import numpy as np
from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.process.variable import Var

from lava_ib.processes.integer_vars import integer_vars
from lava_ib.rule.memory import Features


class FeaturesMemory(AbstractProcess):
    """Feature memory as a hierarchical Process.

    Parameters
    ----------
    settings : Features
    neurons, classes : int
        Size n of the layer, number C of classes.
    expansion : ndarray, shape (D, n)
        Weights of the random features.
    readout, averages, average, mean : ndarray, optional
        Initial values of the Vars.
    steps_per_sample : int
        Time steps of a presentation.
    **params
        ``name``, ``state_folder``: see :mod:`lava_ib.processes.mapped_state`.

    Attributes
    ----------
    s_in : InPort, shape (n,)
        Normalised rates of the layer.
    label_in : InPort, shape (C,)
        One-hot label; zeros: nothing is remembered.
    a_out : OutPort, shape (n,)
        Modulator with respect to the normalised rates, at the last time step of a
        presentation; zeros at all others.
    expansion : Var, shape (D, n)
    readout, average : Var, shape (D,)
    averages : Var, shape (C, D)
    mean : Var, shape (n,)
        Running mean of the rates.
    """

    def __init__(
        self,
        *,
        settings: Features,
        neurons: int,
        classes: int,
        expansion: np.ndarray,
        readout: Any = 1.0,
        averages: Any = 0.0,
        average: Any = 0.0,
        mean: Any = 0.0,
        steps_per_sample: int = 1,
        **params: Any,
    ) -> None:
        first = {"readout": readout, "averages": averages, "average": average, "mean": mean}
        super().__init__(
            settings=settings,
            classes=classes,
            expansion=expansion,
            first=first,
            steps_per_sample=steps_per_sample,
            **params,
        )
        self.s_in = InPort(shape=(neurons,))
        self.label_in = InPort(shape=(classes,))
        self.a_out = OutPort(shape=(neurons,))
        self.expansion = Var(shape=(settings.units, neurons), init=expansion)
        self.readout = Var(shape=(settings.units,), init=readout)
        self.averages = Var(shape=(classes, settings.units), init=averages)
        self.average = Var(shape=(settings.units,), init=average)
        self.mean = Var(shape=(neurons,), init=mean)
        integer_vars(
            self, drive_exp=1, modulator_exp=1, updates=1, saturated_a_out=1, saturated_drive=1
        )
