"""``lava-ib export``: a trained network as a file that other software reads."""

from pathlib import Path
from typing import Annotated

import typer

from lava_ib.experiment import deployed


def export(
    run: Annotated[Path, typer.Argument(help="Run folder of lava-ib train.")],
    form: Annotated[
        str, typer.Option("--format", metavar="|".join(deployed.FORMATS), help="Kind of file.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="File to write.")],
) -> None:
    """Write the frozen network of a run in another format.

    onnx is exact. netx holds integers, for lava-dl; nir spikes, for the simulators that read it.
    No format holds the learning rule: the run's config goes along as metadata.

    [bold]Examples[/bold]

    lava-ib export runs/mine --format onnx -o mine.onnx

    lava-ib export runs/mine --format netx -o mine.net

    lava-ib export runs/mine --format nir -o mine.nir
    """
    network = deployed.export(run, form, out)
    print(f"{out}: {form}, layers {'-'.join(map(str, network.sizes))}")
