"""The state of a network: every array that changes, by the name of the part that holds it.

A state maps ``"part/variable"`` to an array: ``"dense1/weights"``, ``"layer2/u"``,
``"memory1/prototypes"``, ``"readout/weights"``. Backends start from a state, checkpoints
store one, and two backends are equal when their states are.
"""

import numpy as np

from lava_ib.rule.first_weights import filters, first_weights
from lava_ib.rule.fixed.state import (
    FIRST_FILTER_SIZE,
    draw_memory,
    integer_layout,
    integer_weights,
)
from lava_ib.rule.geometry import Geometry
from lava_ib.rule.settings import Learn, Settings
from lava_ib.rule.slots import Layout, Slot

State = dict[str, np.ndarray]

_COUNTER = Slot((1,), np.int64)


def layout(settings: Settings, learn: Learn, samples: int) -> Layout:
    """List the arrays of a network's state.

    Parameters
    ----------
    settings : Settings
    learn : {"all", "readout", "nothing"}
        Only a network that learns everything has memories.
    samples : int
        Samples in one pass through the data; the readout keeps a prediction for each.

    Returns
    -------
    Layout
    """
    network, shown = settings.network, settings.shown
    inputs, classes = network.layers[0], network.layers[-1]
    slots = {"source/sample": _COUNTER}
    for number in range(1, settings.hidden + 1):
        if network.convolutions:
            slots.update(_map_slots(number, network.geometries[number - 1]))
        else:
            slots.update(_dense_slots(number, network.layers[number], network.layers[number - 1]))
        if learn == "all":
            memory = settings.memory.slots(shown[number - 1], classes, inputs)
            slots.update({f"memory{number}/{name}": slot for name, slot in memory.items()})
    slots["readout/weights"] = Slot((classes, shown[-1] if shown else inputs))
    slots["readout/sample"] = _COUNTER
    slots["readout/predictions"] = Slot((samples,), np.int64, -1)
    return slots if settings.fixed is None else integer_layout(slots)


def _dense_slots(number: int, post: int, pre: int) -> Layout:
    return {
        f"dense{number}/weights": Slot((post, pre)),
        f"dense{number}/tag_1": Slot((post, pre)),
        f"dense{number}/sample": _COUNTER,
        f"layer{number}/bias": Slot((post,)),
        f"layer{number}/u": Slot((post,)),
        f"layer{number}/xi": Slot((post,)),
        f"layer{number}/modulator_sum": Slot((1,)),
    }


def _map_slots(number: int, geometry: Geometry) -> Layout:
    return {
        f"conv{number}/weights": Slot(geometry.weights),
        f"conv{number}/first_norm": Slot((1,)),
        f"conv{number}/power": Slot((1,)),
        f"conv{number}/sample": _COUNTER,
        f"layer{number}/u": Slot(geometry.output),
        f"layer{number}/modulator_sum": Slot((1,)),
        f"pool{number}/summary_mean": Slot((geometry.shown,)),
        f"pool{number}/channel_mean": Slot(geometry.pooled[2:]),
        f"pool{number}/sample": _COUNTER,
    }


def initial_state(settings: Settings, learn: Learn, samples: int, seed: int) -> State:
    """Draw a network's first state: random weights and prototypes, the rest at rest.

    Parameters
    ----------
    settings, learn, samples
        As for :func:`layout`.
    seed : int
        Same seed, same state; the weights do not depend on what learns.

    Returns
    -------
    State
    """
    slots = layout(settings, learn, samples)
    state: State = {
        name: np.full(slot.shape, slot.fill, slot.dtype) for name, slot in slots.items()
    }
    for number in range(1, settings.hidden + 1):
        learning, name = settings.learning, f"{settings.connection}{number}/weights"
        rng = np.random.default_rng([seed, 0, number])
        if settings.network.convolutions:
            state[name] = _first_filters(settings, slots[name].shape, rng)
            if settings.fixed is None:
                state[f"conv{number}/first_norm"][:] = np.linalg.norm(state[name])
        else:
            post, pre = slots[name].shape
            weights = first_weights(learning.init, number, (post, pre), learning.init_variance, rng)
            if settings.fixed is not None:
                deviation = float(np.sqrt(learning.init_variance / len(weights)))
                weights = integer_weights(weights, deviation, settings.fixed)
            state[name] = weights
        if learn == "all":
            memory = part_of(state, f"memory{number}")
            rng = np.random.default_rng([seed, 1, number])
            if settings.fixed is None:
                settings.memory.draw(memory, rng)
            else:
                draw_memory(settings.memory, memory, settings.fixed, rng)
    return state


def _first_filters(
    settings: Settings, shape: tuple[int, ...], rng: np.random.Generator
) -> np.ndarray:
    variance = settings.learning.init_variance
    drawn = filters(shape, variance, rng)
    if settings.fixed is None:
        return drawn
    deviation = float(np.sqrt(variance / np.prod(shape[1:])))
    return integer_weights(drawn, deviation, settings.fixed, FIRST_FILTER_SIZE)


def part_of(state: State, part: str) -> State:
    """Arrays of one part, by variable name."""
    prefix = f"{part}/"
    return {name[len(prefix) :]: array for name, array in state.items() if name.startswith(prefix)}
