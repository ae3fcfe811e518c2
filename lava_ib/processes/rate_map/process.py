"""Rate neurons that form a map."""

from typing import Any

from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.process.variable import Var

from lava_ib.rule.geometry import MapShape


class RateMap(AbstractProcess):
    """Rectified neurons of a map, without leak, bias or normalisation.

    The ports are those of :class:`RateLayer`; the third factor arrives with respect to the
    rates, carried back through pooling by :class:`Pooling`.

    Parameters
    ----------
    shape : tuple of int
        (x, y, channels).
    plastic : bool
        Without, there is no third factor to wait for.
    u, modulator_sum : float or ndarray, optional
        Initial values of the Vars.
    **params
        ``name``, ``state_folder``: see :mod:`lava_ib.processes.mapped_state`.

    Attributes
    ----------
    a_in : InPort, shape (x, y, channels)
        Drive.
    a_third_factor_in : InPort, shape (x, y, channels)
        Modulator with respect to the rates.
    s_out : OutPort, shape (x, y, channels)
        Rates.
    s_out_bap : OutPort, shape (x, y, channels)
        [u > 0].
    s_out_y1 : OutPort, shape (x, y, channels)
        ``phi'(u)``, 0 or 1.
    s_out_y2, s_out_y3 : OutPort, shape (x, y, channels)
        Positive and negative part of the modulator.
    u : Var, shape (x, y, channels)
        Membrane potentials.
    modulator_sum : Var, shape (1,)
        Sum of the modulators' norms over all presentations.
    """

    def __init__(
        self,
        *,
        shape: MapShape,
        plastic: bool = True,
        u: Any = 0.0,
        modulator_sum: Any = 0.0,
        **params: Any,
    ) -> None:
        super().__init__(shape=shape, plastic=plastic, **params)
        self.a_in = InPort(shape=shape)
        self.a_third_factor_in = InPort(shape=shape)
        self.s_out = OutPort(shape=shape)
        self.s_out_bap = OutPort(shape=shape)
        self.s_out_y1 = OutPort(shape=shape)
        self.s_out_y2 = OutPort(shape=shape)
        self.s_out_y3 = OutPort(shape=shape)
        self.u = Var(shape=shape, init=u)
        self.modulator_sum = Var(shape=(1,), init=modulator_sum)
