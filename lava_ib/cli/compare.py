"""``lava-ib compare``: where and when backends part."""

import json
import math
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from lava_ib.errors import InputError
from lava_ib.experiment import runs
from lava_ib.experiment.comparison import Comparison
from lava_ib.experiment.comparison_plot import SUFFIXES, draw_comparisons


def compare(
    target: Annotated[
        Path, typer.Argument(help="Run folder or config file.", metavar="RUN|CONFIG")
    ],
    backends: Annotated[
        str, typer.Option(help="Two or more; the first is the reference.", metavar="NAME,NAME")
    ] = "float,fused",
    samples: Annotated[int, typer.Option(min=1, help="Training samples to present.")] = 200,
    tolerance: Annotated[
        float | None,
        typer.Option(min=0.0, help="Relative deviation that counts; 1e-6, or 0.25 for integers."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Plot, .png or .svg; RUN/compare.png without."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object on standard output.")
    ] = False,
) -> None:
    """Find where and when backends part that run the same network on the same samples.

    Every array of the network is compared after each presentation, in the chip's timing. The
    trained network of a run goes on learning; that of a config begins.

    [bold]Examples[/bold]

    lava-ib compare configs/digits.toml --backends float,fused

    lava-ib compare configs/digits.toml --backends float,fixed -o parted.svg

    lava-ib compare runs/mine --backends fixed,loihi2-sim --samples 500

    lava-ib compare runs/mine --tolerance 1e-9 --json
    """
    if out is not None and out.suffix not in SUFFIXES:
        raise InputError(f"--out {out}: expected a name that ends in {' or '.join(SUFFIXES)}")
    if out is None and target.is_dir():
        out = target / "compare.png"
    with Progress(console=Console(stderr=True), transient=True) as progress:
        tasks: dict[str, Any] = {}

        def show(event: dict[str, Any]) -> None:
            name = event["backend"]
            if name not in tasks:
                tasks[name] = progress.add_task(name, total=event["total"])
            progress.update(tasks[name], completed=event["samples"])

        found = runs.compare(
            target, backends.split(","), samples=samples, tolerance=tolerance, on_event=show
        )
    if out is not None:
        draw_comparisons(found, out)
    if as_json:
        print(json.dumps({"comparisons": [comparison.to_dict() for comparison in found]}))
        return
    for comparison in found:
        _print(comparison)
    if out is not None:
        print(f"written: {out}")


def _print(comparison: Comparison) -> None:
    count = len(comparison.deviations)
    table = Table(title=f"{comparison.other} against {comparison.reference}, relative deviation")
    for heading in ("", "beyond from", "sample 1", f"sample {count}", "correlation"):
        table.add_column(heading, no_wrap=True)
    for n, name in enumerate(comparison.quantities):
        table.add_row(
            name,
            str(comparison.parted(name) or "-"),
            f"{comparison.deviations[0, n]:.1e}",
            f"{comparison.deviations[-1, n]:.1e}",
            _correlation(comparison.correlations[-1, n]),
        )
    Console().print(table)
    print(_predictions(comparison))
    print(_verdict(comparison))


def _correlation(value: float) -> str:
    """Of arrays that vary; modulators are all zero after a sample that keeps every margin."""
    return "-" if math.isnan(value) else f"{value:.4f}"


def _predictions(comparison: Comparison) -> str:
    if not comparison.readouts:
        return "readouts learn by different rules, and are not compared"
    count, differing = len(comparison.deviations), comparison.differing
    if not differing:
        return f"all {count} predictions agree"
    return f"{len(differing)} of {count} predictions differ, the first at sample {differing[0]}"


def _verdict(comparison: Comparison) -> str:
    names = f"{comparison.reference} and {comparison.other}"
    if comparison.first is None:
        return f"{names} agree within {comparison.tolerance:g}"
    sample, quantity = comparison.first
    where = f"{names} part first at sample {sample} in {quantity}, by more than"
    membranes = [n for n, name in enumerate(comparison.quantities) if name.endswith("/u")]
    if comparison.deviations[sample - 1, membranes].max() > comparison.tolerance:
        then = f"membranes deviate most beyond those below in {comparison.jump}"
    else:
        then = "no membrane deviates by as much there"
    return f"{where} {comparison.tolerance:g}; {then}"
