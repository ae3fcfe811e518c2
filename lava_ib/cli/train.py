"""``lava-ib train``: train a network, and its controls beside it."""

import json
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from lava_ib.cli.progress import TrainingDisplay
from lava_ib.experiment import config as configs
from lava_ib.experiment import runs
from lava_ib.experiment.seeds import train_seeds
from lava_ib.inspection.inspector import inspect
from lava_ib.inspection.live import LiveView


def train(
    config: Annotated[Path, typer.Argument(help="TOML file, such as configs/digits.toml.")],
    backend: Annotated[
        str | None, typer.Option(help="Run config, instead of the file's.", metavar="NAME")
    ] = None,
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change a key; may be repeated."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Run folder; a new one under runs/ without.")
    ] = None,
    seeds: Annotated[
        int | None,
        typer.Option(min=1, metavar="K", help="Train K seeds side by side; mean and deviation."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the last checkpoint in --out.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line on standard output.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Serve the process graph with live values.")
    ] = False,
    watch_port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of --watch on loopback; 0: a free one.")
    ] = 0,
) -> None:
    """Train a network with the three-factor rule, inside Lava.

    The run folder receives the resolved config, metrics.jsonl, checkpoint.h5 and a
    report.html that opens in any browser.

    [bold]Examples[/bold]

    lava-ib train configs/digits.toml

    lava-ib train configs/digits.toml --set training.epochs=2 --set seed=1 --out runs/mine

    lava-ib train configs/digits.toml --out runs/mine --resume

    lava-ib train configs/digits.toml --set data.source=mine.npz --json

    lava-ib train configs/mnist.toml --seeds 3

    lava-ib train configs/mnist.toml --watch
    """
    overrides = list(overrides or [])
    if backend is not None:
        overrides.append(f'backend="{backend}"')
    if resume and out is None:
        raise typer.BadParameter("--resume needs --out, the folder of the run to go on with")
    if watch and seeds is not None:
        raise typer.BadParameter("--watch shows one network: leave out --seeds")
    chosen = configs.load_config(config, overrides)
    if chosen.adapted:
        print(f"backend {chosen.backend}: {'; '.join(chosen.adapted)}", file=sys.stderr, flush=True)
    with ExitStack() as stack:
        view = stack.enter_context(_live_view(chosen, watch_port)) if watch else None
        display = stack.enter_context(TrainingDisplay())

        def show(event: dict[str, Any]) -> None:
            display.show(event)
            if view is not None:
                view.show(event)
            if as_json and event["event"] == "epoch" and event["variant"] == "learned":
                print(json.dumps(event), flush=True)

        if seeds is None:
            summary = runs.train(chosen, out, resume=resume, on_event=show, watched=watch)
        else:
            summary = train_seeds(chosen, seeds, out, resume=resume, on_event=show)
    if as_json:
        print(json.dumps({"event": "summary", **summary}), flush=True)
    else:
        display.conclude(summary)


def _live_view(config: configs.Config, port: int) -> LiveView:
    # The parts are what there is to see, also where a backend runs them in one Process.
    graph = replace(inspect(config, "float"), backend=config.backend)
    view = LiveView(graph, port)
    print(f"watch: {view.url}", file=sys.stderr, flush=True)
    return view
