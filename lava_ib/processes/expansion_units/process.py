"""Units that make features of their drive, and carry a gradient back to it."""

from typing import Any, Literal

from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess

from lava_ib.processes.integer_vars import integer_vars


class ExpansionUnits(AbstractProcess):
    """Random features of a feature memory.

    Parameters
    ----------
    units : int
        D.
    feature : {"soft", "relu4", "exp"}
        See :class:`lava_ib.rule.memory.Features`.
    sigma : float
    **params
        ``name``, ``state_folder``, ``state_part``: see
        :mod:`lava_ib.processes.mapped_state`; ``fixed``: see
        :class:`lava_ib.rule.fixed.settings.FixedSettings`.

    Attributes
    ----------
    a_in : InPort, shape (D,)
        Drive.
    s_out : OutPort, shape (D,)
        Features phi.
    a_evidence_in : InPort, shape (D,)
        Gradient with respect to phi; the answer to `s_out`.
    s_out_slope : OutPort, shape (D,)
        The same with respect to the drive: a product with the slope.
    """

    def __init__(
        self,
        *,
        units: int,
        feature: Literal["soft", "relu4", "exp"] = "soft",
        sigma: float = 0.5,
        **params: Any,
    ) -> None:
        super().__init__(feature=feature, sigma=sigma, **params)
        self.a_in = InPort(shape=(units,))
        self.s_out = OutPort(shape=(units,))
        self.a_evidence_in = InPort(shape=(units,))
        self.s_out_slope = OutPort(shape=(units,))
        integer_vars(self, saturated_drive=1)
