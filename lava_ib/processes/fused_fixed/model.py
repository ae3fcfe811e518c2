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
    write_readout,
)
from lava_ib.processes.fused_fixed.loop import present, present_to_readout
from lava_ib.processes.fused_fixed.map_arrays import (
    make_integer_images,
    make_integer_map_layers,
    make_map_rule,
    write_integer_maps_back,
)
from lava_ib.processes.fused_fixed.map_loop import present_integer_maps
from lava_ib.rule.fixed.maps import filter_size
from lava_ib.rule.fixed.rounding import shared_draws
from lava_ib.rule.fixed.schedule import power_of_two
from lava_ib.rule.schedule import flips
from lava_ib.rule.state import State


class _IntegerLoop(Loop):
    """A network of integers, as the compiled loop sees it."""

    def __init__(self, params: Any, state: State) -> None:
        super().__init__(params, state)
        settings = params["settings"]
        self.fixed, self.total = settings.fixed, params["total_samples"]
        self.rule = make_rule(settings, params["learn"])
        self.readout = make_learner("readout", "weights", state["readout/weights"].shape[1], state)

    def _steps(self, count: int) -> np.ndarray:
        """Step sizes of the next presentations."""
        numbers = range(self.presented, self.presented + count)
        return np.array([power_of_two(k, self.total, self.fixed.rate) for k in numbers])


class DenseLoop(_IntegerLoop):
    """A network of dense layers, or of a readout alone."""

    def __init__(self, params: Any, state: State) -> None:
        super().__init__(params, state)
        self.samples = make_samples(
            params["x"],
            params["labels"],
            params["memory_labels"],
            params["offset"],
            self.fixed.trace_bits,
            params["settings"].signed,
            state,
        )
        self.layers = make_layers(self.rule.depth, state, self.samples.x)

    def _present(self, count: int) -> None:
        first, draws = self.presented, shared_draws(self.presented, count)
        timed = first, self._steps(count), draws, self.samples, self.rule
        predictions = self.state["readout/predictions"]
        if self.layers:
            present(*timed, self.layers, self.readout, predictions)
        else:
            present_to_readout(*timed, self.readout, predictions)

    def _write_back(self) -> None:
        write_back(
            self.samples,
            self.layers,
            self.readout,
            self.presented,
            self.rule,
            self.state,
        )


class IntegerMapLoop(_IntegerLoop):
    """A network with convolutions."""

    def __init__(self, params: Any, state: State) -> None:
        super().__init__(params, state)
        settings = params["settings"]
        self.map_rule = make_map_rule(settings)
        self.samples, self.cut_off = make_integer_images(
            params["x"],
            params["labels"],
            params["memory_labels"],
            params["offset"],
            self.network.image,
            self.fixed.trace_bits,
        )
        self.layers = make_integer_map_layers(settings, state, self.samples.shown)

    def _order(self, seed: int, epoch: int) -> None:
        super()._order(seed, epoch)
        if self.network.flip:
            self.samples.flips[:] = flips(self.count, seed, epoch)

    def _present(self, count: int) -> None:
        present_integer_maps(
            self.presented,
            self._steps(count),
            self._filter_sizes(count),
            self.samples,
            self.rule,
            self.map_rule,
            self.layers,
            self.readout,
            self.state["readout/predictions"],
        )
        first = self.presented % self.count
        self.state["source/saturated"] += self.cut_off[
            self.samples.order[first : first + count]
        ].sum()

    def _filter_sizes(self, count: int) -> np.ndarray:
        numbers = range(self.presented, self.presented + count)
        return np.array([filter_size(k, self.total, self.fixed.rate) for k in numbers])

    def _write_back(self) -> None:
        write_integer_maps_back(self.layers, self.state)
        write_readout(self.readout, self.presented, self.rule, self.state)


def make_integer_loop(params: Any, state: State) -> DenseLoop | IntegerMapLoop:
    """Make the loop of a network, from the parameters of its Process."""
    convolutional = bool(params["settings"].network.convolutions)
    return IntegerMapLoop(params, state) if convolutional else DenseLoop(params, state)


class PyFusedFixedNetworkModel(PyFusedNetworkModel):
    """Runs all presentations of a ``run`` call in one compiled loop of integers."""

    tags = ["fused_fixed"]  # noqa: RUF012
    loop_type = staticmethod(make_integer_loop)
