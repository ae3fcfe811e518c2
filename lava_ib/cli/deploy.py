"""``lava-ib deploy``: place a network on a model of the chip, and check that model."""

import json
import math
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.bar import Bar
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from lava_ib.errors import InputError
from lava_ib.experiment.readiness import loihi_extension
from lava_ib.hardware import estimates, summary, validation
from lava_ib.hardware.compilers import COMPILERS, PRESENT
from lava_ib.hardware.layer_file import read_layers


def deploy(
    layers: Annotated[
        Path | None, typer.Option(help="Network as a list of layers.", metavar="FILE.json")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Place it on a model of the chip only.")
    ] = False,
    validate: Annotated[
        bool, typer.Option("--validate", help="Compare the model with rows Intel's tools printed.")
    ] = False,
    compiler: Annotated[
        str, typer.Option(help=f"Of Intel's: {', '.join(COMPILERS)}.", metavar="YEAR")
    ] = PRESENT.name,
    static_power: Annotated[
        float | None,
        typer.Option(
            help="Static power of the chip; without, the range measured.", metavar="WATTS"
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object on standard output.")
    ] = False,
) -> None:
    """Place a network on the cores of Loihi 2, by a model of Intel's compiler.

    The model was recovered from public logs; --validate shows how well it reproduces them.
    Nothing runs on a chip yet. Exit code 0 when the network fits, 1 when it does not.

    [bold]Examples[/bold]

    lava-ib deploy --layers network.json --dry-run

    lava-ib deploy --layers network.json --dry-run --json

    lava-ib deploy --validate
    """
    if validate:
        if layers is not None or dry_run:
            raise InputError("--validate compares stored rows; leave out --layers and --dry-run")
        _validate(as_json)
        return
    if not dry_run:
        raise InputError(_no_chip())
    if layers is None:
        raise InputError("--dry-run needs --layers FILE.json")
    if compiler not in COMPILERS:
        raise InputError(f"--compiler {compiler}: expected one of {', '.join(COMPILERS)}")
    watts = _static_watts(static_power)
    found = summary.dry_run(read_layers(layers), COMPILERS[compiler], watts)
    if as_json:
        print(json.dumps(found))
    else:
        _show(found)
    if found["violations"]:
        raise typer.Exit(1)


def _static_watts(given: float | None) -> tuple[float, float]:
    if given is None:
        return estimates.STATIC_WATTS
    if not 0.0 <= given < math.inf:
        raise InputError(f"--static-power {given:g}: expected watts, 0 or more")
    return given, given


def _no_chip() -> str:
    if loihi_extension().ok:
        return "deployment to the chip itself is planned; --dry-run places a network on its model"
    return (
        "Intel's lava-loihi extension is not installed: it comes with access to the INRC "
        "(http://neuromorphic.intel.com or inrc_interest@intel.com); --dry-run works without it"
    )


def _show(found: dict[str, Any]) -> None:
    console = Console(highlight=False)
    console.print(_layer_table(found))
    for title, key in (("cut", "split_basis"), ("synapse words by", "words_basis")):
        for basis, names in _by_basis(found["layers"], key).items():
            console.print(f"{title} {basis}: {', '.join(names)}", markup=False)
    console.print()
    console.print(_core_table(found["per_core"]))
    if found["estimates"]:
        _show_estimates(console, found["estimates"])
    console.print("\n[bold]Not checked[/]")
    for point in found["not_checked"]:
        console.print(f"- {point}", markup=False)
    for violation in found["violations"]:
        console.print(f"\n[red]Does not fit[/]: {escape(_sentence(violation))}")
    if not found["violations"]:
        console.print(f"\nfits: {found['cores']} of {found['user_cores']} cores")


def _layer_table(found: dict[str, Any]) -> Table:
    title = f"{found['cores']} of {found['user_cores']} cores, compiler of {found['compiler']}"
    table = Table(title=title)
    for heading in ("layer", "kind", "cores", "neurons", "tile", "synapse words"):
        table.add_column(heading)
    for layer in reversed(found["layers"]):
        table.add_row(
            escape(layer["name"]),
            layer["kind"],
            str(layer["cores"]),
            f"{layer['neurons_per_core']:,}",
            " x ".join(map(str, layer["tile"])) if layer["tile"] else "",
            f"{layer['synapse_words_per_core']:,}",
        )
    table.caption = "from output to input; neurons and synapse words of the fullest core"
    return table


def _by_basis(layers: list[dict[str, Any]], key: str) -> dict[str, list[str]]:
    """Names of layers by the rule, with its grade, that they follow."""
    names: dict[str, list[str]] = {}
    for layer in layers:
        if layer[key] is not None:
            names.setdefault(layer[key], []).append(layer["name"])
    return names


def _core_table(runs: list[dict[str, Any]]) -> Table:
    table = Table(title="How full each core is (estimate, R5 (A))")
    for heading in ("core", "layer", "words", "", "memory"):
        table.add_column(heading, justify="right" if heading in ("words", "memory") else "left")
    for run in runs:
        first, last, share = run["first_core"], run["last_core"], run["memory_fraction"]
        table.add_row(
            f"{first}" if first == last else f"{first}-{last}",
            escape(run["layer"]),
            f"{run['words']['total']:,}",
            Bar(1.0, 0.0, min(share, 1.0), width=24),
            f"{100 * share:.1f} %",
        )
    return table


def _show_estimates(console: Console, found: dict[str, Any]) -> None:
    dynamic, total = found["dynamic_energy_uj"], found["total_energy_uj"]
    watts = " to ".join(f"{value:g}" for value in dict.fromkeys(found["static_watts"]))
    lines = [
        f"time of a step: about {found['time_us']:.4g} us, set by {found['bound_by']} of "
        f"{found['busiest_layer']}",
        f"  {found['basis']['time_us']}",
        f"dynamic energy of a step: {dynamic[0]:.3g} to {dynamic[1]:.3g} uJ",
        f"  {found['basis']['dynamic_energy_uj']}",
        f"with static power of {watts} W: {total[0]:.3g} to {total[1]:.3g} uJ",
    ]
    console.print("\n[bold]Estimates[/]")
    for line in lines:
        console.print(line, markup=False)


def _sentence(violation: dict[str, Any]) -> str:
    return (
        f"{violation['layer']}: {violation['limit']}: {violation['value']:,} of "
        f"{violation['allowed']:,}; smallest change: {violation['change']}"
    )


def _validate(as_json: bool) -> None:
    rows = validation.compare_all()
    found = validation.summary(rows)
    if as_json:
        print(json.dumps(found))
    else:
        _show_comparisons(rows, found)
    if found["failed"]:
        raise typer.Exit(1)


def _show_comparisons(rows: list[validation.Comparison], found: dict[str, Any]) -> None:
    console = Console(highlight=False)
    table = Table("", "network", "row", "rule", "grade", "predicted", "measured")
    for row in rows:
        mark = "[green]ok[/]" if row.reproduced else "[red]no[/]"
        cells = (
            row.case,
            row.row,
            row.rule,
            row.grade,
            _cells(row.predicted),
            _cells(row.measured),
        )
        table.add_row(mark, *map(escape, cells))
    console.print(table)
    for row in rows:
        if not row.reproduced:
            console.print(f"not reproduced: {row.case}, {row.row}: {row.note}", markup=False)
    within, estimated = found["estimates_within_bounds"], found["estimates"]
    print(f"{found['reproduced']} of {found['rows']} rows reproduced exactly")
    print(f"{found['partial']} of them have cells that no rule determines, which are left out")
    print(
        f"{within} of {estimated} estimates within their bounds: memory fractions "
        f"{validation.FRACTION_ERROR}, times {100 * validation.TIME_ERROR:g} %, energies in range"
    )


def _cells(values: dict[str, Any]) -> str:
    return ", ".join(f"{kind} {value}" for kind, value in values.items())
