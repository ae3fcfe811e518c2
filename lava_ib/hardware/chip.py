"""Access to a Loihi 2 chip, and what its profiler measures.

Everything goes through Lava's public functions. None of it has been run with a chip: here it is
only driven against a stand-in with the same signatures.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from lava.magma.core.run_configs import Loihi2HwCfg, RunConfig
from lava.utils import loihi, slurm

from lava_ib.errors import InputError

GENERATIONS = tuple(generation.value for generation in loihi.ChipGeneration)

ACCESS = (
    "Intel's lava-loihi extension is not installed. It comes with access to the INRC: 1. join at "
    "http://neuromorphic.intel.com or by inrc_interest@intel.com; 2. log in to its cloud and "
    "install lava-loihi beside lava-nc 0.10.0 on Python 3.10, as Intel's INRC pages say; "
    "3. lava-ib doctor finds it; 4. lava-ib deploy RUN --partition NAME, or take a bundle "
    "there (lava-ib bundle RUN). Without it, --dry-run and --on-cpu work"
)


@dataclass(frozen=True)
class Access:
    """How to reach a chip.

    Attributes
    ----------
    partition, board : str, optional
        Of SLURM; one of them, or neither for any board.
    host : str, optional
        Address of a board on the network, instead of SLURM.
    generation : str
        One of :data:`GENERATIONS`.
    """

    partition: str | None = None
    board: str | None = None
    host: str | None = None
    generation: str = loihi.ChipGeneration.N3B3.value

    def __post_init__(self) -> None:
        if self.generation not in GENERATIONS:
            raise InputError(
                f"--loihi-gen {self.generation}: expected one of {', '.join(GENERATIONS)}"
            )
        if self.host and (self.partition or self.board):
            raise InputError("--host reaches a board without SLURM; leave out --partition, --board")
        if self.partition and self.board:
            raise InputError("--partition and --board: a board has its partition; give one of them")


def reach(access: Access) -> str:
    """Set Lava up to use a chip.

    Returns
    -------
    str
        What was chosen.

    Raises
    ------
    InputError
        If the extension is missing, or SLURM, board or host cannot be reached.
    """
    if not loihi.is_installed():
        raise InputError(ACCESS)
    generation = loihi.ChipGeneration(access.generation)
    try:
        if access.host:
            loihi.use_ethernet_host(access.host, loihi_gen=generation)
            return f"{access.generation} at {access.host}"
        if not slurm.is_available():
            raise InputError("no SLURM here: run this on the INRC's cloud, or give --host ADDRESS")
        with _no_blank_lines():
            loihi.use_slurm_host(access.partition, access.board, generation)
    except (ImportError, ValueError, OSError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(" ".join(str(error).split())) from None
    return f"{access.generation} by SLURM, {access.board or access.partition or 'any board'}"


@contextmanager
def _no_blank_lines() -> Iterator[None]:
    """Lava 0.10 trips over the empty line that the output of ``sinfo`` ends with."""
    run = slurm.try_run_command
    slurm.try_run_command = lambda command: [line for line in run(command) if line.strip()]
    try:
        yield
    finally:
        slurm.try_run_command = run


class Probes:
    """Lava's profiler on a run.

    Parameters
    ----------
    run_config : RunConfig
    steps : int
        Time steps of the run.
    """

    def __init__(self, run_config: RunConfig, steps: int) -> None:
        # Here and not above: without the extension the import warns.
        from lava.utils import profiler

        # It looks for the run config's exact class: ours is profiled as the one it comes from.
        if Loihi2HwCfg in profiler.run_cfg_dict:
            profiler.run_cfg_dict.setdefault(type(run_config), profiler.run_cfg_dict[Loihi2HwCfg])
        self.profiler = profiler.Profiler.init(run_config)
        self.profiler.execution_time_probe(num_steps=steps)
        self.profiler.energy_probe(num_steps=steps)
        self.steps = steps

    def measured(self, samples: int) -> dict[str, Any]:
        """Seconds and joules as the profiler gives them, in all and for a sample."""
        seconds = float(np.sum(self.profiler.execution_time))
        joules = float(np.sum(self.profiler.energy))
        return {
            "steps": self.steps,
            "seconds": seconds,
            "joules": joules,
            "us_per_sample": 1e6 * seconds / samples,
            "uj_per_sample": 1e6 * joules / samples,
        }
