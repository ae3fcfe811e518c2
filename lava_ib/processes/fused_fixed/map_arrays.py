"""From the state of a network of maps in integers to the structures of its loop, and back."""

from math import prod

import numpy as np

from lava_ib.processes.fused.map_arrays import places
from lava_ib.processes.fused.map_structures import Images
from lava_ib.processes.fused_fixed.arrays import make_learner
from lava_ib.processes.fused_fixed.map_structures import IntegerMapLayer, MapRule
from lava_ib.rule.fixed.neuron import ACTIVITY_BITS, ACTIVITY_LIMIT, coarse, limited
from lava_ib.rule.fixed.rectifiers import rates_exponent
from lava_ib.rule.fixed.settings import FixedSettings
from lava_ib.rule.geometry import Geometry, MapShape
from lava_ib.rule.memory import Prototype
from lava_ib.rule.settings import Settings
from lava_ib.rule.state import State
from lava_ib.rule.summary import cell_sizes


def make_map_rule(settings: Settings) -> MapRule:
    """Collect the constants."""
    learning, memory = settings.learning, settings.memory
    fixed, units = settings.fixed or FixedSettings(), 0
    if isinstance(memory, Prototype):
        units = memory.units
    return MapRule(
        warm_up=learning.warm_up,
        mean_rate=learning.mean_rate,
        rates_exp=rates_exponent(units, fixed.missing_bits) if units else 0,
    )


def make_integer_images(
    x: np.ndarray,
    labels: np.ndarray,
    memory_labels: np.ndarray,
    offset: np.ndarray | None,
    shape: MapShape,
    trace_bits: int,
) -> tuple[Images, np.ndarray]:
    """Round pictures to activities with a sign; and count what was cut off of each."""
    rounded = np.rint(x if offset is None else x - offset).astype(np.int32)
    cut_off = np.sum(np.abs(rounded) > ACTIVITY_LIMIT, axis=1)
    activities = coarse(
        limited(rounded, -ACTIVITY_LIMIT, ACTIVITY_LIMIT), ACTIVITY_BITS - trace_bits
    )
    images = Images(
        x=activities.astype(np.int16).reshape(len(x), -1, shape[2]),
        side=shape[1],
        shown=np.zeros((shape[0] * shape[1], shape[2])),
        labels=labels.astype(np.int64),
        memory_labels=memory_labels.astype(np.int64),
        order=np.arange(len(x)),
        flips=np.zeros(len(x), dtype=bool),
    )
    return images, cut_off


def make_integer_map_layers(
    settings: Settings, state: State, below: np.ndarray
) -> tuple[IntegerMapLayer, ...]:
    """Copy the hidden layers' part of a state; `below` is where the picture is shown."""
    layers: list[IntegerMapLayer] = []
    for number, geometry in enumerate(settings.network.geometries, start=1):
        layers.append(_map_layer(number, geometry, state, below))
        below = layers[-1].passed
    return tuple(layers)


def _map_layer(number: int, geometry: Geometry, state: State, below: np.ndarray) -> IntegerMapLayer:
    x, y, channels = geometry.input
    outputs, inputs = geometry.output[2], prod(geometry.weights[1:])
    positions, pooled = geometry.positions, prod(geometry.pooled[:2])
    around = 2 * geometry.padding
    conv, pool = f"conv{number}", f"pool{number}"
    return IntegerMapLayer(
        **places(geometry),
        below=below,
        padded=np.zeros((x + around, (y + around) * channels)),
        cut=np.zeros((positions, inputs)),
        weights=state[f"{conv}/weights"].reshape(outputs, -1).astype(float),
        remainder=state[f"{conv}/remainder"].reshape(outputs, -1).astype(float),
        change=np.zeros((outputs if positions > 1 else 0, inputs)),
        u=state[f"layer{number}/u"].reshape(positions, outputs).astype(float),
        gated=np.zeros((positions, outputs)),
        pooled=np.zeros((pooled, outputs), dtype=np.int64),
        credit=np.zeros((pooled, outputs), dtype=np.int64),
        passed=np.zeros((pooled, outputs)),
        cell_sizes=cell_sizes(geometry.pooled, geometry.grid).ravel(),
        summary=np.zeros(geometry.shown, dtype=np.int64),
        summary_mean=state[f"{pool}/summary_mean"].copy(),
        z=np.zeros(geometry.shown, dtype=np.int64),
        channel_mean=state[f"{pool}/channel_mean"].copy(),
        power=state[f"{conv}/power"].copy(),
        modulator_sum=state[f"layer{number}/modulator_sum"].copy(),
        conv_saturated=state[f"{conv}/saturated"].copy(),
        pool_saturated=state[f"{pool}/saturated"].copy(),
        memory=make_learner(f"memory{number}", "prototypes", geometry.shown, state),
    )


def write_integer_maps_back(layers: tuple[IntegerMapLayer, ...], state: State) -> None:
    """Copy what the hidden layers changed into a state, in place; counters of samples are not."""
    for number, layer in enumerate(layers, start=1):
        values = {
            f"conv{number}/weights": layer.weights,
            f"conv{number}/remainder": layer.remainder,
            f"conv{number}/power": layer.power,
            f"conv{number}/saturated": layer.conv_saturated,
            f"layer{number}/u": layer.u,
            f"layer{number}/modulator_sum": layer.modulator_sum,
            f"pool{number}/summary_mean": layer.summary_mean,
            f"pool{number}/channel_mean": layer.channel_mean,
            f"pool{number}/saturated": layer.pool_saturated,
            f"memory{number}/prototypes": layer.memory.rows,
            f"memory{number}/updates": layer.memory.updates,
            f"memory{number}/saturated": layer.memory.saturated,
        }
        for name, value in values.items():
            if name in state:
                state[name][...] = value.reshape(state[name].shape)
