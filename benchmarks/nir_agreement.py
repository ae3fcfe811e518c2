"""Agreement of exported NIR files with ``evaluate`` against time steps, in two simulators.

    python benchmarks/nir_agreement.py runs/digits runs/mnist --out docs/images/nir-agreement.svg

Needs sinabs and norse beside the project, in an environment of their own: pip gives them NIR
1.0.4. Each run is exported, 500 samples are shown to both simulators, and their predictions are
compared with the frozen network's, which are those of ``lava-ib evaluate``.
"""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

import matplotlib.pyplot as plt
import nir
import norse.torch
import numpy as np
import sinabs.nir
import torch

import lava_ib
from lava_ib.experiment.deployed import trained_network

STEPS = (4, 6, 8, 10, 12, 16, 24, 32, 64, 128)
SAMPLES = 500


def in_sinabs(path: Path, x: torch.Tensor, steps: int) -> np.ndarray:
    """Predictions of sinabs."""
    network = sinabs.nir.from_nir(nir.read(path), batch_size=len(x))
    with torch.no_grad():
        outputs = network(x[:, None].repeat(1, steps, 1).flatten(0, 1))[0]
    return outputs.reshape(len(x), steps, -1).sum(dim=1).argmax(dim=1).numpy()


def in_norse(path: Path, x: torch.Tensor, steps: int) -> np.ndarray:
    """Predictions of Norse."""
    network = norse.torch.from_nir(nir.read(path), dt=1.0)
    state, total = None, 0.0
    with torch.no_grad():
        for _ in range(steps):
            outputs, state = network(x, state)
            total = total + outputs
    return total.argmax(dim=1).numpy()


SIMULATORS: dict[str, Callable[..., np.ndarray]] = {"sinabs": in_sinabs, "Norse": in_norse}


def main() -> None:
    """Measure, print a table and draw it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("runs", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, default=Path("nir-agreement.svg"))
    arguments = parser.parse_args()
    figure, axes = plt.subplots(figsize=(6, 3.6), layout="constrained")
    for run in arguments.runs:
        trained = trained_network(run)
        x = np.concatenate([trained.data.x_test, trained.data.x_train])[:SAMPLES]
        wanted = trained.network.predict(x)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "network.nir"
            lava_ib.export(run, "nir", path)
            for name, predict in SIMULATORS.items():
                shown = torch.tensor(x, dtype=torch.float32)
                agreement = [float(np.mean(predict(path, shown, n) == wanted)) for n in STEPS]
                print(run.name, name, dict(zip(STEPS, agreement, strict=True)), flush=True)
                axes.plot(STEPS, agreement, marker="o", ms=4, label=f"{run.name}, {name}")
    axes.axhline(0.98, color="0.6", lw=0.8, ls="--")
    axes.set_xscale("log", base=2)
    axes.set(xlabel="time steps", ylabel="same prediction as evaluate", ylim=(0.6, 1.01))
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(arguments.out)


if __name__ == "__main__":
    main()
