"""A memory network that keeps one prototype a class."""

from typing import Any

from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.process.variable import Var

from lava_ib.processes.integer_vars import integer_vars
from lava_ib.rule.memory import Prototype


class PrototypeMemory(AbstractProcess):
    """Prototype memory, whose modulator pulls a layer towards its class.

    Parameters
    ----------
    settings : Prototype
        How prototypes are kept and compared; with ``units``, of an
        :class:`~lava_ib.processes.ExpandedPrototypeMemory`.
    neurons, classes : int
        Size n of the layer, number C of classes.
    steps_per_sample : int
        Time steps of a presentation.
    total_samples : int
        Presentations over which the memory's rate falls to zero; 0 keeps it constant.
    prototypes : float or ndarray, shape (C, n), optional
        Initial prototypes.
    sample : ndarray of int, shape (1,), optional
        Presentations before the first one of this run.
    **params
        ``name``, ``state_folder``: see :mod:`lava_ib.processes.mapped_state`; ``fixed``: see
        :class:`lava_ib.rule.fixed.settings.FixedSettings`.

    Attributes
    ----------
    s_in : InPort, shape (n,)
        Normalised rates of the layer.
    label_in : InPort, shape (C,)
        One-hot label; zeros: nothing is stored or learned.
    a_out : OutPort, shape (n,)
        Modulator with respect to the normalised rates, at the last time step of a
        presentation; zeros at all others.
    prototypes : Var, shape (C, n)
    sample : Var, shape (1,)

    Raises
    ------
    ValueError
        If the settings have rectifiers and the Process has none, or the other way round.
    """

    EXPANDS = False
    """Whether rows see rectifiers, too."""

    def __init__(
        self,
        *,
        settings: Prototype,
        neurons: int,
        classes: int,
        steps_per_sample: int = 1,
        total_samples: int = 0,
        prototypes: Any = 0.0,
        sample: Any = 0,
        **params: Any,
    ) -> None:
        super().__init__(
            settings=settings,
            neurons=neurons,
            steps_per_sample=steps_per_sample,
            total_samples=total_samples,
            **params,
        )
        # Only now: Lava deletes a Process by what its own constructor has set.
        if bool(settings.units) != self.EXPANDS:
            wanted = "at least 1" if self.EXPANDS else "0; ExpandedPrototypeMemory has rectifiers"
            raise ValueError(f"units = {settings.units}: {type(self).__name__} takes {wanted}")
        self.s_in = InPort(shape=(neurons,))
        self.label_in = InPort(shape=(classes,))
        self.a_out = OutPort(shape=(neurons,))
        self.prototypes = Var(shape=(classes, neurons + settings.units), init=prototypes)
        self.sample = Var(shape=(1,), init=sample)
        integer_vars(self, updates=1, saturated=3 if self.EXPANDS else 1)
