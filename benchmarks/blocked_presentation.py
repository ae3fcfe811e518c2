"""Every memory and control on MNIST when classes come in runs: accuracy against their length.

784-128-64-10, five epochs, tested with the network's own readout; the longest runs also with slots
that hold inputs and replay them (`network.replay`).

Examples
--------
    LAVA_IB_DATA=folder python benchmarks/blocked_presentation.py --out results
    python benchmarks/blocked_presentation.py --only "prototype delta" --replay 10 --runs 1 1000
"""

import argparse
import json
from pathlib import Path

import numpy as np
from compiled import accuracy
from matplotlib.figure import Figure

import lava_ib
from lava_ib.experiment.variants import Variant

CONFIG = Path(__file__).parents[1] / "configs" / "mnist.toml"
_SMALL = ["learning.eta=0.03", "learning.weight_decay=1e-5"]
_HSIC = ["learning.eta=1", "learning.weight_decay=0", "learning.divide_by_norm=false"]
_KINDS = {
    "prototype delta": [],
    "prototype leaky": ["memory.storage='leaky'", "memory.alpha=0.0003"],
    "prototype margin": ["memory.storage='margin'"],
    "features": ["memory={kind='features'}", "learning.eta=0.2"],
    "features, balanced": ["memory={kind='features', balanced=true}", "learning.eta=0.2"],
    "window hsic, N = 32": ["memory={kind='window', objective='hsic', sigma=0.5}", *_HSIC],
    "slots, N = 32": ["memory={kind='slots', samples=32}", *_SMALL],
    "slots per class, N = 100": ["memory={kind='slots', samples=100, per_class=true}", *_SMALL],
    "reservoir": ["memory={kind='reservoir'}", *_SMALL],
    "reservoir, taught": ["memory={kind='reservoir', rate=0.1}", *_SMALL],
}
_CONTROLS: dict[str, Variant] = {
    "control: fixed class codes": "codes",
    "control: shuffled labels": "shuffled",
    "control: frozen hidden layers": "frozen",
    "control: linear readout of the input": "linear",
}
ROWS: dict[str, tuple[list[str], Variant]] = {
    **{name: (overrides, "learned") for name, overrides in _KINDS.items()},
    **{name: ([], variant) for name, variant in _CONTROLS.items()},
}


def accuracies(name: str, run_length: int, replay: int, seeds: int, file: Path) -> list[float]:
    """Of each seed; what is in the file is not trained again."""
    known = json.loads(file.read_text()) if file.exists() else {}
    for seed in range(seeds):
        key = f"{name}; {run_length}; {replay}; {seed}"
        if key not in known:
            shown = [f"network.run_length={run_length}", f"network.replay={replay}"]
            own, variant = ROWS[name]
            overrides = [*own, *shown, f"seed={seed}", "training.epochs=5"]
            known[key] = accuracy(lava_ib.load_config(CONFIG, overrides), variant)
            file.write_text(json.dumps(known, indent=1))
    return [known[f"{name}; {run_length}; {replay}; {seed}"] for seed in range(seeds)]


def draw(table: dict[str, list[float]], runs: list[int], replay: int, path: Path) -> None:
    """Plot one line a memory, and a star for its accuracy with slots at the input."""
    figure = Figure(figsize=(9, 5), layout="constrained")
    axes = figure.add_subplot()
    for number, (name, values) in enumerate(table.items()):
        look = {"color": f"C{number % 10}", "linestyle": "--" if number >= len(_KINDS) else "-"}
        axes.plot(runs, values[:-1], marker=".", label=name, **look)
        axes.plot(1.25 * runs[-1], values[-1], marker="*", linestyle="", color=look["color"])
    axes.plot([], [], "k*", label=f"with {replay} slots a class at the input")
    axes.set(xscale="log", xlabel="samples of one class in a row", ylabel="test accuracy")
    figure.legend(loc="outside right upper", fontsize=8, frameon=False)
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    """Train what is asked for; write ``blocked.md`` and ``blocked.svg``."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path("runs/blocked"))
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--runs", type=int, nargs="+", default=[1, 10, 100, 1000])
    parser.add_argument(
        "--replay", type=int, default=51, help="slots a class beside the longest run (default 51)"
    )
    parser.add_argument("--only", choices=ROWS, action="append")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    runs, longest, replay = arguments.runs, arguments.runs[-1], arguments.replay
    head = [*map(str, runs), f"{longest}, {replay} slots a class"]
    lines = [f"| memory | {' | '.join(head)} |", "| --- " * (1 + len(head)) + "|"]
    table = {}
    for name in arguments.only or ROWS:
        found = [
            accuracies(name, length, slots, arguments.seeds, arguments.out / "found.json")
            for length, slots in [*((length, 0) for length in runs), (longest, replay)]
        ]
        table[name] = [float(np.mean(values)) for values in found]
        lines.append(f"| {name} | {' | '.join(f'{value:.3f}' for value in table[name])} |")
        print(lines[-1], flush=True)
    (arguments.out / "blocked.md").write_text("\n".join(lines) + "\n")
    draw(table, runs, replay, arguments.out / "blocked.svg")


if __name__ == "__main__":
    main()
