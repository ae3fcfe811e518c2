"""One config, several seeds, side by side on the cores there are."""

import json
import os
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import numpy as np

from lava_ib.experiment.config import Config
from lava_ib.experiment.pretraining import pretrained
from lava_ib.experiment.run_folder import refuse_used
from lava_ib.experiment.runs import new_folder, train
from lava_ib.files import replace_file


def train_seeds(
    config: Config,
    count: int,
    out: Path | str | None = None,
    *,
    resume: bool = False,
    on_event: Callable[[dict[str, Any]], None] = lambda event: None,
) -> dict[str, Any]:
    """Train the same network from several seeds.

    Parameters
    ----------
    config : Config
        Its seed is the first one; the others follow it.
    count : int
        Number of seeds.
    out : Path or str, optional
        Folder that receives a run folder a seed, ``seed-0`` and so on.
    resume : bool
        Go on with the runs in `out`; those that were not begun are begun.
    on_event : callable
        Receives the events of all runs, each with its ``seed``.

    Returns
    -------
    dict
        ``test_accuracy`` (mean), ``test_accuracy_std`` (with one degree of freedom less than
        seeds), the same for ``train_accuracy``, ``controls`` (means), and the ``runs``.

    Raises
    ------
    InputError
        If config, data or folder cannot be used.
    SimulationError
        If a network failed; the other runs are stopped with a checkpoint.
    """
    folder = Path(out) if out is not None else new_folder(config)
    if not resume:
        refuse_used(folder)
    pretrained(config)  # once, before all of them look for it
    stop = threading.Event()

    def run(seed: int) -> dict[str, Any]:
        path = folder / f"seed-{seed}"
        return train(
            config.model_copy(update={"seed": seed}),
            path,
            resume=resume and path.exists(),
            on_event=lambda event: on_event({**event, "seed": seed}),
            stop=stop,
        )

    seeds = range(config.seed, config.seed + count)
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        futures = [pool.submit(run, seed) for seed in seeds]
        try:
            wait(futures, return_when=FIRST_EXCEPTION)
        finally:
            stop.set()  # nothing to stop when all are done
            for future in futures:
                future.cancel()
    summary = _summarise([future.result() for future in futures], folder)
    replace_file(folder / "summary.json", json.dumps(summary, indent=2).encode())
    return summary


def _summarise(runs: list[dict[str, Any]], folder: Path) -> dict[str, Any]:
    summary: dict[str, Any] = {"run": str(folder), "seeds": [run["seed"] for run in runs]}
    for key in ("test_accuracy", "train_accuracy", "samples_per_second"):
        values = [run[key] for run in runs]
        summary[key] = float(np.mean(values))
        summary[f"{key}_std"] = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    for key in ("backend", "timing", "epochs"):
        summary[key] = runs[0][key]
    summary["controls"] = {
        control: float(np.mean([run["controls"][control] for run in runs]))
        for control in runs[0]["controls"]
    }
    return {**summary, "runs": runs}
