"""``lava-ib inspect``: show a process graph, without running anything."""

import json
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from lava_ib.errors import InputError
from lava_ib.files import replace_file
from lava_ib.inspection.comparison import Comparison, compare
from lava_ib.inspection.formats import FORMATS, format_of
from lava_ib.inspection.formats.text import plain, to_renderable
from lava_ib.inspection.graph import Graph
from lava_ib.inspection.inspector import inspect as look

Format = Enum("Format", {name: name for name in FORMATS})  # type: ignore[misc]


def inspect(
    target: Annotated[
        str, typer.Argument(help="Config file, run folder, or module:function.", metavar="WHAT")
    ],
    backend: Annotated[
        str | None,
        typer.Option(help="Run config; fixed_pt is stock Lava's fixed point.", metavar="NAME"),
    ] = None,
    form: Annotated[
        Format | None,
        typer.Option("--format", help="Without: by the name of --out, else text."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="File to write, instead of printing.")] = None,
    diff: Annotated[
        str | None, typer.Option(help="Compare with this backend.", metavar="BACKEND")
    ] = None,
) -> None:
    """Show what runs where: Processes, models, ports, connections, Vars, and what they cost.

    Nothing is run. A function in a module may return any Lava Process; all that is connected
    to it is shown.

    [bold]Examples[/bold]

    lava-ib inspect configs/digits.toml

    lava-ib inspect configs/digits.toml --out graph.html

    lava-ib inspect runs/mine --format json

    lava-ib inspect configs/digits.toml --backend float --diff fused

    lava-ib inspect mymodule:make_network --backend fixed_pt --out graph.svg
    """
    name = _format_name(form, out)
    graph = look(target, backend)
    shown: Graph | Comparison = graph
    if diff is not None:
        shown = compare(graph, look(target, diff))
    if out is None and name == "text":
        Console(highlight=False).print(to_renderable(shown))
    elif out is None:
        print(_written(shown, name))
    else:
        _write(out, _written(shown, name))


def _format_name(form: Format | None, out: Path | None) -> str:
    if form is not None:
        return form.value
    return "text" if out is None else format_of(out)


def _written(shown: Graph | Comparison, name: str) -> str:
    if isinstance(shown, Graph):
        return FORMATS[name](shown)
    if name == "text":
        return plain(to_renderable(shown))
    if name == "json":
        return json.dumps(shown.to_dict(), indent=1)
    return FORMATS[name](shown.side_by_side())


def _write(out: Path, text: str) -> None:
    try:
        replace_file(out, text.encode())
    except OSError as error:
        raise InputError(f"--out {out}: cannot be written ({error.strerror})") from None
    print(f"written: {out}")
