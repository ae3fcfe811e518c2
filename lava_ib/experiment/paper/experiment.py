"""What an experiment of the paper is, and how it is made."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from lava_ib.experiment.curves import Curve, Panel, save_panels
from lava_ib.experiment.run_folder import RunFolder
from lava_ib.experiment.runs import new_folder
from lava_ib.experiment.sweep import Point, configured, run_points
from lava_ib.experiment.sweep_results import value_text

Records = list[dict[str, Any]]


class Run(NamedTuple):
    """A finished run of an experiment.

    Attributes
    ----------
    values : dict
        What tells it from the others.
    records : list of dict
        One an epoch, of the network itself.
    """

    values: dict[str, Any]
    records: Records


@dataclass(frozen=True)
class Experiment:
    """Runs and a figure.

    Attributes
    ----------
    name, summary : str
        What the command line calls it, and one line of explanation.
    seeds, epochs : int
        How many, by default.
    base : mapping
        The config that all runs share, as nested dictionaries.
    variants : sequence of (dict, dict)
        For each kind of run, what tells it from the others, and the keys that it changes.
    panels : callable
        Makes the figure's panels of the finished runs.
    published : mapping of str to str
        Figures of the paper by the names of the table's rows.
    """

    name: str
    summary: str
    seeds: int
    epochs: int
    base: Mapping[str, Any]
    variants: Sequence[tuple[dict[str, Any], dict[str, Any]]]
    panels: Callable[[Sequence[Run]], list[Panel]]
    published: Mapping[str, str]

    def points(self, seeds: int, epochs: int) -> list[Point]:
        """List the runs: seed by seed, so that a part of them is a smaller experiment."""
        return [
            Point(
                {**told, "seed": seed},
                configured(self.base, {**changes, "training.epochs": epochs, "seed": seed}),
            )
            for seed in range(seeds)
            for told, changes in self.variants
        ]

    def run(
        self,
        out: Path | None = None,
        *,
        seeds: int | None = None,
        epochs: int | None = None,
        limit: int | None = None,
        **options: Any,
    ) -> dict[str, Any]:
        """Make the runs, then ``figure.svg``.

        Parameters
        ----------
        out : Path, optional
            Folder; by default a new one under ``runs/``.
        seeds, epochs : int, optional
            Instead of the experiment's own.
        limit : int, optional
            Only the first so many training samples.
        options
            As for :func:`lava_ib.experiment.sweep.run_points`.

        Returns
        -------
        dict
            The summary of the sweep, with ``figure`` and ``results`` (a row for each kind of
            run: its ``name``, ``mean`` and ``deviation`` of the test accuracy after the last
            epoch, number of ``seeds``, and what is ``published``).
        """
        points = self.points(seeds or self.seeds, epochs or self.epochs)
        if limit is not None:
            points = [replace(p, config=_limited(p, limit)) for p in points]
        folder = out or new_folder(points[0].config)
        summary = run_points(points, folder, **options)
        done = {row["run"] for row in summary["runs"] if row["status"] == "finished"}
        runs = [_read(point, folder) for point in points if point.name in done]
        figure = folder / "figure.svg"
        if runs:
            save_panels(self.panels(runs), figure)
        return {**summary, "figure": str(figure), "results": self._results(runs)}

    def _results(self, runs: Sequence[Run]) -> list[dict[str, Any]]:
        rows = []
        for name, accuracies in by_variant(runs, last_accuracy).items():
            rows.append(
                {
                    "name": name,
                    "mean": float(np.mean(accuracies)),
                    "deviation": float(np.std(accuracies, ddof=1)) if accuracies[1:] else 0.0,
                    "seeds": len(accuracies),
                    "published": self.published.get(name, ""),
                }
            )
        return rows


def _limited(point: Point, limit: int) -> Any:
    data = point.config.data.model_copy(update={"train_limit": limit})
    return point.config.model_copy(update={"data": data})


def _read(point: Point, folder: Path) -> Run:
    records = RunFolder(folder / point.name).metrics()
    return Run(point.values, [record for record in records if record["variant"] == "learned"])


def last_accuracy(run: Run) -> float:
    """Test accuracy after the last epoch."""
    return float(run.records[-1]["test_accuracy"])


def by_variant(
    runs: Sequence[Run], figure: Callable[[Run], float], leave_out: Sequence[str] = ()
) -> dict[str, list[float]]:
    """Collect a figure of the runs that differ in nothing but the seed (and `leave_out`)."""
    found: dict[str, list[float]] = defaultdict(list)
    for run in runs:
        told = [v for key, v in run.values.items() if key not in ("seed", *leave_out)]
        found[", ".join(map(value_text, told))].append(figure(run))
    return found


def by_epoch(runs: Sequence[Run], figure: Callable[[dict[str, Any]], float]) -> Curve:
    """Mean and deviation over runs of a figure of each epoch's record."""
    samples: dict[int, list[float]] = defaultdict(list)
    for run in runs:
        for record in run.records:
            samples[record["epoch"]].append(figure(record))
    return Curve.through(samples)


def against(runs: Sequence[Run], key: str) -> tuple[dict[str, Curve], dict[str, float]]:
    """Last accuracy of each memory against a value that its runs are told by.

    Returns
    -------
    curves : dict of str to Curve
        By memory, the points being the values under `key`.
    levels : dict of str to float
        Means of the memories whose runs have no such value.
    """
    points: dict[str, dict[Any, list[float]]] = defaultdict(lambda: defaultdict(list))
    for run in runs:
        points[run.values["memory"]][run.values.get(key)].append(last_accuracy(run))
    levels = {name: float(np.mean(own.pop(None))) for name, own in points.items() if None in own}
    return {name: Curve.through(own) for name, own in points.items() if own}, levels
