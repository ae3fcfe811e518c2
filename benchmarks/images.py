"""Time per sample of the compiled loops of convolutional networks, against this core's peak.

Processor time of one core, on random pictures of the right shape and with random labels, so that
every sample is learned from. The peak is what the same library's product of two square matrices
reaches, in single precision for `fused` and in double for `fused-fixed`; both are measured here.
"""

import argparse
import time
from itertools import product
from math import prod
from pathlib import Path

import numpy as np
import timing

from lava_ib.experiment.config import load_config
from lava_ib.inspection.memory_cost import remembered
from lava_ib.processes.fused.model import compile_loop, make_loop
from lava_ib.processes.fused_fixed.model import make_integer_loop
from lava_ib.rule.fixed.maps import MAP_UNIT
from lava_ib.rule.settings import Settings
from lava_ib.rule.state import initial_state

CONFIGS = ("cifar10", "cifar10-wide", "mnist-conv")
HEADER = ("config", "backend", "µs per sample", "multiply-adds", "share of peak")
BACKENDS = {"fused": (make_loop, np.float32), "fused-fixed": (make_integer_loop, np.float64)}
"""What makes a backend's loop, and the precision of its products."""


def multiply_adds(settings: Settings) -> float:
    """Forward and weight change of every layer, and its memory, one sample."""
    layers, classes = settings.network.geometries, settings.network.layers[-1]
    return sum(
        2 * layer.positions * prod(layer.weights)
        + remembered(settings.memory, layer.shown, classes, steps=1).multiply_adds
        for layer in layers
    )


def peak(precision: type[np.floating], side: int = 512, repeats: int = 20) -> float:
    """Multiply-adds a second of a product of matrices, the best of many."""
    a = np.random.default_rng(0).random((side, side)).astype(precision)
    best = np.inf
    for _ in range(repeats):
        began = time.process_time()
        for _ in range(5):
            a @ a
        best = min(best, (time.process_time() - began) / 5)
    return float(side**3 / best)


def seconds_per_sample(settings: Settings, backend: str, samples: int, repeats: int) -> float:
    """Processor time of a training sample, the best of several runs."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, settings.network.layers[-1], samples)
    params = {
        "settings": settings,
        "x": MAP_UNIT * rng.normal(size=(samples, settings.network.layers[0])).astype(np.float32),
        "labels": labels,
        "memory_labels": labels,
        "offset": None,
        "learn": "all",
        "seed": 0,
        "total_samples": 0,
    }
    make, _ = BACKENDS[backend]
    loop = make(params, initial_state(settings, "all", samples, seed=0))
    loop.run(samples)
    best = np.inf
    for _ in range(repeats):
        began = time.process_time()
        loop.run(samples)
        best = min(best, (time.process_time() - began) / samples)
    return best


def table(configs: list[str], samples: int, repeats: int) -> str:
    """One row a config, in Markdown."""
    tops = {backend: peak(precision) for backend, (_, precision) in BACKENDS.items()}
    rows = []
    for name, backend in product(configs, BACKENDS):
        file = Path(__file__).parents[1] / "configs" / f"{name}.toml"
        settings = load_config(file, [f"backend={backend}", "learning.warm_up=0"]).settings
        compile_loop(settings, BACKENDS[backend][0])
        seconds = seconds_per_sample(settings, backend, samples, repeats)
        work = multiply_adds(settings)
        share = f"{work / seconds / tops[backend]:.0%}"
        rows.append([name, backend, 1e6 * seconds, f"{work:,.0f}", share])
    single, double = (f"{top / 1e9:.1f}" for top in tops.values())
    note = f"Measured peak: {single} G multiply-adds/s in single precision, {double} in double.\n"
    return timing.markdown(HEADER, rows) + "\n" + note


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("configs", nargs="*", default=list(CONFIGS), help="names in configs/")
    parser.add_argument("--samples", type=int, default=500, help="of a repeat (default 500)")
    parser.add_argument("--repeats", type=int, default=5, help="of each point (default 5)")
    args = parser.parse_args()
    print(table(args.configs, args.samples, args.repeats))


if __name__ == "__main__":
    main()
