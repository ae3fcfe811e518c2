"""What a network on the chip does with a sample: time steps, learning, traffic with the host."""

from dataclasses import dataclass
from typing import Literal

Mode = Literal["inference", "chip-in-the-loop", "on-chip"]
MODES: tuple[Mode, ...] = ("inference", "chip-in-the-loop", "on-chip")


@dataclass(frozen=True)
class HostLink:
    """Values that cross between host and chip.

    Attributes
    ----------
    name : str
        What crosses.
    process : str
        Layer of the chip that receives or sends it.
    direction : {"to chip", "from chip"}
    values_per_sample : int
        How many, for one sample, zeros included.
    messages_per_step : float
        Spikes in a time step, on average: zeros are not sent.
    """

    name: str
    process: str
    direction: Literal["to chip", "from chip"]
    values_per_sample: int
    messages_per_step: float


@dataclass(frozen=True)
class Workload:
    """What is done with a sample.

    Attributes
    ----------
    mode : str
        One of :data:`MODES`.
    steps : int
        Time steps from one sample to the next.
    latency_steps : int
        Time steps from a sample to its answer.
    learns_on_chip : bool
        Whether each sample is a learning epoch of the chip.
    links : tuple of HostLink
    basis : str
        Where the steps and the activity come from.
    not_checked : tuple of str
        Open points of this mode.
    """

    mode: Mode
    steps: int
    latency_steps: int
    learns_on_chip: bool
    links: tuple[HostLink, ...]
    basis: str
    not_checked: tuple[str, ...] = ()
