"""``lava-ib bundle``: pack a trained network for a machine with Lava and the extension."""

import json
from pathlib import Path
from typing import Annotated

import typer

from lava_ib.deployment.bundle import bundle as pack
from lava_ib.deployment.unpacking import unpack
from lava_ib.errors import InputError


def bundle(
    run: Annotated[Path, typer.Argument(help="Run folder, or a bundle to unpack.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="File to write.", metavar="FILE.tar.gz")
    ] = None,
    unpack_to: Annotated[
        Path | None,
        typer.Option("--unpack", help="Check a bundle and unpack it.", metavar="FOLDER"),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object on standard output.")
    ] = False,
) -> None:
    """Pack the network of a run into one archive that runs without lava-ib.

    It holds the network in integers, the test samples, the config, the versions of this
    environment, scripts, and checksums of all of them. Unpacking checks everything and runs
    nothing.

    [bold]Examples[/bold]

    lava-ib bundle runs/mine -o mine.tar.gz

    lava-ib bundle mine.tar.gz --unpack there
    """
    if unpack_to is not None:
        if out is not None:
            raise InputError("--unpack reads a bundle and --out writes one; give one of them")
        names = unpack(run, unpack_to)
        print(json.dumps(names) if as_json else f"{len(names)} files checked, in {unpack_to}")
        return
    found = pack(run, out or Path(f"{run.resolve().name}.tar.gz"))
    if as_json:
        print(json.dumps(found))
        return
    expected = found["expected"]
    print(f"written: {found['file']}, {found['files']} files, {found['bytes'] / 1e6:.1f} MB")
    print(f"the run's test accuracy {expected['test_accuracy']:.4f}, ", end="")
    print(f"in integers {expected['integer_accuracy']:.4f}")
