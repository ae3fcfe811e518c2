"""The ProcessModel of the whole network in integers, and the compilation that precedes it."""

import time
from typing import Any

import numpy as np

from lava_ib.processes.fused.model import PyFusedNetworkModel
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
from lava_ib.rule.schedule import presentation_order
from lava_ib.rule.settings import Settings
from lava_ib.rule.state import State, initial_state


class FixedLoop:
    """A network of integers as the compiled loop sees it.

    Parameters
    ----------
    params : mapping
        Of a :class:`lava_ib.processes.Network`.
    state : State
        Where it starts; results are written into its arrays.
    """

    def __init__(self, params: Any, state: State) -> None:
        settings = params["settings"]
        self.state, self.network, self.fixed = state, settings.network, settings.fixed
        self.total = params["total_samples"]
        self.seed = None if params["learn"] == "nothing" else params["seed"]
        self.rule = make_rule(settings, params["learn"])
        self.samples = make_samples(
            params["x"],
            params["labels"],
            params["memory_labels"],
            params["offset"],
            self.fixed.trace_bits,
            state,
        )
        self.layers = make_layers(settings.hidden, state)
        self.readout = make_learner("readout", "weights", settings.network.layers[-2], state)
        self.presented = int(state["source/sample"][0])
        self.order_epoch = -1

    def run(self, count: int) -> None:
        """Present samples, in pieces that end where passes end."""
        end = self.presented + count
        while self.presented < end:
            epoch, position = divmod(self.presented, len(self.samples.order))
            if self.seed is not None and epoch != self.order_epoch:
                self.samples.order[:] = presentation_order(
                    self.samples.labels,
                    self.seed,
                    epoch,
                    self.network.run_length,
                    self.network.replay,
                )
                self.order_epoch = epoch
            piece = min(end - self.presented, len(self.samples.order) - position)
            self._present(piece)
            self.presented += piece
            self.state["source/sample"][0] = self.presented
        write_back(
            self.samples,
            self.layers,
            self.readout,
            self.presented,
            self.rule.learn_hidden,
            self.state,
        )

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


class PyFusedFixedNetworkModel(PyFusedNetworkModel):
    """Runs all presentations of a ``run`` call in one compiled loop of integers."""

    tags = ["fused_fixed"]  # noqa: RUF012
    loop_type = FixedLoop


def compile_fixed_loop(settings: Settings) -> float:
    """Compile the loop for networks of this depth, and return the seconds it took.

    As :func:`lava_ib.processes.fused.model.compile_loop`.
    """
    began = time.monotonic()
    inputs, classes = settings.network.layers[0], settings.network.layers[-1]
    params = {
        "settings": settings,
        "x": np.zeros((1, inputs)),
        "labels": np.full(1, classes - 1),
        "memory_labels": np.full(1, classes - 1),
        "offset": None,
        "learn": "nothing",
        "seed": 0,
        "total_samples": 0,
    }
    FixedLoop(params, initial_state(settings, "nothing", 1, seed=0)).run(1)
    return time.monotonic() - began
