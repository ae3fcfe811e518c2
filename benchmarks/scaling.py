"""Time per sample of the compiled loop against width, depth, memory and time steps.

Beside each time stands the count of multiply-adds, and which share of the core's measured peak
that makes. All points are timed in turn, on one core, in its processor time: what other programs
take of the core does not count.
"""

import argparse
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import counts
import images
import matplotlib.pyplot as plt
import numpy as np
import timing

from lava_ib.processes.fused.model import compile_loop
from lava_ib.rule.memory import Memory, Prototype, Window
from lava_ib.rule.settings import NetworkSettings, Settings

EXAMPLES = """examples:
  python benchmarks/scaling.py --out /tmp/scaling
  python benchmarks/scaling.py --out /tmp/scaling --quick
  python benchmarks/scaling.py --out /tmp/scaling --only steps
"""
TITLES = {
    "width": "neurons in layer 1 (784-w-w/2-10)",
    "depth": "hidden layers (784-128-64-64...-10)",
    "window": "samples in the window (kde)",
    "steps": "time steps per sample",
    "own-tau": "time steps, tau 1.5, tau_e 2",
}
HEADER = ("", "µs per sample", "multiply-adds", "share of peak", "kB moved", "share of bandwidth")


@dataclass
class Point:
    """One network of a sweep."""

    sweep: str
    value: int
    settings: Settings
    loop: Any = None
    samples: int = 0

    @property
    def key(self) -> str:
        return f"{self.sweep} {self.value}"


def points(sweeps: list[str]) -> list[Point]:
    """All networks, 784-128-64-10 with 20 steps where a sweep does not say otherwise."""
    base = timing.settings_of(20, 4.0, 5.0)
    own = timing.settings_of(4, 1.5, 2.0)
    found = [
        *(Point("width", w, _shaped(base, (784, w, w // 2, 10))) for w in (128, 256, 512, 1024)),
        *(Point("depth", d, _shaped(base, _deep(d))) for d in (1, 2, 3, 4)),
        *(Point("window", n, replace(base, memory=_window(n))) for n in (10, 32, 64, 128, 256)),
        *(Point("steps", t, _stepped(base, t)) for t in (1, 4, 20, 64)),
        *(Point("own-tau", t, _stepped(own, t)) for t in (4, 64)),
    ]
    return [point for point in found if point.sweep in sweeps]


def _deep(hidden: int) -> tuple[int, ...]:
    return (784, 128, *[64] * (hidden - 1), 10)


def _window(samples: int) -> Memory:
    return Window(samples=samples)


def _shaped(settings: Settings, layers: tuple[int, ...]) -> Settings:
    network: NetworkSettings = replace(settings.network, layers=layers)
    return replace(settings, network=network, memory=Prototype())


def _stepped(settings: Settings, steps: int) -> Settings:
    return replace(settings, network=replace(settings.network, steps_per_sample=steps))


def prepare(found: list[Point], work: timing.Work, seconds: float) -> None:
    """Compile, fill the windows, and find how many samples take long enough."""
    for point in found:
        compile_loop(point.settings)
        point.loop, _ = timing.bare_loop(point.settings, work)
        point.loop.run(500)
        point.samples = timing.samples_for(point.loop.run, seconds)


def measure(found: list[Point], repeats: int) -> dict[str, dict[str, float]]:
    measures = {
        point.key: lambda point=point: timing.seconds_per_sample(
            point.loop.run, point.samples, time.process_time
        )
        for point in found
    }
    return timing.in_turn(measures, repeats)


def figures_of(
    found: list[Point], times: dict[str, Any], core: dict[str, float], nonzero: float
) -> list[dict[str, Any]]:
    """Times beside counts; shares say how much of the core's own speed is reached."""
    figures = []
    for point in found:
        active = float(np.mean([np.mean(layer.gate) for layer in point.loop.layers]))
        held = point.loop.first.sample.size
        count = counts.count(point.settings, nonzero, active, held)
        seconds = times[point.key]["median"] * 1e-6
        figures.append(
            {"sweep": point.sweep, "value": point.value, "active": active, "held": held}
            | times[point.key]
            | {
                "multiply_adds": count.multiply_adds,
                "share_of_peak": count.multiply_adds / seconds / core["peak"],
                "bytes_moved": count.bytes_moved,
                "share_of_bandwidth": count.bytes_moved / seconds / core["bytes"],
            }
        )
    return figures


def tables(figures: list[dict[str, Any]]) -> str:
    text = ""
    for sweep in dict.fromkeys(figure["sweep"] for figure in figures):
        rows = [
            [
                str(figure["value"]),
                figure["median"],
                f"{figure['multiply_adds']:,.0f}",
                f"{figure['share_of_peak']:.0%}",
                figure["bytes_moved"] / 1000,
                f"{figure['share_of_bandwidth']:.0%}",
            ]
            for figure in figures
            if figure["sweep"] == sweep
        ]
        text += timing.markdown((TITLES[sweep], *HEADER[1:]), rows) + "\n"
    return text


def plot(figures: list[dict[str, Any]], core: dict[str, float], file: Path) -> None:
    """One panel a sweep: measured, and what the count would take at the peak."""
    sweeps = [sweep for sweep in TITLES if sweep != "own-tau"]
    sweeps = [sweep for sweep in sweeps if any(f["sweep"] == sweep for f in figures)]
    figure, panels = plt.subplots(
        1, len(sweeps), figsize=(3.1 * len(sweeps) + 0.6, 3.2), layout="constrained", squeeze=False
    )
    for axes, sweep in zip(panels[0], sweeps, strict=True):
        own = [f for f in figures if f["sweep"] == sweep]
        values = [f["value"] for f in own]
        limit = [f["multiply_adds"] / core["peak"] * 1e6 for f in own]
        axes.plot(values, [f["median"] for f in own], "o-", color="#0072b2", label="measured")
        axes.plot(values, limit, "s--", color="#d55e00", label="count at the peak")
        if sweep != "depth":
            axes.set_xscale("log", base=2)
        axes.set_xticks(values, [str(value) for value in values])
        axes.minorticks_off()
        if sweep == "width":
            axes.set_yscale("log")
        else:
            axes.set_ylim(bottom=0)
        axes.set_xlabel(TITLES[sweep].partition(" (")[0])
        axes.spines[["top", "right"]].set_visible(False)
    panels[0][0].set_ylabel("microseconds per sample")
    panels[0][0].legend(frameon=False)
    figure.savefig(file, metadata={"Date": None})


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--out", type=Path, required=True, help="folder for tables, record and plot"
    )
    parser.add_argument("--quick", action="store_true", help="3 repeats of a quarter second")
    parser.add_argument("--images", action="store_true", help="convolutional networks alone")
    parser.add_argument("--only", help=f"some of: {', '.join(TITLES)}")
    parser.add_argument("--repeats", type=int, default=5, help="of each point (default 5)")
    parser.add_argument("--seconds", type=float, default=0.6, help="of each repeat (default 0.6)")
    parser.add_argument("--samples", type=int, default=4000, help="in the data (default 4000)")
    parser.add_argument("--core", type=int, default=timing.last_core(), help="to run on")
    args = parser.parse_args()
    args.sweeps = args.only.split(",") if args.only else list(TITLES)
    for sweep in args.sweeps:
        if sweep not in TITLES:
            parser.error(f"--only {sweep}: expected some of {', '.join(TITLES)}")
    return args


def main() -> None:
    args = arguments()
    if args.images:
        with timing.on_cores({args.core}):
            text = images.table(list(images.CONFIGS), 500, 3 if args.quick else args.repeats)
        timing.write(args.out, "scaling-images", text, {"machine": timing.machine(args.core)})
        return
    info, work = timing.machine(args.core), timing.load_work(args.samples)
    found = points(args.sweeps)
    with timing.on_cores({args.core}):
        before = counts.measure_core()
        prepare(found, work, 0.25 if args.quick else args.seconds)
        times = measure(found, 3 if args.quick else args.repeats)
        after = counts.measure_core()
    core = {key: max(before[key], after[key]) for key in before}
    figures = figures_of(found, times, core, work.nonzero)
    notes = (
        f"{timing.describe(info)}.\nData: {work.source}, {work.nonzero:.1%} not zero.\n"
        f"Measured peak: {core['peak'] / 1e9:.1f} G multiply-adds/s (dot {core['dot'] / 1e9:.1f}, "
        f"axpy {core['axpy'] / 1e9:.1f}); update of rows beyond the first-level cache: "
        f"{core['bytes'] / 1e9:.0f} GB/s.\n"
    )
    record = {"machine": info, "data": work.source, "core": core, "figures": figures}
    timing.write(args.out, "scaling", tables(figures) + notes, record)
    plot(figures, core, args.out / "scaling-performance.svg")


if __name__ == "__main__":
    main()
