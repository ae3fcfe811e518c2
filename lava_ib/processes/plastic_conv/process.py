"""Convolutional synapses with three-factor learning of shared weights."""

from typing import Any

from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.process.variable import Var

from lava_ib.processes.integer_vars import integer_vars
from lava_ib.rule.geometry import Geometry


class PlasticConv(AbstractProcess):
    """Convolution whose filters learn from the coincidences at all their positions.

    Maps are (x, y, channels) and filters (out, kernel x, kernel y, in), as in Lava's
    ``Conv``, which with the same weights does the same but for its time step of delay. A
    dense layer is the case of a kernel that covers the whole input. Traces have
    ``tau_e = 1``: they are the products of this time step, and are not kept.

    Parameters
    ----------
    geometry : Geometry
    eta : float
        How far a step goes: so much of the norm of the first weights.
    warm_up : int
        Samples without a weight change at the start.
    mean_rate : float
        Rate of the running mean of squared weight changes.
    total_samples : int
        Presentations over which the learning rate falls to zero; 0 keeps it constant.
    weight_decay : float
        Share of a weight lost per sample.
    decay_interval : int
        Samples between two decays.
    plastic : bool
        Without, the weights are fixed and nothing is received from the neurons.
    weights : float or ndarray, shape (out, kernel x, kernel y, in), optional
        Initial filters.
    first_norm : float or ndarray, shape (1,), optional
        Norm of the weights at the start of the whole run.
    power, sample : ndarray, shape (1,), optional
        Initial values of the Vars.
    **params
        ``name``, ``state_folder``: see :mod:`lava_ib.processes.mapped_state`; ``fixed``: see
        :class:`lava_ib.rule.fixed.settings.FixedSettings`. In integers steps do not depend on
        `eta` and the norm of the first weights, see :mod:`lava_ib.rule.fixed.maps`.

    Attributes
    ----------
    s_in : InPort, shape (x, y, in)
        Presynaptic values.
    a_out : OutPort, shape (x, y, out)
        Drive of the neurons.
    s_in_bap, s_in_y1, s_in_y2, s_in_y3 : InPort, shape (x, y, out)
        From the neurons: activity, ``phi'(u)``, positive and negative part of the modulator.
    weights : Var, shape (out, kernel x, kernel y, in)
    first_norm : Var, shape (1,)
        In floating point.
    remainder : Var, shape (out, kernel x, kernel y, in)
        In integers: what is left over of the steps, in units of ``2^-15`` of a weight.
    power : Var, shape (1,)
        Running mean of the squared norm of the weight changes before scaling.
    sample : Var, shape (1,)
    """

    def __init__(
        self,
        *,
        geometry: Geometry,
        eta: float = 0.01,
        warm_up: int = 0,
        mean_rate: float = 0.001,
        total_samples: int = 0,
        weight_decay: float = 0.0,
        decay_interval: int = 100,
        plastic: bool = True,
        weights: Any = 0.0,
        first_norm: Any = 0.0,
        power: Any = 0.0,
        sample: Any = 0,
        **params: Any,
    ) -> None:
        super().__init__(
            geometry=geometry,
            eta=eta,
            warm_up=warm_up,
            mean_rate=mean_rate,
            total_samples=total_samples,
            weight_decay=weight_decay,
            decay_interval=decay_interval,
            plastic=plastic,
            **params,
        )
        self.s_in = InPort(shape=geometry.input)
        self.a_out = OutPort(shape=geometry.output)
        self.s_in_bap = InPort(shape=geometry.output)
        self.s_in_y1 = InPort(shape=geometry.output)
        self.s_in_y2 = InPort(shape=geometry.output)
        self.s_in_y3 = InPort(shape=geometry.output)
        self.weights = Var(shape=geometry.weights, init=weights)
        if params.get("fixed") is None:
            self.first_norm = Var(shape=(1,), init=first_norm)
        else:
            self.remainder = Var(shape=geometry.weights, init=params.get("remainder", 0))
        self.power = Var(shape=(1,), init=power)
        self.sample = Var(shape=(1,), init=sample)
        integer_vars(self, saturated=2)

    @property
    def learning_rules(self) -> dict[str, str]:
        """The rule as strings, in the symbols of Lava's learning rules; none without plasticity.

        Summed over the positions of a filter, and divided by the root mean square of the sum.
        """
        params = self.proc_params
        if not params["plastic"]:
            return {}
        decay = f" - {params['weight_decay']:g}*w" if params["weight_decay"] else ""
        return {"dt": "x1*y1 - t", "dw": f"{params['eta']:g}*(y2 - y3)*t{decay}"}
