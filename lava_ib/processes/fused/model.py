"""The ProcessModel of the whole network, and the compilation that precedes it."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from lava.magma.core.model.py.model import PyAsyncProcessModel
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.resources import CPU
from lava.magma.core.sync.protocols.async_protocol import AsyncProtocol

from lava_ib.processes.fused.arrays import (
    make_first,
    make_layers,
    make_readout,
    make_rule,
    make_samples,
    write_back,
)
from lava_ib.processes.fused.first_layer import fold
from lava_ib.processes.fused.loop import present, present_to_readout
from lava_ib.processes.fused.map_arrays import make_images, make_map_layers, write_maps_back
from lava_ib.processes.fused.map_loop import present_maps
from lava_ib.processes.fused.map_structures import Images
from lava_ib.processes.fused.structures import FOLD_INTERVAL, Samples
from lava_ib.processes.mapped_state import MappedState
from lava_ib.processes.network.process import Network
from lava_ib.rule.schedule import flips, presentation_order
from lava_ib.rule.settings import Settings
from lava_ib.rule.state import State, initial_state


class Loop:
    """A network as a compiled loop sees it, and its way through the passes.

    Parameters
    ----------
    params : mapping
        Of a :class:`Network`.
    state : State
        Where it starts; results are written into its arrays.
    """

    samples: Any
    rule: Any

    def __init__(self, params: Any, state: State) -> None:
        self.state = state
        self.count = len(params["x"])
        self.network = params["settings"].network
        self.seed = None if params["learn"] == "nothing" else params["seed"]
        self.presented = int(state["source/sample"][0])
        self.order_epoch = -1

    def run(self, count: int) -> None:
        """Present samples, in pieces that end where passes end and updates are folded."""
        end = self.presented + count
        while self.presented < end:
            epoch, position = divmod(self.presented, self.count)
            if self.seed is not None and epoch != self.order_epoch:
                self._order(self.seed, epoch)
                self.order_epoch = epoch
            piece = min(
                end - self.presented,
                self.count - position,
                FOLD_INTERVAL - self.presented % FOLD_INTERVAL,
            )
            self._present(piece)
            self.presented += piece
            self.state["source/sample"][0] = self.presented
        self._write_back()

    def _order(self, seed: int, epoch: int) -> None:
        """Draw the order of a pass."""
        self.samples.order[:] = presentation_order(
            self.samples.labels, seed, epoch, self.network.run_length, self.network.replay
        )

    def _present(self, count: int) -> None:
        raise NotImplementedError

    def _write_back(self) -> None:
        raise NotImplementedError


class _RealLoop(Loop):
    """A network in floating point."""

    def __init__(self, params: Any, state: State) -> None:
        super().__init__(params, state)
        self.rule = make_rule(params["settings"], params["learn"], params["total_samples"])
        self.readout = make_readout(state)


class MapLoop(_RealLoop):
    """A network with convolutions."""

    def __init__(self, params: Any, state: State) -> None:
        super().__init__(params, state)
        self.samples: Images = make_images(
            params["x"],
            params["labels"],
            params["memory_labels"],
            params["offset"],
            params["settings"].network.image,
        )
        self.layers = make_map_layers(params["settings"], state, self.samples.shown)

    def _order(self, seed: int, epoch: int) -> None:
        super()._order(seed, epoch)
        if self.network.flip:
            self.samples.flips[:] = flips(self.count, seed, epoch)

    def _present(self, count: int) -> None:
        present_maps(self.presented, count, self.samples, self.rule, self.layers, self.readout)

    def _write_back(self) -> None:
        write_maps_back(self.layers, self.readout, self.presented, self.rule, self.state)


class FusedLoop(_RealLoop):
    """A network of dense layers, or of a readout alone."""

    def __init__(self, params: Any, state: State) -> None:
        super().__init__(params, state)
        self.samples: Samples = make_samples(
            params["x"],
            params["labels"],
            params["memory_labels"],
            params["offset"],
            np.arange(self.count),
        )
        self.layers = make_layers(params["settings"], state)
        if self.rule.depth > 0:
            self.first = make_first(self.rule, self.layers, self.samples)
            # As at every fold, so that a run cut at one goes on to the same bits.
            weights, trace = self.layers.weights[0], self.layers.trace[0]
            fold(self.rule, self.samples, weights, trace, self.first)

    def _present(self, count: int) -> None:
        if self.rule.depth > 0:
            present(
                self.presented,
                count,
                self.samples,
                self.rule,
                self.layers,
                self.first,
                self.readout,
            )
        else:
            present_to_readout(self.presented, count, self.samples, self.rule, self.readout)

    def _write_back(self) -> None:
        write_back(self.layers, self.readout, self.presented, self.rule, self.state)


def make_loop(params: Any, state: State) -> MapLoop | FusedLoop:
    """Make the loop of a network, from the parameters of its Process."""
    convolutional = bool(params["settings"].network.convolutions)
    return MapLoop(params, state) if convolutional else FusedLoop(params, state)


def compile_loop(settings: Settings, make: Callable[[Any, State], Loop] = make_loop) -> float:
    """Compile the loop for such networks, or load what was compiled before.

    Done before Lava forks, so that its processes inherit the machine code.

    Parameters
    ----------
    settings : Settings
    make : callable
        Makes the loop of the parameters of a :class:`Network` and a state.

    Returns
    -------
    float
        Seconds it took.
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
    make(params, initial_state(settings, "nothing", 1, seed=0)).run(1)
    return time.monotonic() - began


class PyFusedNetworkModel(MappedState, PyAsyncProcessModel):
    """Runs all presentations of a ``run`` call in one compiled loop.

    Every network has Vars of its own, so :func:`fused_model` makes a subclass for each.
    """

    implements_process = Network
    implements_protocol = AsyncProtocol
    required_resources = [CPU]  # noqa: RUF012
    tags = ["fused"]  # noqa: RUF012

    loop_type: Any = staticmethod(make_loop)
    loop: Any = None

    def run_async(self) -> None:
        """Present as many samples as fit into the time steps asked for."""
        if self.loop is None:
            self.loop = self.loop_type(self.proc_params, self._state())
        self.loop.run(self.num_steps // self.loop.rule.steps)

    def _state(self) -> State:
        names = self.proc_params["state"]
        return {name: getattr(self, name.replace("/", "_")) for name in names}

    def state_name(self, variable: str) -> str:
        """Name in the state of a Var of the network."""
        return variable.replace("_", "/", 1)


def fused_model(process: Network, model: type[PyFusedNetworkModel]) -> type[PyFusedNetworkModel]:
    """Make the ProcessModel of one network, with its Vars.

    Parameters
    ----------
    process : Network
    model : type
        Class of models that it belongs to.
    """
    types = {
        name.replace("/", "_"): LavaPyType(np.ndarray, array.dtype.type)
        for name, array in process.proc_params["state"].items()
    }
    return type(model.__name__, (model,), types)
