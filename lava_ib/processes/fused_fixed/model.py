"""The ProcessModel of the whole network in integers."""

from typing import Any

import numpy as np

from lava_ib.processes.fused.model import Loop, PyFusedNetworkModel
from lava_ib.processes.fused_fixed.arrays import (
    make_layers,
    make_learner,
    make_rule,
    make_samples,
    write_back,
)
from lava_ib.processes.fused_fixed.loop import present, present_to_readout
from lava_ib.rule.fixed.rounding import shared_draws
from lava_ib.rule.fixed.schedule import power_of_two
from lava_ib.rule.state import State


class FixedLoop(Loop):
    """A network of integers, as the compiled loop sees it."""

    def __init__(self, params: Any, state: State) -> None:
        super().__init__(params, state)
        settings = params["settings"]
        self.fixed, self.total = settings.fixed, params["total_samples"]
        self.rule = make_rule(settings, params["learn"])
        self.samples = make_samples(
            params["x"],
            params["labels"],
            params["memory_labels"],
            params["offset"],
            self.fixed.trace_bits,
            state,
        )
        self.layers = make_layers(settings.hidden, state, self.samples.x)
        self.readout = make_learner("readout", "weights", settings.network.layers[-2], state)

    def _present(self, count: int) -> None:
        first = self.presented
        steps = np.array(
            [power_of_two(k, self.total, self.fixed.rate) for k in range(first, first + count)]
        )
        timed = first, steps, shared_draws(first, count), self.samples, self.rule
        predictions = self.state["readout/predictions"]
        if self.layers:
            present(*timed, self.layers, self.readout, predictions)
        else:
            present_to_readout(*timed, self.readout, predictions)

    def _write_back(self) -> None:
        write_back(
            self.samples,
            self.layers,
            self.rule.depth,
            self.readout,
            self.presented,
            self.rule.learn_hidden,
            self.state,
        )


class PyFusedFixedNetworkModel(PyFusedNetworkModel):
    """Runs all presentations of a ``run`` call in one compiled loop of integers."""

    tags = ["fused_fixed"]  # noqa: RUF012
    loop_type = FixedLoop
