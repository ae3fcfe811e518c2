"""Where values cross between the host and the chip.

On CPU they pass through. On the chip each becomes an adapter of Intel's extension.
"""

from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess

MESSAGE_BITS = 24
"""Payload of a spike: as Lava's own networks of graded vectors set it for the adapters."""


class ToChip(AbstractProcess):
    """Sends what the host computes to the chip, as graded spikes.

    Parameters
    ----------
    shape : tuple of int
    message_bits : int
        Bits of a spike's payload.

    Attributes
    ----------
    inp : InPort
        On the host.
    out : OutPort
        On the chip.
    """

    def __init__(self, *, shape: tuple[int, ...], message_bits: int) -> None:
        super().__init__(shape=shape, message_bits=message_bits)
        self.inp = InPort(shape=shape)
        self.out = OutPort(shape=shape)


class FromChip(AbstractProcess):
    """Brings graded spikes of the chip to the host; parameters and ports as of :class:`ToChip`."""

    def __init__(self, *, shape: tuple[int, ...], message_bits: int) -> None:
        super().__init__(shape=shape, message_bits=message_bits)
        self.inp = InPort(shape=shape)
        self.out = OutPort(shape=shape)
