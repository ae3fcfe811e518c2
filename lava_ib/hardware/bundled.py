"""Runs an unpacked bundle: ``run.sh`` calls it, with nothing but Lava and h5py around."""

import argparse
import json
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import lava_ib  # noqa: F401  (makes Lava importable)
from lava_ib.errors import InputError
from lava_ib.hardware.manifest import check_folder

LAVA = "0.10.0"
BACKENDS = ("loihi2-sim", "loihi2")
NEURONS = ("graded", "sigma-delta")


def main(arguments: list[str] | None = None) -> int:
    """Run; exit code 0: done, 1: the run failed, 2: bad input, 130: Ctrl-C."""
    options = _parser().parse_args(arguments)
    try:
        check_folder(options.folder)
        _check_environment()
        _print(run(options), options.json)
    except InputError as error:
        print(f"run.sh: {error}", file=sys.stderr)
        return 2
    except RuntimeError as error:  # SimulationError, which needs Lava to be named
        print(f"run.sh: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("run.sh: interrupted", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="run.sh", description="Classify the samples of this bundle on Loihi 2 or on CPU."
    )
    parser.add_argument(
        "--backend",
        choices=BACKENDS,
        default="loihi2",
        help="loihi2: the chip; loihi2-sim: the same graph on CPU",
    )
    parser.add_argument(
        "--neurons",
        choices=NEURONS,
        default="graded",
        help="graded: rectifiers that send their sums; sigma-delta: send what changed",
    )
    parser.add_argument("--limit", type=_count, help="use the first so many samples only")
    parser.add_argument("--partition", help="SLURM partition")
    parser.add_argument("--board", help="SLURM node")
    parser.add_argument("--host", help="address of a board, without SLURM")
    parser.add_argument("--loihi-gen", default="N3B3", help="generation of the chip")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument("--folder", type=Path, default=Path(), help=argparse.SUPPRESS)
    return parser


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _check_environment() -> None:
    try:
        found = version("lava-nc")
    except PackageNotFoundError:
        raise InputError("lava-nc is not installed; ./setup.sh makes an environment") from None
    if found != LAVA:
        raise InputError(f"lava-nc is {found}; this bundle was made for {LAVA}")
    try:
        version("h5py")
    except PackageNotFoundError:
        raise InputError("h5py is not installed; ./setup.sh makes an environment") from None


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Classify the bundle's samples."""
    # Here and not above: what is missing is said in one line first.
    from lava_ib.hardware.chip import Access
    from lava_ib.hardware.network_file import NetworkFile
    from lava_ib.hardware.running import classify_encoded

    file = NetworkFile.load(options.folder / "network.h5")
    access = Access(options.partition, options.board, options.host, options.loihi_gen)
    x, y = file.x[: options.limit], file.y[: options.limit]
    chosen = access if options.backend == "loihi2" else None
    found = classify_encoded(file.network, x, y, chosen, options.neurons)
    expected = json.loads((options.folder / "expected.json").read_text(encoding="utf-8"))
    return found | {"backend": options.backend, "expected": expected}


def _print(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(found))
        return
    print(f"{found['samples']} samples on {found['backend']}, {found['where']}")
    print(f"{found['as_integers']} of them as in plain integer arithmetic")
    if found["profile"]:
        profile = found["profile"]
        print(f"{profile['us_per_sample']:.4g} us and {profile['uj_per_sample']:.4g} uJ a sample")
    print(f"the run's own test accuracy: {found['expected']['test_accuracy']:.4f}")
    print(f"test accuracy: {found['test_accuracy']:.4f}")


if __name__ == "__main__":
    sys.exit(main())
