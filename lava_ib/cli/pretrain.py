"""``lava-ib pretrain``: train the readouts of memory networks on random numbers."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from lava_ib.errors import InputError
from lava_ib.experiment.config import load_config
from lava_ib.experiment.pretraining import pretrain as train_readouts
from lava_ib.rule.memory import Features, Reservoir


def pretrain(
    config: Annotated[Path, typer.Argument(help="TOML file with a features or reservoir memory.")],
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change a key; may be repeated."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="File to write; by default memory.readout_file.")
    ] = None,
    kernel_sigma: Annotated[
        float, typer.Option(min=1e-3, help="Width of the kernels whose sums features learn.")
    ] = 0.3,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object on standard output.")
    ] = False,
) -> None:
    """Train the readouts of a network's memories a priori, on random numbers.

    No data are read. A training run whose config names the file starts from it, and makes it
    by itself where it is not there.

    [bold]Examples[/bold]

    lava-ib pretrain configs/closed-loop-digits.toml

    lava-ib pretrain configs/closed-loop-mnist.toml --set memory.units=256 --out wide.h5
    """
    chosen = load_config(config, list(overrides or []))
    memory = chosen.memory
    if out is None and isinstance(memory, Features | Reservoir) and memory.readout_file:
        out = Path(memory.readout_file)
    if out is None:
        raise InputError("give --out, or a config with memory.readout_file")
    with Console(stderr=True).status("training readouts on random numbers"):
        found = train_readouts(chosen, out, kernel_sigma)
    if as_json:
        print(json.dumps({"file": str(out), "layers": found}))
        return
    other = {"analytic_r2": "without training", "ridge_r2": "by ridge regression"}
    what = "kernel sums" if isinstance(memory, Features) else "modulators"
    for layer, figures in found.items():
        (key,) = figures.keys() & other.keys()
        print(
            f"{layer}: R2 {figures['r2']:.3f} of the exact {what}, {figures[key]:.3f} {other[key]}"
        )
    print(f"written: {out}")
