"""What memory is worth: accuracy against horizon, units, and with the input compressed.

Examples
--------
    LAVA_IB_DATA=folder python benchmarks/memory_size.py
    python benchmarks/memory_size.py --seeds 1 --only compress
"""

import argparse
from pathlib import Path

import numpy as np
from compiled import accuracy

import lava_ib

CONFIGS = Path(__file__).parents[1] / "configs"
_WINDOW = ["learning.eta=0.03", "learning.weight_decay=1e-5", "training.epochs=5"]
_FEATURES = ["memory.readout_file=''", "training.epochs=5"]


def _hsic(gamma: float, compress: bool) -> list[str]:
    memory = f"gamma={gamma}, compress={str(compress).lower()}"
    return [
        f"memory={{kind='window', objective='hsic', samples=32, {memory}}}",
        "learning.eta=1.0",
        "learning.divide_by_norm=false",
    ]


TABLES = {
    "compress": [
        (f"hsic, gamma {gamma:g}" + ", compress" * compress, "digits", _hsic(gamma, compress))
        for gamma in (1.0, 2.0, 10.0)
        for compress in (False, True)
    ],
    "horizon": [
        *(
            (f"features, horizon {n}", "closed-loop-mnist", [*_FEATURES, f"memory.horizon={n}"])
            for n in (10, 100, 1000, 10000)
        ),
        *(
            (f"window kde, N = {n}", "mnist", [f"memory={{kind='window', samples={n}, sigma=0.2}}"])
            for n in (2, 10, 32)
        ),
    ],
    "units": [
        (f"features, {units} units", "closed-loop-mnist", [*_FEATURES, f"memory.units={units}"])
        for units in (4, 16, 64, 256)
    ],
}


def main() -> None:
    """Print a line a network."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--only", choices=TABLES, action="append")
    arguments = parser.parse_args()
    for table in arguments.only or TABLES:
        for name, config, overrides in TABLES[table]:
            extra = _WINDOW if "window kde" in name else []
            found = [
                accuracy(
                    lava_ib.load_config(
                        CONFIGS / f"{config}.toml", [*overrides, *extra, f"seed={seed}"]
                    )
                )
                for seed in range(arguments.seeds)
            ]
            print(f"| {name} | {config} | {np.mean(found):.4f} |", flush=True)


if __name__ == "__main__":
    main()
