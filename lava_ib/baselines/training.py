"""The frame of every baseline: data, epochs and a run folder as ``lava-ib train`` leaves it.

A baseline gives a class of trainer; all else is here, so that reports and tables set baselines
beside runs of the rule without knowing which is which.
"""

import json
import platform
import time
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from lava_ib.errors import InputError
from lava_ib.experiment.checkpoint import Checkpoint, Progress
from lava_ib.experiment.config import Config
from lava_ib.experiment.data import Dataset, Preparation, check_fit, load_data
from lava_ib.experiment.report import write_report
from lava_ib.experiment.run_folder import RunFolder
from lava_ib.experiment.runs import new_folder
from lava_ib.files import replace_file
from lava_ib.rule.schedule import linear_to_zero, presentation_order
from lava_ib.rule.state import initial_state

BASELINES = {
    "backprop": ("lava_ib.baselines.backprop", "Backprop", "pip install torch"),
    "slayer": ("lava_ib.baselines.slayer", "Slayer", "docs/export.md says how to install it"),
}
"""Module and class of each, and what installs all that it needs."""

_CHUNK = 512  # samples between two reports of progress


class Trainer(Protocol):
    """Trains one network on prepared inputs.

    Attributes
    ----------
    normal : bool
        Whether the network is dense layers of rectifiers without biases, so that Lava can run
        its weights and formats can hold them.
    """

    normal: bool

    def __init__(self, config: Config) -> None: ...

    def learn(self, x: np.ndarray, y: np.ndarray, step: float) -> np.ndarray:
        """Learn from samples in this order at so much of the learning rate; their predictions."""

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Classes of inputs, shape (samples,)."""

    def weights(self) -> list[np.ndarray]:
        """Weights of each layer, shapes (n_post, n_pre)."""


def train_baseline(
    kind: str,
    config: Config,
    out: Path | str | None = None,
    *,
    on_event: Callable[[dict[str, Any]], None] = lambda event: None,
) -> dict[str, Any]:
    """Train a baseline on a config's data and layers.

    Parameters
    ----------
    kind : {"backprop", "slayer"}
    config : Config
        Of it count ``seed``, ``data``, ``network.layers``, ``training.epochs``, the memory's label
        smoothing, and ``learning.weight_decay``; the rest defines the rule.
    out : Path or str, optional
        Run folder; by default a new one under ``runs/``.
    on_event : callable
        Receives a dict for progress and for each epoch.

    Returns
    -------
    dict
        The summary, with ``baseline`` and ``test_accuracy``.

    Raises
    ------
    InputError
        If something that the baseline needs is not installed, or the config cannot be used.
    """
    trainer_type = _trainer_type(kind)
    if config.network.convolutions:
        raise InputError("network.convolutions: baselines train networks of dense layers only")
    data = load_data(config.data, config.seed)
    check_fit(data, config.network)
    folder = Path(out) if out is not None else new_folder(config)
    run = RunFolder.create(folder, config)
    preparation = Preparation.of(data, config.data)
    seen = replace(
        data,
        x_train=preparation.scaled(data.x_train) - preparation.offset,
        x_test=preparation.scaled(data.x_test) - preparation.offset,
    )
    trainer = trainer_type(config)
    records = []
    for epoch in range(1, config.training.epochs + 1):
        records.append(_epoch(trainer, config, seen, epoch, on_event))
        run.write_metrics(records)
        on_event({"event": "epoch", **records[-1]})
    if trainer.normal:
        _save(run, config, preparation, trainer, len(data.x_train))
    summary = {
        "baseline": kind,
        **{key: records[-1][key] for key in ("test_accuracy", "train_accuracy")},
        "samples_per_second": records[-1]["samples_per_second"],
        "epochs": config.training.epochs,
        "backend": f"{kind} (PyTorch)",
        "timing": "none",
        "seed": config.seed,
        "controls": {},
        "python": platform.python_version(),
        "run": str(run.path),
    }
    replace_file(run.summary_file, json.dumps(summary, indent=2).encode())
    write_report(run, config, seen, records, trainer.weights()[0], summary)
    return summary


def _trainer_type(kind: str) -> type[Trainer]:
    if kind not in BASELINES:
        raise InputError(f"baseline {kind}: expected one of {', '.join(BASELINES)}")
    module, name, remedy = BASELINES[kind]
    try:
        return getattr(import_module(module), name)
    except ImportError as error:
        raise InputError(f"baseline {kind}: {error}; {remedy}") from None


def _epoch(
    trainer: Trainer,
    config: Config,
    data: Dataset,
    epoch: int,
    on_event: Callable[[dict[str, Any]], None],
) -> dict[str, Any]:
    """Learn from all samples once, test, and record it as a training of the rule does."""
    count, epochs = len(data.x_train), config.training.epochs
    before = trainer.weights()
    order = presentation_order(data.y_train, config.seed, epoch - 1)
    hits, began = 0, time.monotonic()
    for start in range(0, count, _CHUNK):
        rows = order[start : start + _CHUNK]
        done = (epoch - 1) * count + start
        step = linear_to_zero(done, epochs * count)
        found = trainer.learn(data.x_train[rows], data.y_train[rows], step)
        hits += int(np.sum(found == data.y_train[rows]))
        seen = start + len(rows)
        on_event(
            {
                "event": "progress",
                "variant": "learned",
                "samples": (epoch - 1) * count + seen,
                "total": epochs * count,
                "running_accuracy": hits / seen,
                "samples_per_second": seen / (time.monotonic() - began),
            }
        )
    seconds = time.monotonic() - began
    predictions = trainer.predict(data.x_test)
    record: dict[str, Any] = {
        "variant": "learned",
        "epoch": epoch,
        "epochs": epochs,
        "train_accuracy": hits / count,
        "test_accuracy": float(np.mean(predictions == data.y_test)),
        "samples_per_second": count / seconds,
        "layers": [
            {"weight_change": float(np.linalg.norm(now - then) / np.linalg.norm(then))}
            for now, then in zip(trainer.weights()[:-1], before[:-1], strict=True)
        ],
    }
    if epoch == epochs:
        counts = np.zeros((config.network.layers[-1],) * 2, dtype=int)
        np.add.at(counts, (data.y_test, predictions), 1)
        record["confusion"] = counts.tolist()
    return record


def _save(
    run: RunFolder, config: Config, preparation: Preparation, trainer: Trainer, samples: int
) -> None:
    """Write a checkpoint, by which ``lava-ib evaluate`` runs the network in Lava."""
    settings = replace(config.settings, fixed=None)
    state = initial_state(settings, "nothing", samples, config.seed)
    *hidden, readout = trainer.weights()
    for number, matrix in enumerate(hidden, 1):
        state[f"dense{number}/weights"] = matrix
    state["readout/weights"] = readout
    progress = Progress(samples * config.training.epochs, state, {})
    Checkpoint(preparation, {"learned": progress}).save(run.checkpoint_file)
