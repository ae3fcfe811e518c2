"""MNIST, accuracy against the size of the paper's reservoir: D = 50 to 400 units.

Its readout is trained a priori on random numbers, and stays; or it is taught by exact kernels
while it is used. Two controls stand beside: hidden layers that do not learn, and a memory that
stays at random class codes.
"""

from collections.abc import Sequence
from typing import Any

from lava_ib.experiment.curves import Panel
from lava_ib.experiment.paper.experiment import Experiment, Run, against
from lava_ib.experiment.paper.released import LINEAR_READOUT, MNIST

_SIZES = (50, 100, 200, 400)
_CODES = {"kind": "prototype", "alpha": 0.0, "init_scale": 1.0}
_CONTROLS: dict[str, tuple[dict[str, Any], float]] = {
    "memory frozen at random class codes": (_CODES, 0.03),
    "frozen hidden layers": ({"kind": "prototype"}, 0.0),
}


def _a_priori(units: int) -> dict[str, Any]:
    file = f"runs/paper-reservoir-{units}.h5"  # made when it is not there; for all seeds
    return {"kind": "reservoir", "units": units, "readout_file": file}


def _taught(units: int) -> dict[str, Any]:
    return {"kind": "reservoir", "units": units, "rate": 0.1}


def _changes(memory: dict[str, Any], eta: float) -> dict[str, Any]:
    return {
        "memory": memory,
        "learning.eta": eta,
        "learning.divide_by_norm": True,
        "learning.weight_decay": 1e-5,
    }


def _panels(runs: Sequence[Run]) -> list[Panel]:
    curves, levels = against(runs, "D")
    levels["linear readout of the pixels"] = LINEAR_READOUT
    title = "MNIST, 784-128-64-10"
    return [Panel(title, "units of the reservoir, D", "test accuracy", curves, levels, log=True)]


RESERVOIR = Experiment(
    name="reservoir",
    summary="MNIST: accuracy against the reservoir's units, readout trained a priori or taught",
    seeds=2,
    epochs=2,
    base=MNIST,
    variants=[
        *(
            ({"memory": name, "D": units}, _changes(memory(units), 0.03))
            for units in _SIZES
            for name, memory in (("trained a priori", _a_priori), ("taught while used", _taught))
        ),
        *(({"memory": name}, _changes(memory, eta)) for name, (memory, eta) in _CONTROLS.items()),
    ],
    panels=_panels,
    published={},
)
