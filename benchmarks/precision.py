"""Accuracy of a network in integers against its bits and its rounding, and what learns from.

The compiled loop of the backend ``fused-fixed`` runs without Lava, bit for bit the same.

Examples
--------
    python benchmarks/precision.py digits --epochs 12 --seeds 3 --out digits.json
    LAVA_IB_DATA=folder python benchmarks/precision.py mnist --epochs 3 --plot precision.svg
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import lava_ib
from lava_ib.experiment.data import Dataset, Preparation, load_data
from lava_ib.processes.fused_fixed.model import FixedLoop
from lava_ib.rule.fixed.scaling import measured_exponents
from lava_ib.rule.fixed.settings import FixedSettings
from lava_ib.rule.settings import Settings
from lava_ib.rule.state import State, initial_state

CONFIGS = Path(__file__).parents[1] / "configs"
STUDY = {
    "as the engine has it": [("9, 7, 7 bits", {})],
    "weight bits": [(str(n), {"weight_bits": n}) for n in (8, 7, 6, 5, 4)],
    "trace bits": [(str(n), {"trace_bits": n}) for n in (6, 5, 4, 3, 2)],
    "modulator bits": [(str(n), {"modulator_bits": n}) for n in (6, 5, 4, 3, 2)],
    "rounding": [
        ("one number per synapse", {"rounding": "per_synapse"}),
        ("engine for weights only", {"arithmetic": "weights"}),
        ("plain integers", {"arithmetic": "plain"}),
        ("plain integers, weight decay", {"arithmetic": "plain", "weight_decay": True}),
    ],
}
Result = dict[str, list[float]]


def run_loop(
    settings: Settings, state: State, x: np.ndarray, y: np.ndarray, learn: str, **params: int
) -> FixedLoop:
    """Make the compiled loop of a network."""
    given = {"settings": settings, "x": x, "labels": y, "memory_labels": y, "offset": None}
    return FixedLoop({**given, "learn": learn, "seed": 0, "total_samples": 0, **params}, state)


def test_accuracy(settings: Settings, state: State, data: Dataset) -> float:
    """Classify the test samples, each from rest."""
    resting = initial_state(settings, "nothing", len(data.x_test), seed=0)
    kept = ("/weights", "/bias", "/weight_exp")
    resting |= {name: state[name] for name in resting if name.endswith(kept)}
    unlabelled = np.full(len(data.x_test), -1)
    run_loop(settings, resting, data.x_test, unlabelled, "nothing").run(len(data.x_test))
    return float(np.mean(resting["readout/predictions"] == data.y_test))


def train(settings: Settings, data: Dataset, epochs: int, seed: int) -> Result:
    """Train one network; accuracy and share of samples that each layer learned from, by epoch."""
    count, hidden = len(data.x_train), settings.hidden
    state = initial_state(settings, "all", count, seed)
    measured_exponents(state, settings, data.x_train, data.y_train)
    loop = run_loop(
        settings, state, data.x_train, data.y_train, "all", seed=seed, total_samples=epochs * count
    )
    names = [f"memory{number}/updates" for number in range(1, hidden + 1)]
    found: Result = {"accuracy": [], **{name: [] for name in names}}
    for _ in range(epochs):
        before = {name: int(state[name][0]) for name in names}
        loop.run(count)
        for name in names:
            found[name].append((int(state[name][0]) - before[name]) / count)
        found["accuracy"].append(test_accuracy(settings, state, data))
    return found


def load(name: str, seed: int) -> tuple[Settings, Dataset]:
    """A config of the project as integers run it, and its data as they reach the network."""
    config = lava_ib.load_config(CONFIGS / f"{name}.toml", ["backend=fused-fixed"])
    data = load_data(config.data, seed)
    prepare = Preparation.for_integers(data.x_train)
    x_train, x_test = (prepare.scaled(x) - prepare.offset for x in (data.x_train, data.x_test))
    return config.settings, replace(data, x_train=x_train, x_test=x_test)


def draw(rows: list[dict], path: Path) -> None:
    """Accuracy against bits, and the share of samples that cause an update by epoch."""
    figure = Figure(figsize=(9, 3.6), layout="constrained", dpi=150)
    bits, updates = figure.subplots(1, 2)
    full = {"weight bits": 9, "trace bits": 7, "modulator bits": 7}
    for axis, most in full.items():
        points = [(most, rows[0])] + [(int(r["value"]), r) for r in rows if r["axis"] == axis]
        bits.plot([n for n, _ in points], [r["test_accuracy"] for _, r in points], "o-", label=axis)
    bits.set(xlabel="bits", ylabel="test accuracy")
    for name, shares in rows[0]["updates"].items():
        updates.plot(range(1, len(shares) + 1), shares, "o-", label=name.partition("/")[0])
    updates.set(xlabel="epoch", ylabel="share of samples that cause an update", ylim=(0, None))
    for axes in (bits, updates):
        axes.legend(frameon=False)
        axes.grid(alpha=0.15)
    figure.savefig(path)


def main() -> None:
    """Run the study and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("config", choices=["digits", "mnist"])
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--plot", type=Path)
    chosen = parser.parse_args()
    rows = []
    for axis, variants in STUDY.items():
        for value, changes in variants:
            results = []
            for seed in range(chosen.seeds):
                settings, data = load(chosen.config, seed)
                settings = replace(settings, fixed=FixedSettings(**changes))
                results.append(train(settings, data, chosen.epochs, seed))
            last = [result["accuracy"][-1] for result in results]
            updates = {
                name: np.mean([result[name] for result in results], axis=0).tolist()
                for name in results[0]
                if name != "accuracy"
            }
            rows.append(
                {
                    "axis": axis,
                    "value": value,
                    "test_accuracy": float(np.mean(last)),
                    "deviation": float(np.std(last)),
                    "updates": updates,
                }
            )
            print(f"| {axis} | {value} | {np.mean(last):.4f} ± {np.std(last):.4f} |", flush=True)
    print("updates by epoch, first row:", json.dumps(rows[0]["updates"]))
    if chosen.out:
        chosen.out.write_text(json.dumps(vars(chosen) | {"rows": rows}, default=str, indent=1))
    if chosen.plot:
        draw(rows, chosen.plot)


if __name__ == "__main__":
    main()
