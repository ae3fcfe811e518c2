"""``lava-ib evaluate``: classify the test data with a trained network."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from lava_ib.experiment import runs


def evaluate(
    run: Annotated[Path, typer.Argument(help="Run folder of lava-ib train.")],
    backend: Annotated[
        str | None, typer.Option(help="Run config, instead of the run's own.", metavar="NAME")
    ] = None,
    predictions: Annotated[
        Path | None,
        typer.Option(help="Write the predicted classes to this file.", metavar="FILE.npy"),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object on standard output.")
    ] = False,
) -> None:
    """Classify the test samples with the network of a run, inside Lava.

    [bold]Examples[/bold]

    lava-ib evaluate runs/mine

    lava-ib evaluate runs/mine --json

    lava-ib evaluate runs/mine --predictions predicted.npy
    """
    with Console(stderr=True).status("classifying the test samples"):
        result = runs.evaluate(run, backend=backend, predictions=predictions)
    if as_json:
        print(json.dumps(result))
    else:
        print(
            f"{result['samples']} samples, backend {result['backend']}, "
            f"{result['samples_per_second']:.0f} samples/s"
        )
        print(f"test accuracy: {result['test_accuracy']:.3f}")
