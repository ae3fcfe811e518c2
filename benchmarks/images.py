"""Time per sample of the compiled loop of convolutional networks, against this core's peak.

Processor time of one core, on random pictures of the right shape. The peak is what the same
library's product of two square matrices reaches in single precision; both are measured here.
"""

import argparse
import time
from math import prod
from pathlib import Path

import numpy as np
import timing

from lava_ib.experiment.config import load_config
from lava_ib.inspection.memory_cost import remembered
from lava_ib.processes.fused.model import compile_loop, make_loop
from lava_ib.rule.settings import Settings
from lava_ib.rule.state import initial_state

CONFIGS = ("cifar10", "cifar10-wide", "mnist-conv")
HEADER = ("config", "µs per sample", "multiply-adds", "share of peak")


def multiply_adds(settings: Settings) -> float:
    """Forward and weight change of every layer, and its memory, one sample."""
    layers, classes = settings.network.geometries, settings.network.layers[-1]
    return sum(
        2 * layer.positions * prod(layer.weights)
        + remembered(settings.memory, layer.shown, classes, steps=1).multiply_adds
        for layer in layers
    )


def peak(side: int = 512, repeats: int = 20) -> float:
    """Multiply-adds a second of a product of matrices in single precision, the best of many."""
    a = np.random.default_rng(0).random((side, side), np.float32)
    best = np.inf
    for _ in range(repeats):
        began = time.process_time()
        for _ in range(5):
            a @ a
        best = min(best, (time.process_time() - began) / 5)
    return float(side**3 / best)


def seconds_per_sample(settings: Settings, samples: int, repeats: int) -> float:
    """Processor time of a training sample, the best of several runs."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, settings.network.layers[-1], samples)
    params = {
        "settings": settings,
        "x": rng.normal(size=(samples, settings.network.layers[0])).astype(np.float32),
        "labels": labels,
        "memory_labels": labels,
        "offset": None,
        "learn": "all",
        "seed": 0,
        "total_samples": 0,
    }
    loop = make_loop(params, initial_state(settings, "all", samples, seed=0))
    loop.run(samples)
    best = np.inf
    for _ in range(repeats):
        began = time.process_time()
        loop.run(samples)
        best = min(best, (time.process_time() - began) / samples)
    return best


def table(configs: list[str], samples: int, repeats: int) -> str:
    """One row a config, in Markdown."""
    top = peak()
    rows = []
    for name in configs:
        settings = load_config(Path(__file__).parents[1] / "configs" / f"{name}.toml").settings
        compile_loop(settings)
        seconds = seconds_per_sample(settings, samples, repeats)
        work = multiply_adds(settings)
        rows.append([name, 1e6 * seconds, f"{work:,.0f}", f"{work / seconds / top:.0%}"])
    note = f"Measured peak: {top / 1e9:.1f} G multiply-adds/s in single precision.\n"
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
