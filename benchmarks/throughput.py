"""Microseconds per sample of every way to do the same work, measured in one run.

Each contender runs in a process of its own and is timed in turn with the others, so ratios hold
even where the machine is shared. Those that follow the same rule must learn the same weights.
"""

import argparse
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import contenders
import matplotlib.pyplot as plt
import numpy as np
import timing

EXAMPLES = """examples:
  python benchmarks/throughput.py --out /tmp/throughput
  python benchmarks/throughput.py --out /tmp/throughput --quick
  python benchmarks/throughput.py --out /tmp/throughput --only float,fused,bare
"""
TWENTY, ONE = (20, 4.0, 5.0), (1, 1.0, 1.0)
CHECK_SAMPLES = 500


@dataclass(frozen=True)
class Row:
    """One line of the table: steps, tau and tau_e of its network, and what makes it."""

    title: str
    network: tuple[int, float, float]
    make: Callable[..., contenders.Contender] | None
    all_cores: bool = False


ROWS = {
    "float": Row("`float` in Lava", TWENTY, contenders.lava("float")),
    "float-cores": Row("`float` in Lava, all cores", TWENTY, contenders.lava("float"), True),
    "fused": Row("`fused` in Lava", TWENTY, contenders.lava("fused")),
    "bare": Row("compiled loop without Lava", TWENTY, contenders.bare),
    "numba": Row("as one writes it first, numba", TWENTY, contenders.first_version),
    "stock": Row("stock Lava, other rule", TWENTY, contenders.stock),
    "jax": Row("JAX, jitted scan, float32", TWENTY, contenders.needs("jax", "jax_scan")),
    "jax-64": Row("JAX, jitted scan, float64", TWENTY, contenders.needs("jax", "jax_double")),
    "bare-1": Row("compiled loop, one step", ONE, contenders.bare),
    "fixed": Row("`fixed` in Lava", ONE, contenders.integers("fixed")),
    "fused-fixed": Row("`fused-fixed` in Lava", ONE, contenders.integers("fused-fixed")),
    "loihi2-sim": Row("`loihi2-sim` in Lava", ONE, contenders.integers("loihi2-sim")),
    "stock-fixed": Row("stock Lava in fixed point", ONE, contenders.stock_integers),
    "jax-1": Row("JAX, one step, float32", ONE, contenders.needs("jax", "jax_scan")),
    "jax-1-64": Row("JAX, one step, float64", ONE, contenders.needs("jax", "jax_double")),
    "torch-1": Row("PyTorch SGD, batch 1, float32", ONE, contenders.needs("torch", "torch_one")),
    "torch-32": Row(
        "PyTorch SGD, batch 32, float32", ONE, contenders.needs("torch", "torch_batch")
    ),
}
INTEGERS = ("fixed", "fused-fixed", "loihi2-sim")
HEADER = (
    "way",
    "steps",
    "µs per sample",
    "least to most",
    "samples/s",
    "times `float`",
    "share of the loop's speed",
    "start, s",
)


def serve(key: str, samples: int, core: int, seconds: float, pipe: Any) -> None:
    """In a process of its own: make a contender, then time it whenever asked."""
    os.setsid()
    row = ROWS[key]
    with timing.on_cores(None if row.all_cores else {core}):
        contender = row.make(timing.settings_of(*row.network), timing.load_work(samples))
        try:
            pipe.send(first_look(contender))
            count = timing.samples_for(contender.present, seconds, contender.multiple)
            pipe.send(count)
            while pipe.recv():
                pipe.send(timing.seconds_per_sample(contender.present, count))
        finally:
            contender.stop()


def first_look(contender: contenders.Contender) -> dict[str, Any]:
    """Start, learn from a fixed number of samples, and say what came of it."""
    began = time.perf_counter()
    if contender.weights is None:
        contender.present(contender.multiple)
        learned = None
    else:
        contender.present(CHECK_SAMPLES)
        learned = {name: contender.weights()[name].copy() for name in contenders.CHECKED}
    seconds = contender.start_seconds
    return {"start_seconds": seconds, "look": time.perf_counter() - began, "learned": learned}


class Worker:
    """A contender's process, seen from here; held still, since an idle Lava keeps a core busy."""

    def __init__(self, key: str, samples: int, core: int, seconds: float) -> None:
        context = multiprocessing.get_context("fork")  # the one that Lava has chosen
        self.pipe, other = context.Pipe()
        self.process = context.Process(target=serve, args=(key, samples, core, seconds, other))
        self.process.start()
        other.close()
        self.look = self.pipe.recv()
        self.count = self.pipe.recv()
        os.killpg(self.process.pid, signal.SIGSTOP)

    def measure(self) -> float:
        os.killpg(self.process.pid, signal.SIGCONT)
        self.pipe.send(True)
        seconds = self.pipe.recv()
        os.killpg(self.process.pid, signal.SIGSTOP)
        return seconds

    def stop(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGCONT)
        with suppress(BrokenPipeError):
            self.pipe.send(False)
        self.process.join(20)
        if self.process.is_alive():
            self.process.kill()


def differences(looks: dict[str, dict[str, Any]]) -> dict[str, float]:
    """Largest difference from the compiled loop's weights, as a share of the largest of them."""
    found = {}
    for key, look in looks.items():
        reference = looks.get(reference_of(key))
        if look["learned"] is not None and reference is not None:
            pairs = [(look["learned"][n], reference["learned"][n]) for n in contenders.CHECKED]
            found[key] = max(float(np.abs(a - b).max() / np.abs(b).max()) for a, b in pairs)
    return found


def reference_of(key: str) -> str:
    """The compiled loop of the same network and the same numbers."""
    if key in INTEGERS:
        return "fused-fixed"
    return "bare-1" if ROWS[key].network == ONE else "bare"


def run(keys: list[str], args: argparse.Namespace) -> dict[str, Any]:
    """Start all contenders, check them, time them in turn."""
    workers: dict[str, Worker] = {}
    seconds = 0.5 if args.quick else args.seconds
    try:
        for key in keys:
            print(f"starting {key}", flush=True)
            workers[key] = Worker(key, args.samples, args.core, seconds)
        measures = {key: worker.measure for key, worker in workers.items()}
        times = timing.in_turn(measures, 3 if args.quick else args.repeats)
    finally:
        for worker in workers.values():
            worker.stop()
    looks = {key: worker.look for key, worker in workers.items()}
    apart = differences(looks)
    return {
        key: times[key]
        | {"samples": workers[key].count, "start_seconds": looks[key]["start_seconds"]}
        | ({"difference": apart[key]} if key in apart else {})
        for key in keys
    }


def table(figures: dict[str, Any]) -> str:
    """Ratios are taken between medians of this run."""

    def ratio(top: str, key: str) -> float | None:
        return figures[top]["median"] / figures[key]["median"] if top in figures else None

    rows = []
    for key, values in figures.items():
        row = ROWS[key]
        loop = ratio(reference_of(key), key)
        line = [row.title, row.network[0], values["median"]]
        line += [f"{timing.shown(values['min'])} to {timing.shown(values['max'])}"]
        line += [1e6 / values["median"], ratio("float", key), loop, values["start_seconds"]]
        rows.append([str(line[0]), str(line[1]), *line[2:]])
    return timing.markdown(HEADER, rows)


def plot(figures: dict[str, Any], file: Path) -> None:
    """Bars on a logarithmic scale, the slowest on top."""
    keys = sorted(figures, key=lambda key: figures[key]["median"])
    medians = [figures[key]["median"] for key in keys]
    own = {"fused", "bare", "bare-1", "fused-fixed"}
    colours = ["#0072b2" if key in own else "#9aa5b1" for key in keys]
    figure, axes = plt.subplots(figsize=(8, 0.42 * len(keys) + 1.1), layout="constrained")
    bars = axes.barh([ROWS[key].title.replace("`", "") for key in keys], medians, color=colours)
    axes.bar_label(bars, [f"{timing.shown(value)} µs" for value in medians], padding=4)
    axes.set_xscale("log")
    axes.set_xlim(1, max(medians) * 10)
    axes.set_xlabel("microseconds per sample, one core unless said otherwise")
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(file, metadata={"Date": None})


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True, help="folder for table, record and plot")
    parser.add_argument("--quick", action="store_true", help="3 repeats of half a second")
    parser.add_argument("--only", help=f"some of: {', '.join(ROWS)}")
    parser.add_argument("--repeats", type=int, default=5, help="of each (default 5)")
    parser.add_argument("--seconds", type=float, default=1.5, help="of each repeat (default 1.5)")
    parser.add_argument("--samples", type=int, default=10000, help="in the data (default 10000)")
    parser.add_argument("--core", type=int, default=timing.last_core(), help="for one-core figures")
    args = parser.parse_args()
    asked = args.only.split(",") if args.only else list(ROWS)
    unknown = [key for key in asked if key not in ROWS]
    if unknown:
        parser.error(f"--only {unknown[0]}: expected some of {', '.join(ROWS)}")
    args.missing = [key for key in asked if ROWS[key].make is None]
    args.keys = [key for key in asked if ROWS[key].make is not None]
    return args


def main() -> None:
    args = arguments()
    info = timing.machine(args.core)
    work = timing.load_work(args.samples)
    figures = run(args.keys, args)
    worst = {key: value["difference"] for key, value in figures.items() if "difference" in value}
    notes = [f"{timing.describe(info)}.", f"Data: {work.source}, {work.nonzero:.1%} not zero."]
    shares = ", ".join(f"{key} {value:.1e}" for key, value in worst.items())
    notes.append(f"Weights after {CHECK_SAMPLES} samples, difference from the loop's: {shares}.")
    if "fused-fixed" in figures:
        own = figures["fused-fixed"]["median"]
        others = [key for key in ("fixed", "loihi2-sim", "stock-fixed") if key in figures]
        ratios = (f"{figures[key]['median'] / own:.0f} times {key}" for key in others)
        notes.append(f"Speed of fused-fixed: {', '.join(ratios)}.")
    if args.missing:
        notes.append(f"Not installed, left out: {', '.join(args.missing)}.")
    text = table(figures) + "\n" + "\n".join(notes) + "\n"
    record = {"machine": info, "data": work.source, "nonzero": work.nonzero, "figures": figures}
    timing.write(args.out, "throughput", text, record)
    plot(figures, args.out / "throughput-performance.svg")


if __name__ == "__main__":
    main()
