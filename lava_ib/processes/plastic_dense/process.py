"""All-to-all synapses with eligibility traces and three-factor learning."""

from typing import Any, Literal

from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.process.variable import Var

from lava_ib.processes.integer_vars import integer_vars


class PlasticDense(AbstractProcess):
    """Dense connection whose synapses keep an eligibility trace.

    Ports and Vars are named as in Lava's ``LearningDense``. Unlike it, the connection adds
    no time step of delay.

    Parameters
    ----------
    shape : tuple of int
        (n_post, n_pre).
    eta : float
        Learning rate.
    tau_e : float
        Time constant of the traces in time steps, at least 1.
    steps_per_sample : int
        Time steps of a presentation, the learning epoch.
    timing : {"paper", "chip"}
        Whether traces move at every time step, or once per learning epoch after the weights.
    total_samples : int
        Presentations over which the learning rate falls to zero; 0 keeps it constant.
    weight_decay : float
        Share of a weight lost per sample.
    decay_interval : int
        Samples between two decays.
    plastic : bool
        Without, the weights are fixed and nothing is received from the neurons.
    weights, tag_1 : float or ndarray, shape (n_post, n_pre), optional
        Initial weights and eligibility traces.
    sample : ndarray of int, shape (1,), optional
        Learning epochs before the first one of this run.
    **params
        ``name``, ``state_folder``: see :mod:`lava_ib.processes.mapped_state`; ``fixed``: see
        :class:`lava_ib.rule.fixed.settings.FixedSettings`.

    Attributes
    ----------
    s_in : InPort, shape (n_pre,)
        Presynaptic values.
    a_out : OutPort, shape (n_post,)
        ``W a``.
    s_in_bap, s_in_y1, s_in_y2, s_in_y3 : InPort, shape (n_post,)
        From the neurons: activity, ``phi'(u)``, positive and negative part of the modulator.
    weights, tag_1 : Var, shape (n_post, n_pre)
    sample : Var, shape (1,)
    """

    def __init__(
        self,
        *,
        shape: tuple[int, int],
        eta: float = 0.1,
        tau_e: float = 1.0,
        steps_per_sample: int = 1,
        timing: Literal["paper", "chip"] = "paper",
        total_samples: int = 0,
        weight_decay: float = 0.0,
        decay_interval: int = 100,
        plastic: bool = True,
        weights: Any = 0.0,
        tag_1: Any = 0.0,
        sample: Any = 0,
        **params: Any,
    ) -> None:
        super().__init__(
            shape=shape,
            eta=eta,
            tau_e=tau_e,
            steps_per_sample=steps_per_sample,
            timing=timing,
            total_samples=total_samples,
            weight_decay=weight_decay,
            decay_interval=decay_interval,
            plastic=plastic,
            **params,
        )
        self.s_in = InPort(shape=shape[1:])
        self.a_out = OutPort(shape=shape[:1])
        self.s_in_bap = InPort(shape=shape[:1])
        self.s_in_y1 = InPort(shape=shape[:1])
        self.s_in_y2 = InPort(shape=shape[:1])
        self.s_in_y3 = InPort(shape=shape[:1])
        self.weights = Var(shape=shape, init=weights)
        self.tag_1 = Var(shape=shape, init=tag_1)
        self.sample = Var(shape=(1,), init=sample)
        integer_vars(self, weight_exp=1, saturated=2)

    @property
    def learning_rules(self) -> dict[str, str]:
        """The rule as strings, in the symbols of Lava's learning rules; none without plasticity.

        ``dt`` is per time step or per learning epoch, as `timing` has it; ``dw`` per epoch.
        """
        params = self.proc_params
        if not params["plastic"]:
            return {}
        decay = f" - {params['weight_decay']:g}*w" if params["weight_decay"] else ""
        return {
            "dt": f"(x1*y1 - t)/{params['tau_e']:g}",
            "dw": f"{params['eta']:g}*(y2 - y3)*t{decay}",
        }
