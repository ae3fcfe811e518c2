"""A layer of leaky rate neurons with divisive normalisation and a third factor."""

from typing import Any, Literal

from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.process.variable import Var

from lava_ib.processes.integer_vars import integer_vars


class RateLayer(AbstractProcess):
    """Leaky rate neurons whose output is their normalised rate.

    The ports follow Lava's plastic neurons, so a stock learning connection can be attached:
    the third factor arrives at ``a_third_factor_in`` and leaves, carried back through the
    normalisation, as the difference of ``s_out_y2`` and ``s_out_y3``.

    Parameters
    ----------
    shape : tuple of int
        (n,), number of neurons.
    tau : float
        Membrane time constant in time steps, at least 1.
    steps_per_sample : int
        Time steps of a presentation; the third factor is read at its last one.
    timing : {"paper", "chip"}
        Whether a modulator leaves in the presentation it arrives in, or in the next one.
    total_samples : int
        Presentations over which the step size of the integer models falls; 0 keeps it constant.
    divide_by_norm : bool
        Whether modulators are divided by the norm of the rates.
    reset : bool
        Start every presentation at rest (inference), instead of where the last one ended.
    bias, u, xi, modulator_sum : float or ndarray, optional
        Initial values of the Vars.
    **params
        ``name``, ``state_folder``: see :mod:`lava_ib.processes.mapped_state`; ``fixed``: see
        :class:`lava_ib.rule.fixed.settings.FixedSettings`.

    Attributes
    ----------
    a_in : InPort, shape (n,)
        Drive ``W a``.
    a_third_factor_in : InPort, shape (n,)
        Modulator with respect to the normalised rates, from a memory network.
    s_out : OutPort, shape (n,)
        Normalised rates, for the next connection.
    m_out : OutPort, shape (n,)
        What the layer shows its memory; for a dense layer the same.
    s_out_bap : OutPort, shape (n,)
        [u > 0].
    s_out_y1 : OutPort, shape (n,)
        ``phi'(u)``, 0 or 1.
    s_out_y2, s_out_y3 : OutPort, shape (n,)
        Positive and negative part of the modulator with respect to the rates.
    u : Var, shape (n,)
        Membrane potentials.
    bias : Var, shape (n,)
        Constant drive.
    xi : Var, shape (n,)
        Modulator that waits for the next presentation (``chip``).
    modulator_sum : Var, shape (1,)
        Sum of the modulators' norms over all presentations.
    """

    def __init__(
        self,
        *,
        shape: tuple[int, ...],
        tau: float = 1.0,
        steps_per_sample: int = 1,
        timing: Literal["paper", "chip"] = "paper",
        total_samples: int = 0,
        divide_by_norm: bool = True,
        reset: bool = False,
        bias: Any = 0.0,
        u: Any = 0.0,
        xi: Any = 0.0,
        modulator_sum: Any = 0.0,
        **params: Any,
    ) -> None:
        super().__init__(
            shape=shape,
            tau=tau,
            steps_per_sample=steps_per_sample,
            timing=timing,
            total_samples=total_samples,
            divide_by_norm=divide_by_norm,
            reset=reset,
            **params,
        )
        self.a_in = InPort(shape=shape)
        self.a_third_factor_in = InPort(shape=shape)
        self.s_out = OutPort(shape=shape)
        self.m_out = OutPort(shape=shape)
        self.s_out_bap = OutPort(shape=shape)
        self.s_out_y1 = OutPort(shape=shape)
        self.s_out_y2 = OutPort(shape=shape)
        self.s_out_y3 = OutPort(shape=shape)
        self.bias = Var(shape=shape, init=bias)
        self.u = Var(shape=shape, init=u)
        self.xi = Var(shape=shape, init=xi)
        self.modulator_sum = Var(shape=(1,), init=modulator_sum)
        integer_vars(self, sample=1, saturated=4)
