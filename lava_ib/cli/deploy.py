"""``lava-ib deploy``: place a network on a model of the chip, check that model, or run it."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from lava_ib.cli.deploy_tables import show_dry_run
from lava_ib.cli.deploy_validation import show_validation
from lava_ib.deployment.deploying import deploy as run_on_chip
from lava_ib.deployment.dry_running import dry_run as place
from lava_ib.deployment.modes import MemoryPlace
from lava_ib.errors import InputError
from lava_ib.experiment.readiness import loihi_extension
from lava_ib.hardware.chip import ACCESS, GENERATIONS, Access
from lava_ib.hardware.compilers import COMPILERS, PRESENT
from lava_ib.hardware.picture import save_picture
from lava_ib.hardware.running import Neurons
from lava_ib.hardware.workload import Mode


def deploy(
    target: Annotated[
        str | None,
        typer.Argument(
            help="Run folder, config file, netx file, or module:function.", metavar="WHAT"
        ),
    ] = None,
    layers: Annotated[
        Path | None, typer.Option(help="Network as a list of layers.", metavar="FILE.json")
    ] = None,
    mode: Annotated[
        Mode | None, typer.Option(help="What the chip does; inference by default.")
    ] = None,
    memory: Annotated[
        MemoryPlace | None, typer.Option(help="Where the memory network is, on-chip.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Place it on a model of the chip only.")
    ] = False,
    validate: Annotated[
        bool, typer.Option("--validate", help="Compare the model with rows Intel's tools printed.")
    ] = False,
    compiler: Annotated[
        str, typer.Option(help=f"Of Intel's: {', '.join(COMPILERS)}.", metavar="YEAR")
    ] = PRESENT.name,
    static_power: Annotated[
        float | None,
        typer.Option(
            help="Static power of the chip; without, the range measured.", metavar="WATTS"
        ),
    ] = None,
    neurons: Annotated[
        Neurons, typer.Option(help="Send sums, or what changed since the last sample.")
    ] = "graded",
    partition: Annotated[
        str | None, typer.Option(help="SLURM partition of the INRC's cloud.", metavar="NAME")
    ] = None,
    board: Annotated[str | None, typer.Option(help="SLURM node.", metavar="NAME")] = None,
    host: Annotated[
        str | None, typer.Option(help="A board on the network, without SLURM.", metavar="ADDRESS")
    ] = None,
    loihi_gen: Annotated[
        str, typer.Option(help=f"Chip: {', '.join(GENERATIONS)}.", metavar="NAME")
    ] = Access.generation,
    picture: Annotated[
        Path | None,
        typer.Option(help="Draw the cores and how full they are.", metavar="FILE.svg"),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object on standard output.")
    ] = False,
) -> None:
    """Run a trained network on Loihi 2, or place any network on a model of the chip.

    The chip needs Intel's extension, which INRC members have. The model, for --dry-run, was
    recovered from public logs; --validate shows how well it reproduces them. Exit code 0 when
    the network fits, 1 when it does not, 2 without the extension.

    [bold]Examples[/bold]

    lava-ib deploy runs/mine --partition oheogulch

    lava-ib deploy runs/mine --dry-run

    lava-ib deploy runs/mine --dry-run --mode on-chip --picture cores.svg

    lava-ib deploy network.net --dry-run

    lava-ib deploy mymodule:make_network --dry-run

    lava-ib deploy --layers network.json --dry-run --json

    lava-ib deploy --validate
    """
    if validate:
        if target is not None or layers is not None or dry_run:
            raise InputError("--validate compares stored rows; leave out --layers and --dry-run")
        show_validation(as_json)
        return
    if not dry_run:
        access = Access(partition, board, host, loihi_gen)
        _run(target, mode or "inference", access, neurons, as_json)
        return
    found = place(
        target, mode, layers=layers, memory=memory, compiler=compiler, static_power=static_power
    )
    if picture is not None:
        save_picture(found, picture)
    if as_json:
        print(json.dumps(found))
    else:
        show_dry_run(found)
    if found["violations"]:
        raise typer.Exit(1)


def _run(
    target: str | None, mode: Mode, access: Access, neurons: Neurons, as_json: bool
) -> None:
    if not loihi_extension().ok:
        raise InputError(ACCESS)
    if target is None:
        raise InputError("only a run folder is run on the chip; --layers goes with --dry-run")
    with Console(stderr=True).status("classifying the test samples on the chip"):
        found = run_on_chip(Path(target), mode, access, neurons)
    if as_json:
        print(json.dumps(found))
        return
    print(f"{found['samples']} samples, mode {mode}, {found['where']}")
    print(f"{found['as_integers']} of them as in plain integer arithmetic")
    profile = found["profile"]
    print(f"{profile['us_per_sample']:.4g} us and {profile['uj_per_sample']:.4g} uJ a sample")
    print(f"test accuracy: {found['test_accuracy']:.3f}")
