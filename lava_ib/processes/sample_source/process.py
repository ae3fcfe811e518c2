"""Presents samples one after the other, each for a number of time steps."""

from typing import Any

import numpy as np
from lava.magma.core.process.ports.ports import OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.process.variable import Var

from lava_ib.processes.integer_vars import integer_vars
from lava_ib.rule.geometry import MapShape


class SampleSource(AbstractProcess):
    """Source of input vectors and their labels.

    Parameters
    ----------
    x : ndarray, shape (samples, n)
        Input vectors.
    labels : ndarray of int, shape (samples,)
        Classes from 0; -1 marks a sample without a label, from which nothing is learned.
    classes : int
        Number of classes C.
    steps_per_sample : int
        Time steps of one presentation.
    offset : ndarray, shape (n,), optional
        Subtracted from every input: centred inputs whose `x` may stay mostly zero.
    memory_labels : ndarray of int, shape (samples,), optional
        What the memories are told instead of `labels`.
    seed : int, optional
        Each pass shuffles the samples anew from this seed; without it, they keep their order.
    run_length : int
        Samples of one class in a row; see :func:`lava_ib.rule.schedule.arrival_order`.
    replay : int
        Slots of each class that what is shown is drawn from; see
        :func:`lava_ib.rule.schedule.replayed`. Here they hold numbers of samples, whose inputs
        `x` has; where `x` is a stream, they hold inputs.
    image : tuple of int, optional
        Shape (height, width, channels) of a sample, where it is shown as a picture.
    flip : bool
        Mirror pictures left to right; see :func:`lava_ib.rule.schedule.flips`.
    signed : bool
        Whether integers keep the sign of inputs; otherwise negative ones become 0.
    sample : ndarray of int, shape (1,), optional
        Presentations made before the first one of this run.
    **params
        ``name``, ``state_folder``: see :mod:`lava_ib.processes.mapped_state`; ``fixed``: see
        :class:`lava_ib.rule.fixed.settings.FixedSettings`.

    Attributes
    ----------
    s_out : OutPort, shape (n,) or `image`
        The present input, at every time step.
    label_out : OutPort, shape (C,)
        Its one-hot label, or zeros, at every time step.
    memory_label_out : OutPort, shape (C,)
        The same for the memories.
    sample : Var, shape (1,)
        Presentations made.

    Raises
    ------
    ValueError
        If `x` and `labels` do not fit each other.
    """

    def __init__(
        self,
        *,
        x: np.ndarray,
        labels: np.ndarray,
        classes: int,
        steps_per_sample: int,
        offset: np.ndarray | None = None,
        memory_labels: np.ndarray | None = None,
        seed: int | None = None,
        run_length: int = 1,
        replay: int = 0,
        image: MapShape | None = None,
        flip: bool = False,
        signed: bool = False,
        sample: Any = 0,
        **params: Any,
    ) -> None:
        super().__init__(
            x=x,
            labels=labels,
            classes=classes,
            steps_per_sample=steps_per_sample,
            memory_labels=labels if memory_labels is None else memory_labels,
            offset=offset,
            seed=seed,
            run_length=run_length,
            replay=replay,
            image=image,
            flip=flip,
            signed=signed,
            **params,
        )
        if x.ndim != 2 or labels.shape != x.shape[:1] or len(x) == 0:
            raise ValueError(
                f"SampleSource: x has shape {x.shape} and labels {labels.shape}; "
                "expected (samples, n) and (samples,), at least one sample"
            )
        self.s_out = OutPort(shape=x.shape[1:] if image is None else image)
        self.label_out = OutPort(shape=(classes,))
        self.memory_label_out = OutPort(shape=(classes,))
        self.sample = Var(shape=(1,), init=sample)
        integer_vars(self, saturated=1)
