"""``lava-ib fidelity``: how faithful memory networks are to the exact modulator."""

import io
import json
import sys
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer
from matplotlib.figure import Figure
from rich.console import Console
from rich.table import Table

from lava_ib.errors import InputError
from lava_ib.experiment.fidelity import Plan, draw_fidelity
from lava_ib.experiment.fidelity import fidelity as measure
from lava_ib.files import replace_file

Objective = Enum("Objective", {name: name for name in ("kde", "hsic")})  # type: ignore[misc]
_COLUMNS = ("memory", "activity", "layer", "samples", "units", "steps", "r2", "cosine", "signs")


def fidelity(
    target: Annotated[
        Path, typer.Argument(help="Config file, or run folder of lava-ib train.", metavar="WHAT")
    ],
    memories: Annotated[
        list[str] | None,
        typer.Option("--memory", metavar="KIND", help="Another memory beside; may be repeated."),
    ] = None,
    samples: Annotated[
        list[int] | None,
        typer.Option(min=3, help="N of the exact window; may be repeated. Without: 10 and 32."),
    ] = None,
    units: Annotated[
        list[int] | None, typer.Option(min=1, help="Units of the memory; may be repeated.")
    ] = None,
    steps: Annotated[
        list[int] | None, typer.Option(min=1, help="Time steps a sample; may be repeated.")
    ] = None,
    activities: Annotated[
        list[str] | None,
        typer.Option(
            "--activity",
            metavar="NAME",
            help="random, digits or mnist; may be repeated. Without: random and digits.",
        ),
    ] = None,
    objective: Annotated[Objective, typer.Option(help="Of the exact window.")] = Objective.kde,  # type: ignore[attr-defined]
    count: Annotated[
        int, typer.Option(min=20, help="Samples shown; the second half is compared.")
    ] = 2000,
    plot: Annotated[Path | None, typer.Option(help="SVG, PNG or PDF file to write.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line on standard output.")
    ] = False,
) -> None:
    """Compare the modulators of memory networks with the exact ones of a window.

    R2 is taken with the one scale that fits best. Of a run, the trained weights and memories
    are taken; of a config, the first weights. A reservoir without a file is trained on random
    numbers first.

    [bold]Examples[/bold]

    lava-ib fidelity configs/closed-loop-digits.toml

    lava-ib fidelity configs/digits.toml --memory slots --memory reservoir --memory features

    lava-ib fidelity runs/mine --activity mnist --samples 10 --units 64 --units 256

    lava-ib fidelity configs/digits.toml --memory reservoir --plot fidelity.svg --json
    """
    suffixes = (".svg", ".png", ".pdf")
    if plot is not None and plot.suffix not in suffixes:
        raise InputError(f"--plot {plot}: expected a name that ends in {', '.join(suffixes)}")
    given = {
        "memories": memories,
        "samples": samples,
        "units": units,
        "steps": steps,
        "activities": activities,
    }
    chosen = {name: tuple(values) for name, values in given.items() if values}
    plan = Plan(objective=objective.value, count=count, **chosen)  # type: ignore[arg-type]
    with Console(stderr=True).status("comparing with the exact modulator"):
        found = measure(target, plan)
    if plot is not None:
        replace_file(plot, _drawn(found, plot.suffix[1:]))
        print(f"written: {plot}", file=sys.stderr)
    if as_json:
        for row in found:
            print(json.dumps(row))
        return
    table = Table(*_COLUMNS)
    for row in found:
        table.add_row(*(_cell(row[name]) for name in _COLUMNS))
    Console().print(table)


def _drawn(found: list[dict[str, object]], form: str) -> bytes:
    figure, file = Figure(figsize=(9, 4.5), layout="constrained"), io.BytesIO()
    draw_fidelity(figure.add_subplot(), found)
    figure.savefig(file, format=form)
    return file.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.3f}" if isinstance(value, float) else str(value)
