"""Many runs of one config: every combination of some keys' values, and several seeds.

A run of a sweep is a run like any other, in a folder of its own, so that it can be looked at,
evaluated and gone on with by itself. Dask brings the runs to workers; what is kept of a sweep
are its run folders, so a sweep goes on from whatever is there.
"""

import copy
import itertools
import json
import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lava_ib.errors import InputError
from lava_ib.experiment.config import Config, make_config, read_config, set_key
from lava_ib.experiment.data import check_fit, load_data
from lava_ib.experiment.pretraining import pretrained
from lava_ib.experiment.run_folder import RunFolder, refuse_used
from lava_ib.experiment.runs import check_same, new_folder, train
from lava_ib.experiment.sweep_results import value_text, write_plot, write_table
from lava_ib.experiment.workers import Workers, reporter
from lava_ib.files import replace_file
from lava_ib.lava_runtime import SimulationError

Event = dict[str, Any]
_TOPIC = "lava_ib runs"
_STOPPING_SECONDS = 15.0
_stop = threading.Event()  # of a worker


@dataclass(frozen=True)
class Point:
    """One run to be made.

    Attributes
    ----------
    values : dict
        What tells it from the others, by key; its columns of the table.
    config : Config
    """

    values: dict[str, Any]
    config: Config

    @property
    def name(self) -> str:
        """Name of its folder: ``memory.samples=8,seed=0``."""
        parts = (f"{key}={value_text(value)}" for key, value in self.values.items())
        return re.sub(r"[^\w.,=+-]+", "-", ",".join(parts))


def sweep(
    config: Path | str | Mapping[str, Any],
    over: Mapping[str, Sequence[Any]],
    out: Path | str | None = None,
    *,
    seeds: int = 1,
    workers: Workers | None = None,
    retries: int = 2,
    resume: bool = False,
    on_event: Callable[[Event], None] = lambda event: None,
) -> dict[str, Any]:
    """Train a config with every combination of values, and with several seeds each.

    Parameters
    ----------
    config : Path, str or mapping
        A config file, or its content as nested dictionaries.
    over : mapping of str to sequence
        Values of each key: ``{"memory.samples": [8, 32]}``. A key may be a whole section.
    out : Path or str, optional
        Folder of the sweep; by default a new one under ``runs/``.
    seeds : int
        Seeds of each combination, from the config's own on.
    workers, retries, resume, on_event
        As for :func:`run_points`.

    Returns
    -------
    dict
        See :func:`run_points`.

    Raises
    ------
    InputError
        If a value is impossible, or the folder cannot be used; nothing was trained then.
    """
    values = dict(config) if isinstance(config, Mapping) else read_config(config)
    points = grid(values, over, seeds)
    folder = Path(out) if out is not None else new_folder(points[0].config)
    return run_points(
        points, folder, workers=workers, retries=retries, resume=resume, on_event=on_event
    )


def grid(
    values: Mapping[str, Any], over: Mapping[str, Sequence[Any]], seeds: int = 1
) -> list[Point]:
    """Every combination of values, the last key and the seeds moving fastest."""
    for key, several in over.items():
        texts = [value_text(value) for value in several]
        if len(set(texts)) < len(texts) or not texts:
            raise InputError(f"--over {key}: give each value once, and at least one")
    if "seed" in over and seeds > 1:
        raise InputError("--over seed: give the seeds there, or their number by --seeds")
    points = []
    for combination in itertools.product(*over.values()):
        assigned = dict(zip(over, combination, strict=True))
        first = configured(values, assigned).seed
        for seed in range(first, first + seeds):
            own = {**assigned, "seed": seed}
            points.append(Point(own, configured(values, own)))
    return points


def configured(values: Mapping[str, Any], assigned: Mapping[str, Any]) -> Config:
    """Make a config of nested dictionaries with some keys changed."""
    changed = copy.deepcopy(dict(values))
    for key, value in assigned.items():
        set_key(changed, key, value)
    return make_config(changed)


def run_points(
    points: Sequence[Point],
    folder: Path,
    *,
    workers: Workers | None = None,
    retries: int = 2,
    resume: bool = False,
    on_event: Callable[[Event], None] = lambda event: None,
) -> dict[str, Any]:
    """Make runs on Dask's workers.

    Parameters
    ----------
    points : sequence of Point
    folder : Path
        Receives a run folder each, ``results.csv``, ``results.svg`` and ``summary.json``.
    workers : Workers, optional
        By default one a core of this machine.
    retries : int
        How often a run is tried again, from its last checkpoint, when its network fails or
        its worker dies. Then it is recorded as failed, and the others go on.
    resume : bool
        Go on in `folder`: finished runs are kept, others go on or are begun.
    on_event : callable
        Receives, from any thread, a dict whose ``event`` is ``begun`` (number of ``runs``),
        ``progress`` (``run``, ``share`` of it done, id of the worker's ``process``) or ``ended``
        (the row of the table).

    Returns
    -------
    dict
        ``runs`` (the rows of the table), ``finished`` and ``failed`` (numbers of runs),
        ``table`` and ``plot`` (files).

    Raises
    ------
    InputError
        If a run could not even begin; nothing was trained then.
    KeyboardInterrupt
        After Ctrl-C, once the runs have written their checkpoints.
    """
    _check(points, folder, resume)
    on_event({"event": "begun", "runs": len(points)})
    rows = {point.name: _kept(point, folder) for point in points}
    for row in filter(None, rows.values()):
        on_event({"event": "ended", **row})
    left = [point for point in points if rows[point.name] is None]
    if left:
        for row in _train(left, folder, workers or Workers(), retries, on_event):
            folder.mkdir(parents=True, exist_ok=True)
            rows[row["run"]] = row
            on_event({"event": "ended", **row})
            write_table([row for row in rows.values() if row], folder / "results.csv")
    return _conclude([row for row in rows.values() if row], folder)


def _check(points: Sequence[Point], folder: Path, resume: bool) -> None:
    if len({point.name for point in points}) < len(points):
        raise InputError("--over: two combinations would have the same folder")
    if not resume:
        refuse_used(folder)
    shapes = {(c.data, c.network): c for c in (point.config for point in points)}
    for config in shapes.values():
        check_fit(load_data(config.data, config.seed), config.network)
    for point in points:
        pretrained(point.config)  # makes the file, or refuses it, before the workers look for it
        run = RunFolder(folder / point.name)
        if run.config_file.is_file():
            check_same(run, point.config)


def _kept(point: Point, folder: Path) -> Event | None:
    summary = RunFolder(folder / point.name).summary()
    return None if summary is None else _row(point, summary)


def _row(point: Point, summary: dict[str, Any]) -> Event:
    row = {"run": point.name, "status": "finished", "values": point.values}
    return row | {key: value for key, value in summary.items() if key not in row}


def _train(
    points: Sequence[Point],
    folder: Path,
    workers: Workers,
    retries: int,
    on_event: Callable[[Event], None],
) -> Iterator[Event]:
    """Yield the row of each run as it ends."""
    with workers.started(retries) as client:
        from distributed import as_completed

        client.subscribe_topic(_TOPIC, lambda event: on_event(event[1]))
        futures: dict[Any, Point] = {}

        def submit(point: Point) -> Any:
            path = folder.absolute() / point.name
            future = client.submit(_run, point.config, path, retries=retries, pure=False)
            futures[future] = point
            return future

        # One a worker: to Dask, runs that wait at a worker die with it like the one it is at.
        waiting = iter(points)
        ended = as_completed(map(submit, itertools.islice(waiting, workers.count)))
        try:
            for future in ended:
                yield _outcome(futures.pop(future), future)
                ended.update(map(submit, itertools.islice(waiting, 1)))
        except KeyboardInterrupt:
            _interrupt(client, list(futures))
            raise


def _run(config: Config, path: Path) -> dict[str, Any]:
    """Train one network; in a worker."""
    report = reporter(_TOPIC)
    variants = ("learned", *config.training.controls)

    def on_event(event: Event) -> None:
        if event["event"] == "progress":
            share = variants.index(event["variant"]) + event["samples"] / event["total"]
            report(
                {
                    "event": "progress",
                    "run": path.name,
                    "share": share / len(variants),
                    "process": os.getpid(),  # Dask adds the worker's address
                }
            )

    try:
        resume = RunFolder(path).config_file.is_file()
        return train(config, path, resume=resume, on_event=on_event, stop=_stop)
    except KeyboardInterrupt:
        raise SimulationError("it was ended from outside") from None


def _stop_runs() -> None:
    """Ask the run in this worker to write a checkpoint and end."""
    _stop.set()


def _outcome(point: Point, future: Any) -> Event:
    from distributed import KilledWorker

    error = future.exception()
    if error is None:
        return _row(point, future.result())
    reason = "its worker died each time" if isinstance(error, KilledWorker) else str(error)
    return {"run": point.name, "status": "failed", "values": point.values, "reason": reason}


def _interrupt(client: Any, futures: list[Any]) -> None:
    """Let the runs that are under way write checkpoints."""
    import distributed

    client.run(_stop_runs)
    with suppress(distributed.TimeoutError):
        distributed.wait(futures, timeout=_STOPPING_SECONDS)


def _conclude(rows: list[Event], folder: Path) -> dict[str, Any]:
    write_table(rows, folder / "results.csv")
    write_plot(rows, folder / "results.svg")
    failed = sum(row["status"] == "failed" for row in rows)
    summary = {
        "sweep": str(folder),
        "finished": len(rows) - failed,
        "failed": failed,
        "table": str(folder / "results.csv"),
        "plot": str(folder / "results.svg"),
        "runs": rows,
    }
    replace_file(folder / "summary.json", json.dumps(summary, indent=2).encode())
    return summary
