"""A run on the chip, in one of three modes; without access to a chip, the same graph on CPU."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from lava_ib.deployment.learning import learn
from lava_ib.deployment.modes import MemoryPlace
from lava_ib.deployment.normalised import classify_normalised
from lava_ib.deployment.trained import load_trained
from lava_ib.errors import InputError
from lava_ib.experiment.run_folder import RunFolder
from lava_ib.experiment.supervision import supervise
from lava_ib.hardware.chip import Access
from lava_ib.hardware.running import classify_encoded
from lava_ib.hardware.workload import Mode

Neurons = Literal["graded", "sigma-delta", "normalised"]
_ANY = Access()


def deploy(
    run: Path | str,
    mode: Mode = "inference",
    access: Access | None = _ANY,
    neurons: Neurons | None = None,
    memory: MemoryPlace | None = None,
    samples: int | None = None,
    check: bool = False,
    on_progress: Callable[[int], None] = lambda samples: None,
) -> dict[str, Any]:
    """Classify a run's test samples on the chip; train the network there first in other modes.

    In a supervised process group, as training and evaluation are.

    Parameters
    ----------
    run : Path or str
    mode : {"inference", "chip-in-the-loop", "on-chip"}
    access : Access, optional
        By default any board that SLURM gives. None: the same graph runs on CPU.
    neurons : {"graded", "sigma-delta", "normalised"}, optional
        Of ``inference``; graded rectifiers by default.
    memory : {"chip", "host"}, optional
        Where memories and readout learn, on-chip; the chip by default.
    samples : int, optional
        Presentations to learn from; those of the whole run by default. For ``inference`` test
        samples to classify, from the first; all by default.
    check : bool
        Train the network once more by the backend ``fixed``, and set weights and prototypes beside
        each other.
    on_progress : callable
        Receives the number of samples shown.

    Returns
    -------
    dict
        ``mode``, ``test_accuracy``, ``samples``, ``where``, ``samples_per_second``, ``profile``
        (``None`` on CPU). For ``inference`` also ``as_integers``: predictions that are those of
        plain integer arithmetic, or of the backend ``fixed`` where neurons are normalised. For
        the other modes those of :func:`lava_ib.deployment.learning.learn`.

    Raises
    ------
    InputError
        If the run cannot be used, the chip not be reached, or options do not go together.
    KeyboardInterrupt
        After Ctrl-C, once all that ran has ended.
    SimulationError
        If a network failed.
    """
    _check_options(mode, neurons, memory, check)
    arguments = {
        "mode": mode,
        "access": access and asdict(access),
        "neurons": neurons or "graded",
        "memory": memory or "chip",
        "samples": samples,
        "check": check,
    }
    done = supervise(
        RunFolder.open(Path(run)),
        "lava_ib.deployment.deploying:deploy_here",
        arguments,
        lambda event: on_progress(event["samples"]),
    )
    return {"mode": mode} | done["result"]


def deploy_here(
    run: RunFolder,
    emit: Callable[[dict[str, Any]], None],
    mode: Mode,
    access: dict[str, Any] | None,
    neurons: Neurons,
    memory: MemoryPlace,
    samples: int | None,
    check: bool,
) -> dict[str, Any]:
    """Do what :func:`deploy` says, in the process that calls it.

    Parameters
    ----------
    run : RunFolder
    emit : callable
        Receives an event for progress.
    mode, access, neurons, memory, samples, check
        Of :func:`deploy`; `access` by its fields.

    Returns
    -------
    dict
    """
    reached = Access(**access) if access else None

    def show(shown: int) -> None:
        emit({"event": "shown", "samples": shown})

    if mode != "inference":
        return learn(run.path, mode, memory, reached, samples, check, show)
    if neurons == "normalised":
        return classify_normalised(run.path, reached, samples)
    trained = load_trained(run.path)
    encoded, y = trained.encode(trained.data.x_test[:samples]), trained.data.y_test[:samples]
    return classify_encoded(trained.network, encoded, y, reached, neurons, show)


def _check_options(
    mode: Mode,
    neurons: Neurons | None,
    memory: MemoryPlace | None,
    check: bool,
) -> None:
    if neurons is not None and mode != "inference":
        raise InputError(f"--neurons goes with --mode inference, not {mode}")
    if memory is not None and mode != "on-chip":
        raise InputError(f"--memory goes with --mode on-chip, not {mode}")
    if check and mode == "inference":
        raise InputError("--check compares what was learned; --mode inference learns nothing")
