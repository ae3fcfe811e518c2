"""How a network is run in integers: bits, rounding, step sizes."""

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le


@dataclass(frozen=True, kw_only=True)
class FixedSettings:
    """Arithmetic of the fixed-point backends; others do not read it.

    Step sizes stand here because no integer follows from ``eta``, ``alpha`` or ``beta``.

    Attributes
    ----------
    arithmetic : {"engine", "weights", "plain"}
        What Loihi's learning engine computes: all plastic connections; those between layers,
        but not memories and readout; none. The rest is exact up to one stochastic rounding.
        With convolutions it is ``plain``.
    rounding : {"shared", "per_synapse"}
        Whether all synapses are rounded by one random number per learning epoch, as in Lava's
        simulation of the engine, or each by its own, which is an assumption about the chip.
        What is learned without the engine has its own always, and filters need none.
    weight_bits : int
        Of weights and prototypes, with the sign. The engine itself always has nine.
    trace_bits : int
        Of activities and presynaptic traces; below seven the last bits are cleared.
    modulator_bits : int
        Of a neuron's third factor, with the sign; below seven the last bits are cleared. With
        convolutions, of that of a cell.
    margin : int
        By how much the score of a class must win for nothing to be learned.
    rate : float
        Step size: the largest power of two under ``rate`` times the linear schedule. Filters
        move by this product in 256ths, which need be no power of two.
    memory_rate : int
        Step size of prototypes and readout, in units of that power of two.
    weight_decay : bool
        Whether weights lose 1/128 every 2048 samples, which no rule of the engine can say.
    """

    arithmetic: Literal["engine", "weights", "plain"] = "engine"
    rounding: Literal["shared", "per_synapse"] = "shared"
    weight_bits: Annotated[int, Ge(2), Le(9)] = 9
    trace_bits: Annotated[int, Ge(1), Le(7)] = 7
    modulator_bits: Annotated[int, Ge(2), Le(7)] = 7
    margin: Annotated[int, Ge(0)] = 15000
    rate: Annotated[float, Gt(0), Le(2**10)] = 91.0
    memory_rate: Annotated[int, Ge(1), Le(64)] = 2
    weight_decay: bool = False

    @property
    def missing_bits(self) -> int:
        """How much smaller weights are than the engine's, in bits."""
        return 9 - self.weight_bits

    @property
    def limits(self) -> tuple[int, int]:
        """Lowest and highest weight."""
        half = 1 << (self.weight_bits - 1)
        return -half, half - 1
