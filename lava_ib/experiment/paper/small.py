"""Linear and exclusive or, the paper's small tasks: accuracy and HSIC per layer and epoch.

Networks and tasks are the paper's, 2-4-2 and 2-10-4-2. The published curves are those of the
authors' notebook, whose networks learned from windows of 64 samples at every time step.
"""

from collections.abc import Sequence
from typing import Any

from lava_ib.experiment.curves import Panel
from lava_ib.experiment.paper.experiment import Experiment, Run, by_epoch

_LAYERS = {"linear": [2, 4, 2], "xor": [2, 10, 4, 2]}
_MEMORIES: dict[str, tuple[dict[str, Any], float]] = {
    "hsic": ({"kind": "window", "objective": "hsic", "samples": 32, "sigma": 0.5}, 1.0),
    "kde": ({"kind": "window", "samples": 32, "sigma": 0.3}, 0.03),
    "prototype": ({"kind": "prototype", "beta": 5.0}, 0.03),
    "features": ({"kind": "features", "sigma": 0.3, "horizon": 200.0}, 0.03),
    "frozen": ({"kind": "prototype"}, 0.0),
}
"""Memory and learning rate; frozen hidden layers are those that learn at rate 0."""
_BASE = {
    "backend": "fused",
    "network": {"steps_per_sample": 4},
    "learning": {"divide_by_norm": False, "init": "antipodal"},
    "readout": {"beta": 5.0},
    "training": {"controls": []},
}


def _panels(runs: Sequence[Run]) -> list[Panel]:
    return [panel for task in _LAYERS for panel in _task_panels(task, runs)]


def _task_panels(task: str, runs: Sequence[Run]) -> list[Panel]:
    of_memory: dict[str, list[Run]] = {}
    for run in runs:
        if run.values["task"] == task:
            of_memory.setdefault(run.values["memory"], []).append(run)
    last = len(_LAYERS[task]) - 3
    accuracy = {m: by_epoch(own, lambda r: r["test_accuracy"]) for m, own in of_memory.items()}
    panels = [Panel(task, "epoch", "test accuracy", accuracy, {})]
    for key, label in (("hsic_y", "HSIC(Y, Z)"), ("hsic_x", "HSIC(X, Z)")):
        curves = {
            f"{memory}, layer {layer + 1}": by_epoch(own, _of_layer(layer, key))
            for memory, own in of_memory.items()
            for layer in range(last + 1)
            if memory in ("hsic", "prototype") or layer == last
        }
        panels.append(Panel(task, "epoch", label, curves, {}))
    return panels


def _of_layer(layer: int, key: str) -> Any:
    return lambda record: record["layers"][layer][key]


SMALL = Experiment(
    name="small",
    summary="linear and xor: accuracy, HSIC(X, Z) and HSIC(Y, Z) of each layer, per epoch",
    seeds=30,
    epochs=8,
    base=_BASE,
    variants=[
        (
            {"task": task, "memory": name},
            {
                "data.source": task,
                "network.layers": layers,
                "memory": memory,
                "learning.eta": eta,
            },
        )
        for task, layers in _LAYERS.items()
        for name, (memory, eta) in _MEMORIES.items()
    ],
    panels=_panels,
    published={"linear, hsic": "about 0.93 ± 0.09", "xor, hsic": "about 0.96 ± 0.08"},
)
