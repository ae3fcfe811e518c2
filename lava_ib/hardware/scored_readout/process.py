"""A readout whose scores are computed elsewhere."""

from typing import Any

from lava.magma.core.process.ports.ports import InPort

from lava_ib.processes.readout.process import Readout


class ScoredReadout(Readout):
    """Compares and learns on the host what a connection on the chip has scored.

    Parameters
    ----------
    **params
        Of :class:`lava_ib.processes.Readout`.

    Attributes
    ----------
    scores_in : InPort, shape (C,)
        Scores of the input of the time step before.
    """

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self.scores_in = InPort(shape=params["shape"][:1])
