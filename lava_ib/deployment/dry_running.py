"""What would happen on the chip, by its model: the dry run as a function."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lava_ib.deployment.modes import MemoryPlace
from lava_ib.deployment.targets import Target, read_target
from lava_ib.errors import InputError
from lava_ib.hardware import summary
from lava_ib.hardware.compilers import COMPILERS, PRESENT
from lava_ib.hardware.estimates import STATIC_WATTS
from lava_ib.hardware.layer_file import read_layers
from lava_ib.hardware.layers import Layer
from lava_ib.hardware.workload import Mode


def dry_run(
    what: Path | str | None = None,
    mode: Mode | None = None,
    *,
    layers: Path | Sequence[Layer] | None = None,
    memory: MemoryPlace | None = None,
    compiler: str = PRESENT.name,
    static_power: float | None = None,
) -> dict[str, Any]:
    """Place a network on a model of Loihi 2; nothing is run.

    Parameters
    ----------
    what : Path or str, optional
        Run folder, config file, netx file, or ``module:function``.
    mode : {"inference", "chip-in-the-loop", "on-chip"}, optional
        Of a run or config; ``inference`` by default.
    layers : Path or sequence of Layer, optional
        Instead of `what`: a JSON file with layers, or the layers themselves.
    memory : {"chip", "host"}, optional
        Where the memory network is, on-chip; the chip by default, if it can be there.
    compiler : str
        Generation of Intel's compiler.
    static_power : float, optional
        Of the chip in watts; by default the range that was measured.

    Returns
    -------
    dict
        Cores, estimates, violations and open points, as ``hardware/dry_run.schema.json`` says.

    Raises
    ------
    InputError
        If there is no such network, or an argument cannot be.
    """
    if compiler not in COMPILERS:
        raise InputError(f"--compiler {compiler}: expected one of {', '.join(COMPILERS)}")
    watts = _static_watts(static_power)
    found = _read(what, layers, mode, memory)
    return summary.dry_run(found.layers, COMPILERS[compiler], watts, found.workload, found.notes)


def _static_watts(given: float | None) -> tuple[float, float]:
    if given is None:
        return STATIC_WATTS
    if not 0.0 <= given < math.inf:
        raise InputError(f"--static-power {given:g}: expected watts, 0 or more")
    return given, given


def _read(
    what: Path | str | None,
    layers: Path | Sequence[Layer] | None,
    mode: Mode | None,
    memory: MemoryPlace | None,
) -> Target:
    if (what is None) == (layers is None):
        raise InputError(
            "--dry-run needs --layers FILE.json, or else a run folder, config, netx file or "
            "module:function"
        )
    if what is not None:
        return read_target(str(what), mode, memory)
    if mode is not None or memory is not None:
        raise InputError("--mode and --memory go with a run folder or a config, not with --layers")
    assert layers is not None
    return Target(read_layers(layers) if isinstance(layers, Path) else list(layers))
