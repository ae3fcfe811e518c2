"""A run on the chip."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from lava_ib.deployment.trained import load_trained
from lava_ib.errors import InputError
from lava_ib.hardware.chip import Access
from lava_ib.hardware.running import Neurons, classify_encoded
from lava_ib.hardware.workload import Mode

_ANY = Access()


def deploy(
    run: Path | str,
    mode: Mode = "inference",
    access: Access = _ANY,
    neurons: Neurons = "graded",
    on_progress: Callable[[int], None] = lambda samples: None,
) -> dict[str, Any]:
    """Classify a run's test samples on the chip.

    Parameters
    ----------
    run : Path or str
    mode : str
    access : Access
        By default any board that SLURM gives.
    neurons : {"graded", "sigma-delta"}
    on_progress : callable
        Receives the number of samples shown.

    Returns
    -------
    dict
        Of :func:`lava_ib.hardware.running.classify_encoded`, and ``mode``.

    Raises
    ------
    InputError
        If the run cannot be used, or the chip not be reached.
    """
    if mode != "inference":
        raise InputError(
            f"--mode {mode}: only inference is run on the chip so far; --dry-run places this mode"
        )
    trained = load_trained(Path(run))
    data, network = trained.data, trained.network
    encoded = network.encode(data.x_test)
    return {"mode": mode} | classify_encoded(
        network, encoded, data.y_test, access, neurons, on_progress
    )
