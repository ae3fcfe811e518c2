"""What a map of neurons shows its memory and passes on, and the modulator's way back."""

from typing import Any

from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.process.variable import Var

from lava_ib.processes.integer_vars import integer_vars
from lava_ib.rule.geometry import Geometry


class Pooling(AbstractProcess):
    """Average pooling with two outputs: a vector for the memory, a map for the next layer.

    See :mod:`lava_ib.rule.summary`.

    Parameters
    ----------
    geometry : Geometry
    mean_rate : float
        Rate of the running means.
    divide_by_norm : bool
        Whether modulators are divided by the norm of what the memory sees.
    learning : bool
        Whether the running means move.
    plastic : bool
        Without, there is no memory to wait for.
    summary_mean, channel_mean, sample : ndarray, optional
        Initial values of the Vars.
    **params
        ``name``, ``state_folder``: see :mod:`lava_ib.processes.mapped_state`; ``fixed``: see
        :class:`lava_ib.rule.fixed.settings.FixedSettings`, with which modulators are never
        divided by the norm.

    Attributes
    ----------
    s_in : InPort, shape `geometry.output`
        Rates.
    s_out : OutPort, shape `geometry.pooled`
        Pooled map, centred and scaled, for the next connection.
    m_out : OutPort, shape (`geometry.shown`,)
        Normalised summary, for the memory or the readout.
    a_third_factor_in : InPort, shape (`geometry.shown`,)
        Modulator with respect to `m_out`.
    a_out : OutPort, shape `geometry.output`
        Modulator with respect to the rates.
    summary_mean : Var, shape (`geometry.shown`,)
    channel_mean : Var, shape (channels,)
    sample : Var, shape (1,)
        Samples in the means.
    """

    def __init__(
        self,
        *,
        geometry: Geometry,
        mean_rate: float = 0.001,
        divide_by_norm: bool = True,
        learning: bool = True,
        plastic: bool = True,
        summary_mean: Any = 0.0,
        channel_mean: Any = 0.0,
        sample: Any = 0,
        **params: Any,
    ) -> None:
        super().__init__(
            geometry=geometry,
            mean_rate=mean_rate,
            divide_by_norm=divide_by_norm,
            learning=learning,
            plastic=plastic,
            **params,
        )
        self.s_in = InPort(shape=geometry.output)
        self.s_out = OutPort(shape=geometry.pooled)
        self.m_out = OutPort(shape=(geometry.shown,))
        self.a_third_factor_in = InPort(shape=(geometry.shown,))
        self.a_out = OutPort(shape=geometry.output)
        self.summary_mean = Var(shape=(geometry.shown,), init=summary_mean)
        self.channel_mean = Var(shape=geometry.pooled[2:], init=channel_mean)
        self.sample = Var(shape=(1,), init=sample)
        integer_vars(self, saturated=3)
