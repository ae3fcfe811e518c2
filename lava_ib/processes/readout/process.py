"""The readout: linear scores of the classes, learned by the delta rule."""

from typing import Any

from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.process.variable import Var

from lava_ib.processes.integer_vars import integer_vars
from lava_ib.rule.settings import ReadoutSettings


class Readout(AbstractProcess):
    """Class scores ``W z``, and the class of the highest one at each presentation's end.

    A sample is classified before it is learned from, so predictions made during training
    are predictions of unseen samples in the first pass.

    Parameters
    ----------
    settings : ReadoutSettings
        The delta rule's constants.
    shape : tuple of int
        (C, n): classes, neurons of the layer below.
    samples : int
        Presentations in one pass through the data.
    steps_per_sample : int
        Time steps of a presentation.
    total_samples : int
        Presentations over which the learning rate falls to zero; 0 keeps it constant.
    learning : bool
        Without, the weights are fixed (inference).
    weights, sample, predictions : ndarray, optional
        Initial values of the Vars.
    **params
        ``name``, ``state_folder``: see :mod:`lava_ib.processes.mapped_state`; ``fixed``: see
        :class:`lava_ib.rule.fixed.settings.FixedSettings`.

    Attributes
    ----------
    s_in : InPort, shape (n,)
        Normalised rates of the layer below.
    label_in : InPort, shape (C,)
        One-hot label; zeros: nothing is learned.
    a_out : OutPort, shape (C,)
        Scores, at every time step.
    weights : Var, shape (C, n)
    sample : Var, shape (1,)
        Presentations classified.
    predictions : Var, shape (samples,)
        Class predicted for each presentation of the present pass, in the order shown; the
        rest still holds those of the pass before, or -1.
    """

    def __init__(
        self,
        *,
        settings: ReadoutSettings,
        shape: tuple[int, int],
        samples: int,
        steps_per_sample: int = 1,
        total_samples: int = 0,
        learning: bool = True,
        weights: Any = 0.0,
        sample: Any = 0,
        predictions: Any = -1,
        **params: Any,
    ) -> None:
        super().__init__(
            settings=settings,
            shape=shape,
            steps_per_sample=steps_per_sample,
            total_samples=total_samples,
            learning=learning,
            **params,
        )
        self.s_in = InPort(shape=shape[1:])
        self.label_in = InPort(shape=shape[:1])
        self.a_out = OutPort(shape=shape[:1])
        self.weights = Var(shape=shape, init=weights)
        self.sample = Var(shape=(1,), init=sample)
        self.predictions = Var(shape=(samples,), init=predictions)
        integer_vars(self, updates=1, saturated=1)
