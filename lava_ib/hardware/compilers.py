"""How generations of Intel's compiler differ, as far as their public logs show.

The limit of synapse words rose twice, and the way to split a layer changed. What a layer needs is
the same in all of them, but for the width of a target's index.
"""

from dataclasses import dataclass
from typing import Literal

from lava_ib.hardware.limits import CORE_LIMITS, INDEX_BITS

Splitting = Literal["ratio", "power of two", "ladder"]


@dataclass(frozen=True)
class Compiler:
    """A generation of the compiler.

    Attributes
    ----------
    name : str
        When it was in use.
    synapses : int
        Limit of synapse words on a core (R4, A): 8,184 until mid-September 2022, 12,000 until
        2023, 16,000 since autumn 2023.
    splitting : str
        How the neurons that a core of a dense or sparse layer takes become fewer:
        :mod:`lava_ib.hardware.splitting`.
    index_bits : int
        Bits that name a target (R2, B: 10 before about mid-September 2022).
    """

    name: str
    synapses: int
    splitting: Splitting
    index_bits: int = INDEX_BITS

    @property
    def limits(self) -> dict[str, int]:
        """Words a core has, by kind of memory."""
        return CORE_LIMITS | {"synapses": self.synapses}


PRESENT = Compiler("2024", 16_000, "ladder")

COMPILERS = {
    compiler.name: compiler
    for compiler in (
        Compiler("2022-08", 8_184, "power of two", index_bits=10),
        Compiler("2022", 12_000, "ratio"),
        Compiler("2023", 12_000, "ladder"),
        PRESENT,
    )
}
