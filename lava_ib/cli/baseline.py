"""``lava-ib baseline``: what other ways to train reach on the same data and layers."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from lava_ib.baselines.training import train_baseline
from lava_ib.cli.progress import TrainingDisplay
from lava_ib.experiment import config as configs


def baseline(
    kind: Annotated[str, typer.Argument(metavar="backprop|slayer", help="Which baseline.")],
    config: Annotated[Path, typer.Argument(help="TOML file, as for lava-ib train.")],
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change a key; may be repeated."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Run folder; a new one under runs/ without.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line on standard output.")
    ] = False,
) -> None:
    """Train a baseline with PyTorch on the data and layers of a config.

    backprop: rectifiers and plain stochastic gradient descent, one sample at a time; the run folder
    can be evaluated in Lava and exported like any other. slayer: sigma-delta layers of lava-dl.

    [bold]Examples[/bold]

    lava-ib baseline backprop configs/digits.toml --out runs/backprop

    lava-ib baseline slayer configs/digits.toml --set training.epochs=20 --json
    """
    chosen = configs.load_config(config, overrides)
    with TrainingDisplay() as display:

        def show(event: dict[str, Any]) -> None:
            display.show(event)
            if as_json and event["event"] == "epoch":
                print(json.dumps(event), flush=True)

        summary = train_baseline(kind, chosen, out, on_event=show)
    if as_json:
        print(json.dumps({"event": "summary", **summary}), flush=True)
    else:
        display.conclude(summary)
