"""``lava-ib deploy``: place a network on a model of the chip, check that model, or run it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from lava_ib.cli.deploy_tables import show_dry_run
from lava_ib.cli.deploy_validation import show_validation
from lava_ib.deployment.deploying import Neurons
from lava_ib.deployment.deploying import deploy as run_on_chip
from lava_ib.deployment.dry_running import dry_run as place
from lava_ib.deployment.modes import MemoryPlace
from lava_ib.errors import InputError
from lava_ib.experiment.readiness import loihi_extension
from lava_ib.hardware.chip import ACCESS, GENERATIONS, Access
from lava_ib.hardware.compilers import COMPILERS, PRESENT
from lava_ib.hardware.picture import save_picture
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
        Neurons | None,
        typer.Option(
            help="Of inference. graded: rectifiers; sigma-delta: send what changed; normalised: "
            "on the host, as the backend fixed has them. graded by default."
        ),
    ] = None,
    samples: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Presentations to learn from; of inference, test samples to classify. Without, "
            "all.",
            metavar="N",
        ),
    ] = None,
    check: Annotated[
        bool,
        typer.Option(
            "--check",
            help="Train once more by the backend fixed, and say which weights differ: for a whole "
            "run it takes long.",
        ),
    ] = False,
    on_cpu: Annotated[
        bool, typer.Option("--on-cpu", help="Run the graph that is deployed without a chip.")
    ] = False,
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
    """Run a run's network on Loihi 2, or place any network on a model of the chip.

    inference classifies the test samples. chip-in-the-loop and on-chip train the network anew
    first. The chip needs Intel's extension, which INRC members have; --on-cpu runs the same graph
    without. The model, for --dry-run, was recovered from public logs; --validate shows how well
    it reproduces them. Exit code 0 when the network fits, 1 when it does not, 2 without the
    extension.

    [bold]Examples[/bold]

    lava-ib deploy runs/mine --partition oheogulch

    lava-ib deploy runs/mine --mode chip-in-the-loop --samples 40 --on-cpu --check

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
        if on_cpu and access != Access(generation=loihi_gen):
            raise InputError("--on-cpu uses no chip; leave out --partition, --board and --host")
        options = {"neurons": neurons, "memory": memory, "samples": samples, "check": check}
        _run(target, mode or "inference", None if on_cpu else access, options, as_json)
        return
    running = {
        "--neurons": neurons,
        "--samples": samples,
        "--check": check,
        "--on-cpu": on_cpu,
        "--partition": partition,
        "--board": board,
        "--host": host,
    }
    idle = [name for name, value in running.items() if value]
    if idle:
        raise InputError(f"--dry-run runs nothing; leave out {' and '.join(idle)}")
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
    target: str | None, mode: Mode, access: Access | None, options: dict[str, Any], as_json: bool
) -> None:
    if access and not loihi_extension().ok:
        raise InputError(ACCESS)
    if target is None:
        raise InputError("only a run folder is run on the chip; --layers goes with --dry-run")
    with Console(stderr=True).status(f"{mode}: running") as status:

        def show(samples: int) -> None:
            status.update(f"{mode}: {samples:,} samples shown")

        found = run_on_chip(Path(target), mode, access, on_progress=show, **options)
    if as_json:
        print(json.dumps(found))
        return
    for line in _lines(found, options):
        print(line)


def _lines(found: dict[str, Any], options: dict[str, Any]) -> Iterator[str]:
    if "learned" in found:
        yield f"{found['learned']} samples learned from, mode {found['mode']}, {found['where']}"
        if found["differ"] is None:
            yield "weights and prototypes as by the backend fixed: not checked, --check does"
        else:
            equal = f"all but {', '.join(found['differ'])}" if found["differ"] else "all"
            yield f"weights and prototypes as by the backend fixed: {equal}"
        yield f"{found['samples']} samples classified"
    else:
        yield f"{found['samples']} samples, mode {found['mode']}, {found['where']}"
        exact = options["neurons"] == "normalised"
        arithmetic = "by the backend fixed" if exact else "in plain integer arithmetic"
        yield f"{found['as_integers']} of them as {arithmetic}"
    if profile := found["profile"]:
        yield f"{profile['us_per_sample']:.4g} us and {profile['uj_per_sample']:.4g} uJ a sample"
    yield f"test accuracy: {found['test_accuracy']:.3f}"
