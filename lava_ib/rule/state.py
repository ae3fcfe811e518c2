"""The state of a network: every array that changes, by the name of the part that holds it.

A state maps ``"part/variable"`` to an array: ``"dense1/weights"``, ``"layer2/u"``,
``"memory1/prototypes"``, ``"readout/weights"``. Backends start from a state, checkpoints
store one, and two backends are equal when their states are.
"""

import numpy as np

from lava_ib.rule.first_weights import first_weights
from lava_ib.rule.fixed.state import draw_codes, integer_layout, integer_weights
from lava_ib.rule.memory import Prototype
from lava_ib.rule.settings import Learn, Settings
from lava_ib.rule.slots import Layout, Slot

State = dict[str, np.ndarray]


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
    sizes = settings.network.layers
    counter = Slot((1,), np.int64)
    slots = {"source/sample": counter}
    for number in range(1, settings.hidden + 1):
        pre, post = sizes[number - 1], sizes[number]
        slots[f"dense{number}/weights"] = Slot((post, pre))
        slots[f"dense{number}/tag_1"] = Slot((post, pre))
        slots[f"dense{number}/sample"] = counter
        slots[f"layer{number}/bias"] = Slot((post,))
        slots[f"layer{number}/u"] = Slot((post,))
        slots[f"layer{number}/xi"] = Slot((post,))
        slots[f"layer{number}/modulator_sum"] = Slot((1,))
        if learn == "all":
            memory = settings.memory.slots(post, sizes[-1], sizes[0])
            slots.update({f"memory{number}/{name}": slot for name, slot in memory.items()})
    slots["readout/weights"] = Slot((sizes[-1], sizes[-2]))
    slots["readout/sample"] = counter
    slots["readout/predictions"] = Slot((samples,), np.int64, -1)
    return slots if settings.fixed is None else integer_layout(slots)


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
        sizes, learning = settings.network.layers, settings.learning
        weights = first_weights(
            learning.init,
            number,
            (sizes[number], sizes[number - 1]),
            learning.init_variance,
            np.random.default_rng([seed, 0, number]),
        )
        if settings.fixed is not None:
            deviation = float(np.sqrt(learning.init_variance / sizes[number]))
            weights = integer_weights(weights, deviation, settings.fixed)
        state[f"dense{number}/weights"] = weights
        if learn == "all":
            memory = part_of(state, f"memory{number}")
            rng = np.random.default_rng([seed, 1, number])
            if settings.fixed is None:
                settings.memory.draw(memory, rng)
            elif isinstance(settings.memory, Prototype) and settings.memory.alpha == 0.0:
                draw_codes(memory["prototypes"], settings.memory.init_scale, settings.fixed, rng)
    return state


def part_of(state: State, part: str) -> State:
    """Arrays of one part, by variable name."""
    prefix = f"{part}/"
    return {name[len(prefix) :]: array for name, array in state.items() if name.startswith(prefix)}
