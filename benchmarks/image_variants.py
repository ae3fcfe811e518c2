"""What a convolutional network gains by filters that learn, by its grids, flips and whitening.

Each row changes one thing of a config and is tested on all test pictures after its last epoch.

Examples
--------
    LAVA_IB_DATA=folder python benchmarks/image_variants.py configs/cifar10.toml
    python benchmarks/image_variants.py configs/cifar10.toml --only "no flips" --set seed=1
"""

import argparse
import time
from dataclasses import asdict

from compiled import accuracy

from lava_ib.experiment.config import Config, load_config
from lava_ib.processes.fused.model import compile_loop

Row = tuple[list[str], tuple[str, ...]]


def rows(config: Config) -> dict[str, Row]:
    """By name: overrides, and layers that keep their first weights."""
    layers = range(len(config.network.convolutions))
    filters = tuple(f"conv{number + 1}" for number in layers)
    return {
        "the config": ([], ()),
        "random filters, the dense layer learns": ([], filters),
        "the first filters random": ([], filters[:1]),
        "the dense layer random, filters learn": ([], (f"conv{len(filters) + 1}",)),
        "grids of 1": (_grids(config, (1, 1, 1)), ()),
        "grids of 2": (_grids(config, (2, 2, 2)), ()),
        "grids of 8, 8, 4": (_grids(config, (8, 8, 4)), ()),
        "no flips": (["network.flip=false"], ()),
        "no whitening": (["data.whiten=false"], ()),
    }


def _grids(config: Config, sizes: tuple[int, ...]) -> list[str]:
    """Override of the sizes of the grids that memories see."""
    layers = [
        ", ".join(f"{key}={value}" for key, value in (asdict(layer) | {"grid": size}).items())
        for layer, size in zip(config.network.convolutions, sizes, strict=True)
    ]
    return [f"network.convolutions=[{', '.join(f'{{{layer}}}' for layer in layers)}]"]


def main() -> None:
    """Print a line a row."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("config", help="such as configs/cifar10.toml")
    parser.add_argument("--set", action="append", metavar="KEY=VALUE", help="as in lava-ib train")
    parser.add_argument("--only", action="append", metavar="ROW")
    arguments = parser.parse_args()
    common = arguments.set or []
    found = rows(load_config(arguments.config))
    for name in arguments.only or found:
        if name not in found:
            parser.error(f"--only {name!r}: expected one of {', '.join(map(repr, found))}")
        overrides, still = found[name]
        config = load_config(arguments.config, [*common, *overrides])
        compile_loop(config.settings)
        began = time.process_time()
        result = accuracy(config, still=still)
        minutes = (time.process_time() - began) / 60
        print(f"| {name} | {config.training.epochs} | {result:.4f} | {minutes:.1f} |", flush=True)


if __name__ == "__main__":
    main()
