"""``lava-ib data``: fetch public data sets, look into data files, make new ones of maps."""

import json
import os
import shlex
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Table

from lava_ib.deployment.maps_data import write_maps
from lava_ib.errors import InputError
from lava_ib.experiment import download
from lava_ib.experiment.config import DataConfig
from lava_ib.experiment.data import DATA_VARIABLE, load_data, read_arrays, source_file

_DEFAULT_FOLDER = Path("~/.cache/lava_ib/data")

data = typer.Typer(
    name="data",
    add_completion=False,
    rich_markup_mode="rich",
    help="Fetch public data sets, look into data files, write what filters make of pictures.",
    no_args_is_help=True,
)


@data.command()
def fetch(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(download.SOURCES)}.")],
    to: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help=f"Where to; without, ${DATA_VARIABLE}, or else {_DEFAULT_FOLDER}.",
        ),
    ] = None,
) -> None:
    """Download a public data set, check it, and write it as one .npz file.

    What is there already is not downloaded again.

    [bold]Examples[/bold]

    lava-ib data fetch mnist

    lava-ib data fetch cifar10 --to data
    """
    if name not in download.SOURCES:
        raise InputError(f"{name!r}: no known data set; expected {', '.join(download.SOURCES)}")
    variable = os.environ.get(DATA_VARIABLE)
    folder = to or (Path(variable) if variable else _DEFAULT_FOLDER.expanduser())
    with _Bars() as bars:
        path = download.fetch(download.SOURCES[name], folder, progress=bars.add)
    print(f"{name}: {path}")
    if not variable or Path(variable).resolve() != folder.resolve():
        setting = f"export {DATA_VARIABLE}={shlex.quote(str(folder.resolve()))}"
        print(f'for data.source = "{name}": {setting}')


@data.command()
def info(
    source: Annotated[
        str,
        typer.Argument(metavar="FILE|NAME", help="A .npz file, or a name data.source may have."),
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object on standard output.")
    ] = False,
) -> None:
    """Say what is in a data set: shapes, types, ranges and how many samples of each class.

    [bold]Examples[/bold]

    lava-ib data info digits

    lava-ib data info mine.npz --json
    """
    parts = {part: _summary(*samples) for part, samples in _samples(source).items()}
    if as_json:
        print(json.dumps({"source": source, **parts}))
    else:
        _show(source, parts)


@data.command()
def maps(
    run: Annotated[Path, typer.Argument(help="Folder of a run with convolutions.", metavar="RUN")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE.npz", help="File to write.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object on standard output.")
    ] = False,
) -> None:
    """Write what a run's filters make of its pictures, as a data set.

    For layers that learn above filters that do not: in integers, on loihi2-sim and on the chip.
    Values are those of the deployed network, in eight bits.

    [bold]Examples[/bold]

    lava-ib data maps runs/pictures -o maps.npz

    lava-ib train configs/mnist.toml --backend fused-fixed --set data.source=maps.npz
    --set network.layers=[2048,256,10] --set training.epochs=5
    """
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_interactive) as progress:
        task = progress.add_task("pictures")
        found = write_maps(
            run, out, lambda done, total: progress.update(task, completed=done, total=total)
        )
    if as_json:
        print(json.dumps(found))
    else:
        train, test = found["samples"]
        print(f"{found['file']}: {train:,} + {test:,} samples of {found['inputs']:,} inputs")


class _Bars:
    """Progress bars on standard error, one a file, gone when all is done."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        self.progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(compact=True),
            console=console,
            transient=True,
            disable=not console.is_interactive,  # else an empty line would be left
        )

    def __enter__(self) -> "_Bars":
        self.progress.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.progress.stop()

    def add(self, name: str) -> "_Bar":
        """Begin a bar."""
        return _Bar(self.progress, name)


class _Bar:
    """What pooch tells of one download, on a bar of rich."""

    def __init__(self, progress: Progress, name: str) -> None:
        self.progress = progress
        self.task = progress.add_task(name, total=None)
        self.total = 0

    def update(self, count: int) -> None:
        """Count bytes that came."""
        self.progress.update(self.task, advance=count, total=self.total or None)

    def reset(self) -> None:
        """Count from zero again."""
        self.progress.update(self.task, completed=0)

    def close(self) -> None:
        """All bytes came."""


def _samples(source: str) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Inputs and labels of training and test, as they are in the file where there is one."""
    if path := source_file(source):
        arrays = read_arrays(path)
    else:
        arrays = vars(load_data(DataConfig(source=source), seed=0))
    return {part: (arrays[f"x_{part}"], arrays[f"y_{part}"]) for part in ("train", "test")}


def _summary(x: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    classes, counts = np.unique(y, return_counts=True)
    return {
        "shape": x.shape,
        "type": str(x.dtype),
        "range": [x.min().item(), x.max().item()],
        "label_type": str(y.dtype),
        "classes": dict(zip(map(str, classes), counts.tolist(), strict=True)),
    }


def _show(source: str, parts: dict[str, dict[str, Any]]) -> None:
    console = Console()
    table = Table("", "inputs", "type", "range", "labels", title=escape(source))
    for part, found in parts.items():
        low, high = found["range"]
        shape = " x ".join(map(str, found["shape"]))
        table.add_row(part, shape, found["type"], f"{low:g} to {high:g}", found["label_type"])
    console.print(table)
    table = Table("class", *parts)
    for label in sorted({int(label) for found in parts.values() for label in found["classes"]}):
        counts = [str(found["classes"].get(str(label), 0)) for found in parts.values()]
        table.add_row(str(label), *counts)
    console.print(table)
