"""From the state of a network of maps to the structures of its loop, and back."""

from math import prod
from typing import Any

import numpy as np

from lava_ib.processes.fused.arrays import copy_into, make_memory, memory_values, write_readout
from lava_ib.processes.fused.map_structures import Images, MapLayer
from lava_ib.processes.fused.structures import Readout, Rule
from lava_ib.rule.geometry import Geometry, MapShape
from lava_ib.rule.memory import Prototype
from lava_ib.rule.settings import Settings
from lava_ib.rule.state import State
from lava_ib.rule.summary import cell_sizes, grid_lengths

_SINGLE = np.float32


def make_images(
    x: np.ndarray,
    labels: np.ndarray,
    memory_labels: np.ndarray,
    offset: np.ndarray | None,
    shape: MapShape,
) -> Images:
    """Centre inputs and lay them out as pictures of a shape."""
    pixels = np.array(x, _SINGLE)
    if offset is not None:
        pixels -= offset.astype(_SINGLE)
    return Images(
        x=pixels.reshape(len(x), -1, shape[2]),
        side=shape[1],
        shown=np.zeros((shape[0] * shape[1], shape[2]), _SINGLE),
        labels=labels.astype(np.int64),
        memory_labels=memory_labels.astype(np.int64),
        order=np.arange(len(x)),
        flips=np.zeros(len(x), dtype=bool),
    )


def make_map_layers(settings: Settings, state: State, below: np.ndarray) -> tuple[MapLayer, ...]:
    """Copy the hidden layers' part of a state; `below` is where the picture is shown."""
    layers: list[MapLayer] = []
    for number, geometry in enumerate(settings.network.geometries, start=1):
        layers.append(_map_layer(number, geometry, settings, state, below))
        below = layers[-1].passed
    return tuple(layers)


def places(geometry: Geometry) -> dict[str, Any]:
    """What a loop knows of where the values of a layer's maps lie."""
    across = [
        np.repeat(np.arange(geometry.grid), grid_lengths(side, geometry.grid))
        for side in geometry.pooled[:2]
    ]
    return {
        "below_side": geometry.input[1],
        "stride": geometry.stride,
        "padding": geometry.padding,
        "side": geometry.output[1],
        "pool": geometry.pool,
        "pooled_side": geometry.pooled[1],
        "kernel": np.array(geometry.kernel),
        "cell": np.add.outer(across[0] * geometry.grid, across[1]).ravel(),
    }


def _map_layer(
    number: int, geometry: Geometry, settings: Settings, state: State, below: np.ndarray
) -> MapLayer:
    def room(*shape: int) -> np.ndarray:
        return np.zeros(shape, _SINGLE)

    x, y, channels = geometry.input
    outputs, inputs = geometry.output[2], prod(geometry.weights[1:])
    positions, pooled = geometry.positions, prod(geometry.pooled[:2])
    around = 2 * geometry.padding
    memory = make_memory(number, geometry.shown, settings, state)
    # A feature memory's expansion is none of rectifiers, and stays in double precision.
    rectifiers = settings.memory.units if isinstance(settings.memory, Prototype) else 0
    return MapLayer(
        **places(geometry),
        below=below,
        padded=room(x + around, (y + around) * channels),
        cut=room(positions, inputs),
        weights=_turned(state[f"conv{number}/weights"]).reshape(outputs, -1).astype(_SINGLE),
        change=room(outputs if positions > 1 else 0, inputs),
        u=state[f"layer{number}/u"].reshape(positions, outputs).astype(_SINGLE),
        pooled=room(pooled, outputs),
        passed=room(pooled, outputs),
        credit=room(pooled, outputs),
        gated=room(positions, outputs),
        cell_share=1.0 / cell_sizes(geometry.pooled, geometry.grid).ravel(),
        summary=np.zeros(geometry.shown),
        summary_mean=state[f"pool{number}/summary_mean"].copy(),
        channel_mean=state[f"pool{number}/channel_mean"].copy(),
        first_norm=state[f"conv{number}/first_norm"].copy(),
        power=state[f"conv{number}/power"].copy(),
        rectifiers=memory.expansion[:rectifiers].astype(_SINGLE),
        memory=memory,
    )


def _turned(filters: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(filters[:, ::-1, ::-1])


def write_maps_back(
    layers: tuple[MapLayer, ...], readout: Readout, samples: int, rule: Rule, state: State
) -> None:
    """Copy everything that changed into a state; see :func:`arrays.write_back`."""
    for number, layer in enumerate(layers, start=1):
        weights, u = state[f"conv{number}/weights"], state[f"layer{number}/u"]
        weights[...] = _turned(layer.weights.reshape(weights.shape))
        u[...] = layer.u.reshape(u.shape)
        copy_into(
            state,
            {
                f"conv{number}/power": layer.power,
                f"pool{number}/summary_mean": layer.summary_mean,
                f"pool{number}/channel_mean": layer.channel_mean,
                **memory_values(number, layer.memory),
            },
        )
    write_readout(readout, samples, rule, state)
