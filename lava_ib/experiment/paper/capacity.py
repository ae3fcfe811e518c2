"""MNIST, accuracy against memory capacity: windows of N = 2 to 256 samples.

The memory ``slots`` is ``kde`` built of neurons, equal to it within rounding, so that its curve is
the same.
"""

from collections.abc import Sequence
from typing import Any

from lava_ib.experiment.curves import Panel
from lava_ib.experiment.paper.experiment import Experiment, Run, against
from lava_ib.experiment.paper.released import LINEAR_READOUT, MNIST

_SIZES = (2, 4, 8, 16, 32, 64, 128, 256)


def _kde(samples: int) -> dict[str, Any]:
    return {
        "memory": {"kind": "window", "samples": samples, "sigma": 0.2},
        "learning.eta": 0.03,
        "learning.divide_by_norm": True,
        "learning.weight_decay": 1e-5,
    }


def _hsic(samples: int) -> dict[str, Any]:
    # N - 1 differences are divided by (N - 1)^2: the rate makes up for it.
    return {
        "memory": {"kind": "window", "objective": "hsic", "samples": samples, "sigma": 0.5},
        "learning.eta": (samples - 1) / 31,
    }


def _panels(runs: Sequence[Run]) -> list[Panel]:
    curves, levels = against(runs, "N")
    levels["linear readout of the pixels"] = LINEAR_READOUT
    title = "MNIST, 784-128-64-10"
    return [Panel(title, "samples in memory, N", "test accuracy", curves, levels, log=True)]


CAPACITY = Experiment(
    name="capacity",
    summary="MNIST: accuracy against the samples in memory, N = 2 to 256, hsic and kde",
    seeds=2,
    epochs=2,
    base=MNIST,
    variants=[
        ({"memory": name, "N": samples}, changes(samples))
        for samples in _SIZES
        for name, changes in (("kde", _kde), ("hsic", _hsic))
    ],
    panels=_panels,
    published={},
)
