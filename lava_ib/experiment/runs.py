"""Train and evaluate: what the command line does, as functions."""

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from lava_ib.backends import BACKENDS
from lava_ib.errors import InputError
from lava_ib.experiment.config import Config
from lava_ib.experiment.data import check_fit, load_data
from lava_ib.experiment.pretraining import pretrained
from lava_ib.experiment.run_folder import RunFolder
from lava_ib.experiment.supervision import supervise


def train(
    config: Config,
    out: Path | str | None = None,
    *,
    resume: bool = False,
    on_event: Callable[[dict[str, Any]], None] = lambda event: None,
    stop: threading.Event | None = None,
    watched: bool = False,
) -> dict[str, Any]:
    """Train a network and its controls in a supervised process group.

    Parameters
    ----------
    config : Config
        From :func:`lava_ib.load_config` or made by hand.
    out : Path or str, optional
        Run folder; by default a new one under ``runs/``.
    resume : bool
        Go on with the run in `out` from its last checkpoint.
    on_event : callable
        Receives a dict for progress (``event`` is ``progress``) and each epoch (``epoch``).
    stop : threading.Event, optional
        Asks for the same end as Ctrl-C.
    watched : bool
        Whether progress events carry the layers' rates, modulators and weight changes.

    Returns
    -------
    dict
        The summary, with ``test_accuracy`` and the accuracies of the ``controls``.

    Raises
    ------
    InputError
        If config, data, folder or checkpoint cannot be used; nothing is left behind.
    SimulationError
        If the network failed.
    """
    check_fit(load_data(config.data, config.seed), config.network.layers)
    pretrained(config)  # makes the file, or refuses it, before there is a run folder
    folder = Path(out) if out is not None else new_folder(config)
    if resume:
        run = RunFolder.open(folder)
        _check_same(run, config)
    else:
        run = RunFolder.create(folder, config)
    return supervise(run, {"task": "train", "watched": watched}, on_event, stop)["result"]


def evaluate(run: Path | str, *, backend: str | None = None) -> dict[str, Any]:
    """Classify the test samples with the network of a run folder.

    Parameters
    ----------
    run : Path or str
    backend : str, optional
        Name of a backend; by default the one it was trained with.

    Returns
    -------
    dict
        See :func:`lava_ib.experiment.evaluation.evaluate_run`.
    """
    if backend is not None and backend not in BACKENDS:
        raise InputError(f"backend {backend!r}: expected one of {', '.join(BACKENDS)}")
    folder = RunFolder.open(Path(run))
    folder.config()
    return supervise(folder, {"task": "evaluate", "backend": backend}, lambda event: None)["result"]


def new_folder(config: Config) -> Path:
    """Name a run folder after the data and the time."""
    source = Path(config.data.source).stem
    return Path("runs") / f"{source}-{datetime.now():%Y%m%d-%H%M%S-%f}"


def _check_same(run: RunFolder, config: Config) -> None:
    before, now = run.config().model_dump(), config.model_dump()
    for section, values in now.items():
        if values != before[section]:
            keys = values if isinstance(values, dict) else {}
            changed = next((k for k in keys if before[section].get(k) != values[k]), None)
            name = f"{section}.{changed}" if changed else section
            raise InputError(
                f"--resume: {name} differs from the run in {run.path}; "
                "resume with the config it was started with"
            )
