"""The chip model beside what Intel's tools printed, row by row."""

import json
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from lava_ib.hardware import validation

_UNITS = {"time": " us", "energy": " uJ"}


def show_validation(as_json: bool) -> None:
    """Print the comparison; exit code 1 if a rule of grade A fails."""
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
    table = Table("")
    for heading in ("network", "row", "rule", "grade", "predicted", "measured"):
        table.add_column(heading, overflow="fold")
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
    return ", ".join(f"{kind} {value}{_UNITS.get(kind, '')}" for kind, value in values.items())
