"""Class neurons that compare their scores, and teach the connection that made them."""

from typing import Any

from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.process.variable import Var

from lava_ib.processes.integer_vars import integer_vars


class MarginNeurons(AbstractProcess):
    """One neuron a class, behind a plastic connection: the comparator of margin prototypes.

    Stock Lava has no neuron that compares itself with others. A Loihi 2 program of one neuron
    cannot either, so the comparison belongs to an embedded processor or to a small network.

    Parameters
    ----------
    classes : int
    score_step : int
        Time step of a presentation, from 1, at which the scores of its last input arrive.
    steps_per_sample : int
        Time steps of a presentation.
    total_samples : int
        Presentations over which the step size falls; 0 keeps it constant.
    learning : bool
        Without, nothing is sent to the connection.
    samples : int
        Samples of one pass; a prediction is kept for each, 0 keeps none.
    sample, updates, predictions, optional
        Initial values of the Vars.
    **params
        ``name``, ``state_folder``, ``state_part``: see :mod:`lava_ib.processes.mapped_state`;
        ``fixed``: see :class:`lava_ib.rule.fixed.settings.FixedSettings`.

    Attributes
    ----------
    a_in, label_in : InPort, shape (C,)
        Scores; one-hot label, or zeros.
    s_out : OutPort, shape (C,)
        At `score_step` 1 for the class and -1 for its rival, where the margin is not kept.
    s_out_bap, s_out_y1, s_out_y2, s_out_y3 : OutPort, shape (C,)
        To the connection, from `score_step` on: y2 of the class, y3 of its rival.
    sample, updates : Var, shape (1,)
        Presentations made, and those that were learned from.
    predictions : Var, shape (samples,)
        One that means nothing where none are kept.
    """

    def __init__(
        self,
        *,
        classes: int,
        score_step: int,
        steps_per_sample: int,
        total_samples: int = 0,
        learning: bool = True,
        samples: int = 0,
        sample: Any = 0,
        predictions: Any = -1,
        **params: Any,
    ) -> None:
        super().__init__(
            classes=classes,
            score_step=score_step,
            steps_per_sample=steps_per_sample,
            total_samples=total_samples,
            learning=learning,
            samples=samples,
            **params,
        )
        self.a_in = InPort(shape=(classes,))
        self.label_in = InPort(shape=(classes,))
        for name in ("s_out", "s_out_bap", "s_out_y1", "s_out_y2", "s_out_y3"):
            setattr(self, name, OutPort(shape=(classes,)))
        self.sample = Var(shape=(1,), init=sample)
        self.predictions = Var(shape=(max(1, samples),), init=predictions)
        integer_vars(self, updates=1)
