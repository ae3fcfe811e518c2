"""What both benchmarks share: the core, the work, repeats taken in turn, tables."""

# ruff: noqa: E402 -- the environment is set before numpy is imported

import importlib.metadata
import importlib.util
import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Before numpy is imported: a linear algebra library must not start threads on a single core.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

import numpy as np

from lava_ib.errors import InputError
from lava_ib.experiment.data import Preparation, data_folder
from lava_ib.processes.fused.model import FusedLoop
from lava_ib.rule.settings import NetworkSettings, Settings
from lava_ib.rule.state import State, initial_state

LAYERS = (784, 128, 64, 10)
NONZERO = 0.19
"""Share of MNIST's pixels that are not zero."""
CLOCK_SECONDS = 0.2
PACKAGES = ("numpy", "numba", "lava-nc", "jax", "torch")


@dataclass
class Contender:
    """Something that presents samples.

    `weights` returns what was learned, where it can be compared with the bare loop's.
    """

    present: Callable[[int], Any]
    start_seconds: float
    weights: Callable[[], State] | None = None
    stop: Callable[[], None] = lambda: None
    multiple: int = 1


@dataclass(frozen=True)
class Work:
    """Samples as the network takes them."""

    x: np.ndarray
    labels: np.ndarray
    offset: np.ndarray
    source: str

    @property
    def nonzero(self) -> float:
        return float(np.count_nonzero(self.x) / self.x.size)


def load_work(samples: int) -> Work:
    """MNIST where there is one, else random inputs that are zero as often."""
    try:
        with np.load(data_folder() / "mnist.npz") as file:
            raw = file["x_train"][:samples].reshape(samples, -1) / 255.0
            labels = file["y_train"][:samples].astype(int)
        source = "MNIST"
    except (InputError, OSError):
        rng = np.random.default_rng(0)
        raw = rng.random((samples, LAYERS[0])) * (rng.random((samples, LAYERS[0])) < NONZERO)
        labels = rng.integers(0, LAYERS[-1], samples)
        source = f"random inputs, {NONZERO:.0%} not zero (LAVA_IB_DATA holds no mnist.npz)"
    preparation = Preparation.fit(raw, centre=True)
    return Work(preparation.scaled(raw), labels, preparation.offset, source)


def settings_of(steps: int, tau: float, tau_e: float) -> Settings:
    """The network of the throughput figures."""
    network = NetworkSettings(layers=LAYERS, steps_per_sample=steps, tau=tau, tau_e=tau_e)
    return Settings(network=network)


def bare_loop(settings: Settings, work: Work) -> tuple[FusedLoop, State]:
    """The compiled loop of the fused backend, without Lava."""
    state = initial_state(settings, "all", len(work.x), seed=0)
    params = {
        "settings": settings,
        "x": work.x,
        "labels": work.labels,
        "memory_labels": work.labels,
        "offset": work.offset,
        "learn": "all",
        "seed": 0,
        "total_samples": 0,
    }
    return FusedLoop(params, state), state


@contextmanager
def on_cores(cores: set[int] | None) -> Iterator[None]:
    """Run, and start processes, on these cores alone; None: on all there are."""
    if cores is None or not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def last_core() -> int:
    """The core that single-core figures are taken on, unless told otherwise."""
    return max(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0


def samples_for(present: Callable[[int], Any], seconds: float, multiple: int = 1) -> int:
    """How many samples take about so long, from a first short look."""
    count = multiple
    while True:
        began = time.perf_counter()
        present(count)
        took = time.perf_counter() - began
        if took >= min(CLOCK_SECONDS, seconds / 3):
            return max(1, round(seconds / took * count / multiple)) * multiple
        count *= 4


def seconds_per_sample(
    present: Callable[[int], Any],
    count: int,
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    began = clock()
    present(count)
    return (clock() - began) / count


def in_turn(
    measures: Mapping[str, Callable[[], float]], repeats: int
) -> dict[str, dict[str, float]]:
    """Take each measure once a round: what disturbs the machine disturbs all of them."""
    taken: dict[str, list[float]] = {name: [] for name in measures}
    for _ in range(repeats):
        for name, measure in measures.items():
            taken[name].append(measure())
    return {name: spread(values) for name, values in taken.items()}


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median and extremes, in microseconds a sample."""
    micro = [value * 1e6 for value in values]
    return {"median": statistics.median(micro), "min": min(micro), "max": max(micro)}


def machine(core: int) -> dict[str, Any]:
    """What the figures were taken on."""
    info: dict[str, Any] = {
        "cpu": _cpu_model(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1,
        "core_used": core,
        "load_before": [round(load, 2) for load in os.getloadavg()],
        "system": platform.platform(),
        "python": platform.python_version(),
    }
    for package in PACKAGES:
        if importlib.util.find_spec(package.partition("-")[0]):
            info[package] = importlib.metadata.version(package)
    return info


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def describe(info: Mapping[str, Any]) -> str:
    versions = ", ".join(f"{name} {info[name]}" for name in PACKAGES if name in info)
    load = "/".join(str(load) for load in info["load_before"])
    return (
        f"{info['cpu']}, {info['cores']} cores, single-core figures on core {info['core_used']}, "
        f"load before {load}; Python {info['python']}, {versions}"
    )


def markdown(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A table whose first column is text and whose others are numbers."""
    lines = ["| " + " | ".join(header) + " |"]
    lines.append("| --- |" + " ---: |" * (len(header) - 1))
    lines += ["| " + " | ".join(shown(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def shown(value: Any) -> str:
    """Three digits that count, thousands separated; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if value == 0:
        return "0"
    digits = max(0, 2 - int(np.floor(np.log10(abs(value)))))
    return f"{value:,.{digits}f}"


def write(out: Path, name: str, text: str, record: Mapping[str, Any]) -> None:
    """Print the tables; keep them and the record in the folder."""
    out.mkdir(parents=True, exist_ok=True)
    (out / f"{name}.md").write_text(text, encoding="utf-8")
    (out / f"{name}.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    print(text)
    print(f"written: {out / name}.md, .json, -performance.svg")
