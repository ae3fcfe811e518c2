"""``lava-ib paper``: the paper's experiments, one command each."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from lava_ib.cli.sweep import SweepDisplay
from lava_ib.errors import InputError
from lava_ib.experiment.paper import EXPERIMENTS
from lava_ib.experiment.workers import Workers


def paper(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(EXPERIMENTS)}.")],
    seeds: Annotated[
        int | None, typer.Option(min=1, metavar="K", help="Instead of the experiment's own.")
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(min=1, metavar="E", help="Instead of the experiment's own.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="M", help="Only M training samples.")
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Runs at the same time; by default one a core."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder; a new one under runs/ without.")] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Keep finished runs in --out; make the others.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line on standard output.")
    ] = False,
) -> None:
    """Make one of the paper's experiments: runs, a table beside published figures, a plot.

    [bold]Examples[/bold]

    lava-ib paper small

    lava-ib paper released --seeds 1 --epochs 2

    lava-ib paper capacity --out runs/capacity --resume

    lava-ib paper reservoir --limit 10000
    """
    if name not in EXPERIMENTS:
        raise InputError(f"experiment {name!r}: expected one of {', '.join(EXPERIMENTS)}")
    if resume and out is None:
        raise typer.BadParameter("--resume needs --out, the folder of the runs to go on with")
    with SweepDisplay(as_json) as display:
        summary = EXPERIMENTS[name].run(
            out,
            seeds=seeds,
            epochs=epochs,
            limit=limit,
            workers=Workers(workers) if workers else None,
            resume=resume,
            on_event=display.show,
        )
    if as_json:
        print(json.dumps({"event": "summary", **summary}), flush=True)
    else:
        table = Table("", "test accuracy", "seeds", "published", title=EXPERIMENTS[name].summary)
        for row in summary["results"]:
            accuracy = f"{row['mean']:.4f} ± {row['deviation']:.4f}"
            table.add_row(row["name"], accuracy, str(row["seeds"]), row["published"])
        Console().print(table)
        print(f"table: {summary['table']}\nfigure: {summary['figure']}")
    if summary["failed"]:
        raise typer.Exit(1)
