"""``lava-ib sweep``: train every combination of some values, on many workers."""

import json
import re
import threading
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from lava_ib.errors import InputError
from lava_ib.experiment import sweep as sweeps
from lava_ib.experiment.config import parse_value, read_config
from lava_ib.experiment.sweep_results import value_text
from lava_ib.experiment.workers import Workers

_MOST_SHOWN = 40
# A value ends at a comma that stands in no list, table or quotation.
_VALUE = re.compile(r"""(?:\[[^\[\]]*\]|\{[^{}]*\}|"[^"]*"|'[^']*'|[^,])+""")


def sweep(
    config: Annotated[Path, typer.Argument(help="TOML file, such as configs/digits.toml.")],
    over: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY=V1,V2,...", help="Values of a key; may be repeated."),
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, metavar="K", help="Seeds of each combination.")] = 1,
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change a key in all runs."),
    ] = None,
    backend: Annotated[
        str | None, typer.Option(help="Run config, instead of the file's.", metavar="NAME")
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Runs at the same time; by default one a core."),
    ] = None,
    slurm: Annotated[
        bool, typer.Option("--slurm", help="Workers are jobs of SLURM, not processes here.")
    ] = False,
    slurm_options: Annotated[
        list[str] | None,
        typer.Option(
            "--slurm-set", metavar="KEY=VALUE", help="Of dask_jobqueue.SLURMCluster; as --slurm."
        ),
    ] = None,
    retries: Annotated[
        int, typer.Option(min=0, metavar="R", help="How often a failed run is tried again.")
    ] = 2,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the sweep; a new one under runs/ without.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Keep finished runs in --out; make the others.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line on standard output.")
    ] = False,
) -> None:
    """Train a config with every combination of values, and several seeds of each.

    Each run has a folder of its own, as from lava-ib train. results.csv has a row a run,
    results.svg shows the accuracies. A run whose worker dies is tried again.

    [bold]Examples[/bold]

    lava-ib sweep configs/xor.toml --over learning.eta=0.01,0.03,0.1 --seeds 5

    lava-ib sweep configs/mnist.toml --over memory.alpha=0.05,0.1 --over training.epochs=3,6

    lava-ib sweep configs/digits.toml --over memory={kind='window'},{kind='slots'} --workers 2

    lava-ib sweep configs/mnist.toml --seeds 20 --workers 10 --slurm-set queue=cpu

    lava-ib sweep configs/xor.toml --seeds 50 --out runs/fifty --resume
    """
    if resume and out is None:
        raise typer.BadParameter("--resume needs --out, the folder of the sweep to go on with")
    changes = [*(overrides or []), *([f'backend="{backend}"'] if backend else [])]
    options = dict(_assignment(text, "--slurm-set") for text in slurm_options or [])
    asked = {"count": workers} if workers else {}
    with SweepDisplay(as_json) as display:
        summary = sweeps.sweep(
            read_config(config, changes),
            dict(_values(text) for text in over or []),
            out,
            seeds=seeds,
            workers=Workers(**asked, slurm=options if slurm or options else None),
            retries=retries,
            resume=resume,
            on_event=display.show,
        )
    display.conclude(summary)
    if summary["failed"]:
        raise typer.Exit(1)


def _values(text: str) -> tuple[str, list[Any]]:
    key, several = _split(text, "--over")
    return key, [parse_value(value.strip()) for value in _VALUE.findall(several)]


def _assignment(text: str, option: str) -> tuple[str, Any]:
    key, value = _split(text, option)
    return key, parse_value(value)


def _split(text: str, option: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key.strip() or not value.strip():
        expected = "KEY=V1,V2, such as seed=0,1" if option == "--over" else "KEY=VALUE"
        raise InputError(f"{option} {text}: expected {expected}")
    return key.strip(), value.strip()


class SweepDisplay:
    """A bar over all runs on standard error, the results on standard output."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.lock = threading.Lock()
        self.progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=32),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
            TimeRemainingColumn(compact=True),
            console=Console(stderr=True),
        )
        self.task = self.progress.add_task("runs", total=None)
        self.shares: dict[str, float] = {}
        self.ended = {"finished": 0, "failed": 0}
        self.total = 0

    def __enter__(self) -> "SweepDisplay":
        return self

    def __exit__(self, *exception: object) -> None:
        self.progress.stop()

    def show(self, event: dict[str, Any]) -> None:
        """Show an event of a sweep."""
        with self.lock:
            if event["event"] == "begun":
                self.total = event["runs"]
                self.progress.start()  # not before, so that bad input gets its line alone
            elif event["event"] == "progress":
                self.shares[event["run"]] = event["share"]
            else:
                self.shares[event["run"]] = 1.0
                self.ended[event["status"]] += 1
                if self.as_json:
                    print(json.dumps(event), flush=True)
            self._move()

    def _move(self) -> None:
        failed = f", {self.ended['failed']} failed" if self.ended["failed"] else ""
        self.progress.update(
            self.task,
            description=f"{sum(self.ended.values())} of {self.total} runs{failed}",
            completed=sum(self.shares.values()),
            total=self.total,
        )

    def conclude(self, summary: dict[str, Any]) -> None:
        """Print the result: with --json the summary, else a table of the runs."""
        if self.as_json:
            print(json.dumps({"event": "summary", **summary}), flush=True)
            return
        rows = summary["runs"]
        table = Table(*rows[0]["values"], "test accuracy")
        for row in rows[:_MOST_SHOWN]:
            found = f"{row['test_accuracy']:.4f}" if "test_accuracy" in row else row["reason"]
            table.add_row(*map(value_text, row["values"].values()), found)
        Console().print(table)
        if len(rows) > _MOST_SHOWN:
            print(f"and {len(rows) - _MOST_SHOWN} more")
        print(f"table: {summary['table']}\nplot: {summary['plot']}")
        print(f"runs: {summary['finished']} finished, {summary['failed']} failed")
