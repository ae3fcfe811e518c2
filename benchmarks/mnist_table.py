"""Every memory on MNIST, three seeds each, beside its controls and back-propagation.

Examples
--------
    LAVA_IB_DATA=folder python benchmarks/mnist_table.py --out results
    python benchmarks/mnist_table.py --out results --only "prototype delta" --seeds 1
"""

import argparse
import json
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np

import lava_ib
from lava_ib.experiment.data import Preparation, load_data
from lava_ib.rule.schedule import linear_to_zero, presentation_order

CONFIG = Path(__file__).parents[1] / "configs" / "mnist.toml"
_SMALL = ["learning.eta=0.03", "learning.weight_decay=1e-5"]
ROWS = {
    "prototype delta": [],
    "prototype delta, fixed random rows": ["memory.alpha=0", "memory.init_scale=1"],
    "prototype leaky": ["memory.storage=leaky", "memory.alpha=0.0003"],
    "features, D = 64": ["memory={kind='features'}", "learning.eta=0.2"],
    "kde, N = 10": ["memory={kind='window', samples=10, sigma=0.2}", *_SMALL],
    "kde, N = 32": ["memory={kind='window', samples=32, sigma=0.2}", *_SMALL],
    "kde, N = 256": ["memory={kind='window', samples=256, sigma=0.2}", *_SMALL],
    "hsic, N = 32": [
        "memory={kind='window', objective='hsic', samples=32, sigma=0.5}",
        "learning.eta=1.0",
        "learning.divide_by_norm=false",
        "learning.weight_decay=0",
    ],
}


def train_row(name: str, seeds: int, epochs: int, out: Path) -> dict:
    """Train one row of the table; a row that is there is not trained again."""
    folder = out / name.replace(" ", "-").replace(",", "").replace("=", "")
    if (folder / "summary.json").exists():
        return json.loads((folder / "summary.json").read_text())
    controls = '["frozen", "linear"]' if name == "prototype delta" else "[]"
    overrides = [*ROWS[name], f"training.controls={controls}", f"training.epochs={epochs}"]
    config = lava_ib.load_config(CONFIG, overrides)
    return lava_ib.train_seeds(config, seeds, folder, resume=folder.exists())


def train_backprop(seed: int, epochs: int) -> float:
    """Back-propagation with the same layers, inputs, smoothing, decay and schedule."""
    import torch

    torch.set_num_threads(1)
    config = lava_ib.load_config(CONFIG)
    data, settings = load_data(config.data, seed), config.settings
    preparation = Preparation.fit(data.x_train, config.data.centre)
    x_train, x_test = (
        torch.tensor(preparation.scaled(x) - preparation.offset, dtype=torch.float32)
        for x in (data.x_train, data.x_test)
    )
    y_train, y_test = torch.tensor(data.y_train), torch.tensor(data.y_test)
    torch.manual_seed(seed)
    sizes = settings.network.layers
    weights = [
        (torch.randn(post, pre) * (2.0 / pre) ** 0.5).requires_grad_()
        for pre, post in pairwise(sizes)
    ]
    total = epochs * len(x_train)
    loss_of = torch.nn.CrossEntropyLoss(label_smoothing=settings.memory.smoothing)
    for sample in range(total):
        epoch, position = divmod(sample, len(x_train))
        if position == 0:
            order = presentation_order(data.y_train, seed, epoch)
        rate = 0.05 * linear_to_zero(sample, total)
        loss = loss_of(
            _forward(weights, x_train[order[position]][None]), y_train[order[position]][None]
        )
        gradients = torch.autograd.grad(loss, weights)
        with torch.no_grad():
            for weight, gradient in zip(weights, gradients, strict=True):
                weight -= rate * gradient
                if sample % 100 == 99:
                    weight *= 1.0 - 100 * settings.learning.weight_decay * rate
    with torch.no_grad():
        return float((_forward(weights, x_test).argmax(1) == y_test).float().mean())


def _forward(weights: list, x):
    for weight in weights[:-1]:
        x = (x @ weight.T).relu()
    return x @ weights[-1].T


def main() -> None:
    """Train what is asked for and write ``mnist.md``."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path("runs/mnist-table"))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--only", choices=[*ROWS, "back-propagation"], action="append")
    arguments = parser.parse_args()
    names = arguments.only or [*ROWS, "back-propagation"]
    lines = ["| memory | test accuracy | deviation |", "| --- | --- | --- |"]
    for name in names:
        if name == "back-propagation":
            with ProcessPoolExecutor() as pool:
                epochs = [arguments.epochs] * arguments.seeds
                values = list(pool.map(train_backprop, range(arguments.seeds), epochs))
            lines.append(f"| {name} | {np.mean(values):.4f} | {np.std(values, ddof=1):.4f} |")
        else:
            result = train_row(name, arguments.seeds, arguments.epochs, arguments.out)
            lines.append(
                f"| {name} | {result['test_accuracy']:.4f} | {result['test_accuracy_std']:.4f} |"
            )
            for control, value in result["controls"].items():
                lines.append(f"| control: {control} | {value:.4f} | |")
        print(lines[-1], flush=True)
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "mnist.md").write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
