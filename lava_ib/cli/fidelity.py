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
from lava_ib.experiment.fidelity import Plan, compare
from lava_ib.experiment.fidelity_plots import draw_fidelity, draw_trace
from lava_ib.files import replace_file

Objective = Enum("Objective", {name: name for name in ("kde", "hsic")})  # type: ignore[misc]
_COLUMNS = ("memory", "activity", "layer", "samples", "units", "steps", "r2", "cosine", "signs")
_SUFFIXES = (".svg", ".png", ".pdf")


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
    plot: Annotated[
        Path | None, typer.Option(help="SVG, PNG or PDF file: R2 against N.", metavar="FILE")
    ] = None,
    trace: Annotated[
        Path | None,
        typer.Option(
            help="SVG, PNG or PDF file: modulators over time beside the exact ones; first "
            "activity, last layer, first N.",
            metavar="FILE",
        ),
    ] = None,
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

    lava-ib fidelity configs/reservoir-digits.toml --memory slots --trace trace.svg
    """
    for option, file in (("--plot", plot), ("--trace", trace)):
        if file is not None and file.suffix not in _SUFFIXES:
            raise InputError(
                f"{option} {file}: expected a name that ends in {', '.join(_SUFFIXES)}"
            )
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
        comparisons = list(compare(target, plan))
    found = [comparison.row() for comparison in comparisons]
    figure = Figure(figsize=(9, 4.5), layout="constrained")
    if plot is not None:
        draw_fidelity(figure.add_subplot(), found)
        _write(figure, plot)
    if trace is not None:
        figure.clear()
        draw_trace(figure, comparisons)
        _write(figure, trace)
    if as_json:
        for row in found:
            print(json.dumps(row))
        return
    table = Table(*("N" if name == "samples" else name for name in _COLUMNS))
    for row in found:
        table.add_row(*(_cell(row[name]) for name in _COLUMNS))
    Console().print(table)


def _write(figure: Figure, path: Path) -> None:
    file = io.BytesIO()
    figure.savefig(file, format=path.suffix[1:])
    replace_file(path, file.getvalue())
    print(f"written: {path}", file=sys.stderr)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.3f}" if isinstance(value, float) else str(value)
