"""Train, evaluate, compare: what the command line does, as functions."""

import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

from lava_ib.backends import check_backend
from lava_ib.errors import InputError
from lava_ib.experiment.comparison import Comparison, in_integers
from lava_ib.experiment.config import Config, load_config
from lava_ib.experiment.data import check_fit, load_data
from lava_ib.experiment.pretraining import pretrained
from lava_ib.experiment.run_folder import RunFolder
from lava_ib.experiment.start import start_network
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
    check_fit(load_data(config.data, config.seed), config.network)
    start_network(config)  # refuses a file that does not fit, before there is a run folder
    pretrained(config)  # makes the file, or refuses it, before there is a run folder
    folder = Path(out) if out is not None else new_folder(config)
    if resume:
        run = RunFolder.open(folder)
        check_same(run, config)
    else:
        run = RunFolder.create(folder, config)
    return supervise(run, "train", {"watched": watched}, on_event, stop)["result"]


def evaluate(
    run: Path | str, *, backend: str | None = None, predictions: Path | str | None = None
) -> dict[str, Any]:
    """Classify the test samples with the network of a run folder.

    Parameters
    ----------
    run : Path or str
    backend : str, optional
        Name of a backend; by default the one it was trained with.
    predictions : Path or str, optional
        ``.npy`` file for the predicted classes of the test samples, as int64; it is replaced
        only by a whole new one.

    Returns
    -------
    dict
        See :func:`lava_ib.experiment.evaluation.evaluate_run`.
    """
    if backend is not None:
        check_backend(backend)
    folder = RunFolder.open(Path(run))
    wanted = {
        "backend": backend or folder.config().backend,
        "predictions_file": predictions and _npy_file(Path(predictions)),
    }
    return supervise(folder, "lava_ib.experiment.evaluation:evaluate_run", wanted)["result"]


def compare(
    target: Path | str | Config,
    backends: Sequence[str],
    *,
    samples: int = 200,
    tolerance: float | None = None,
    on_event: Callable[[dict[str, Any]], None] = lambda event: None,
) -> list[Comparison]:
    """Find where and when backends part that run the same network on the same samples.

    Parameters
    ----------
    target : Path, str or Config
        A run folder, whose trained network goes on learning, or a config, whose network
        begins.
    backends : sequence of str
        Two or more; the first is the reference.
    samples : int
        Training samples to present.
    tolerance : float, optional
        Relative deviation from which on two arrays differ: by default 1e-6, or 0.25 where
        floating point and integers are compared.
    on_event : callable
        Receives a dict for progress.

    Returns
    -------
    list of Comparison
        One for each backend but the first.

    Raises
    ------
    InputError
        If there is no such run, config or backend.
    SimulationError
        If a network failed.
    """
    if len(backends) < 2:
        raise InputError(f"backends {','.join(backends)}: expected two or more, as in float,fused")
    for backend in backends:
        check_backend(backend)
    with ExitStack() as stack:
        if not isinstance(target, Config) and Path(target).is_dir():
            run = RunFolder.open(Path(target))
            run.config()
        else:
            config = target if isinstance(target, Config) else load_config(target)
            check_fit(load_data(config.data, config.seed), config.network)
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="lava_ib-"))
            run = RunFolder.create(Path(folder), config)
        in_integers(run.config(), backends)
        wanted = {"backends": list(backends), "samples": samples, "tolerance": tolerance}
        done = supervise(run, "lava_ib.experiment.comparison:compare_run", wanted, on_event)
    return [Comparison.from_dict(values) for values in done["result"]]


def _npy_file(path: Path) -> str:
    if path.suffix != ".npy" or not path.resolve().parent.is_dir():
        raise InputError(f"--predictions {path}: expected a .npy file in a folder that exists")
    return str(path.resolve())


def new_folder(config: Config) -> Path:
    """Name a run folder after the data and the time."""
    source = Path(config.data.source).stem
    return Path("runs") / f"{source}-{datetime.now():%Y%m%d-%H%M%S-%f}"


def check_same(run: RunFolder, config: Config) -> None:
    """Refuse to go on with a run under another config."""
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
