"""Networks that learn with a chip, and how their weights get there and back.

By Lava's ``Var.set`` and ``Var.get`` alone, which wait for the network to pause and move one value
at a time. That they work on a ``Dense`` on Loihi 2 is what Lava's issue 502 says.
"""

from typing import Any

import numpy as np

from lava_ib.hardware.loop import synapses_of
from lava_ib.rule.state import State
from lava_ib.simulation import Simulation


class WrittenBack(Simulation):
    """chip-in-the-loop: after each presentation, weights that have changed go to the chip.

    Parameters
    ----------
    *arguments, **keywords
        Of :class:`lava_ib.simulation.Simulation`.
    """

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._on_chip = {name: self.read(name) for name in _weights(self.network, "readout")}

    def present(self, samples: int) -> None:
        """Present samples one by one, and write weights back after each."""
        for _ in range(samples):
            super().present(1)
            for name, before in self._on_chip.items():
                weights = self._mapped[name]
                if not np.array_equal(weights, before):
                    synapses = getattr(self.network.procs, synapses_of(_part(name)))
                    synapses.weights.set(synapses.stored(weights))
                    before[...] = weights


class ReadBack(Simulation):
    """on-chip: the weights that the learning engine moved are read from the chip."""

    @property
    def state(self) -> State:
        """Copy of the network's whole state; once it ran, with the weights of the chip."""
        state = super().state
        if self.presented:
            for name in _weights(self.network):
                dense = getattr(self.network.procs, _part(name))
                state[name] = np.rint(dense.weights.get()).astype(np.int64)
        return state


def _weights(network: Any, *further: str) -> list[str]:
    """Weights of the connections between layers, and of `further` parts, as a state names them."""
    found = [name for name in network.proc_params["state"] if name.endswith("/weights")]
    return [name for name in found if name.startswith(("dense", *further))]


def _part(name: str) -> str:
    return name.split("/")[0]
