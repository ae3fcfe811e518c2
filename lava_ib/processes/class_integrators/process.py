"""Leaky integrators, gated by the label, that average the features of each class."""

from typing import Any

from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.process.variable import Var

from lava_ib.rule.memory import Features


class ClassIntegrators(AbstractProcess):
    """Averages of a feature memory, and the evidence that follows from them.

    Parameters
    ----------
    settings : Features
    classes : int
        C.
    steps_per_sample : int
        Time steps of a presentation.
    readout, average : float or ndarray, shape (D,), optional
        Readout weights; initial average of all samples.
    averages : float or ndarray, shape (C, D), optional
        Initial averages of each class.
    **params
        ``name``, ``state_folder``, ``state_part``: see
        :mod:`lava_ib.processes.mapped_state`.

    Attributes
    ----------
    s_in : InPort, shape (D,)
        Features.
    label_in : InPort, shape (C,)
        One-hot label; zeros: nothing is remembered.
    a_out : OutPort, shape (D,)
        :func:`lava_ib.rule.memory.features.feature_evidence` at the last time step of a
        presentation; zeros at all others.
    readout, average : Var, shape (D,)
    averages : Var, shape (C, D)
    """

    def __init__(
        self,
        *,
        settings: Features,
        classes: int,
        steps_per_sample: int = 1,
        readout: Any = 1.0,
        averages: Any = 0.0,
        average: Any = 0.0,
        **params: Any,
    ) -> None:
        super().__init__(settings=settings, steps_per_sample=steps_per_sample, **params)
        self.s_in = InPort(shape=(settings.units,))
        self.label_in = InPort(shape=(classes,))
        self.a_out = OutPort(shape=(settings.units,))
        self.readout = Var(shape=(settings.units,), init=readout)
        self.averages = Var(shape=(classes, settings.units), init=averages)
        self.average = Var(shape=(settings.units,), init=average)
