"""``lava-ib doctor``: is this machine ready, and what to do about what is missing."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from lava_ib.experiment.readiness import findings


def doctor(
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object on standard output.")
    ] = False,
) -> None:
    """Say which Python, Lava, backends, data and chip access this machine has.

    Exit code 0 when networks can be simulated here; what is only optional may be missing.

    [bold]Examples[/bold]

    lava-ib doctor

    lava-ib doctor --json
    """
    found = findings()
    if as_json:
        print(json.dumps({finding.what: finding._asdict() for finding in found}))
    else:
        table = Table("", "what", "found", "what to do")
        for finding in found:
            mark = "[green]ok[/]" if finding.ok else "[red]missing[/]" if finding.needed else "-"
            table.add_row(mark, *map(escape, (finding.what, finding.found, finding.advice)))
        Console().print(table)
    if any(finding.needed and not finding.ok for finding in found):
        raise typer.Exit(1)
