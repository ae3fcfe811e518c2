"""From a network's settings, data and state to the loop's structures, and back."""

from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from lava_ib.processes.fused.first_layer import NEGLIGIBLE
from lava_ib.processes.fused.structures import (
    FOLD_INTERVAL,
    MEMORIES,
    FirstLayer,
    LayerMemory,
    Layers,
    Readout,
    Rule,
    Samples,
    filled,
)
from lava_ib.rule.memory import Features, Prototype, Reservoir, Slots, Window
from lava_ib.rule.settings import Learn, Settings
from lava_ib.rule.state import State


def make_samples(
    x: np.ndarray,
    labels: np.ndarray,
    memory_labels: np.ndarray,
    offset: np.ndarray | None,
    order: np.ndarray,
) -> Samples:
    """Store inputs as sparse rows."""
    rows = csr_matrix(x.astype(float))
    offset = np.zeros(x.shape[1]) if offset is None else offset.astype(float)
    return Samples(
        starts=rows.indptr.astype(np.int64),
        columns=rows.indices.astype(np.int64),
        values=rows.data,
        offset=offset,
        along_offset=rows @ offset,
        labels=labels.astype(np.int64),
        memory_labels=memory_labels.astype(np.int64),
        order=order,
    )


def make_rule(settings: Settings, learn: Learn, total_samples: int) -> Rule:
    """Collect the constants."""
    network, learning, readout = settings.network, settings.learning, settings.readout
    keep = 1.0 - 1.0 / network.tau_e
    memory = settings.memory
    prototype = memory if isinstance(memory, Prototype) else Prototype()
    window = memory if isinstance(memory, Window) else Window()
    features = memory if isinstance(memory, Features) else Features()
    slots = memory if isinstance(memory, Slots) else Slots()
    reservoir = memory if isinstance(memory, Reservoir) else Reservoir()
    code = {
        "prototype": prototype.storage,
        "window": window.objective,
        "features": "features",
        "slots": "slots",
        "reservoir": "reservoir",
    }[memory.kind]
    return Rule(
        depth=settings.hidden,
        steps=network.steps_per_sample,
        tau=float(network.tau),
        keep=keep,
        kept=keep**network.steps_per_sample,
        chip=network.timing == "chip",
        learn_hidden=learn == "all",
        learn_readout=learn != "nothing",
        reset=learn == "nothing",
        eta=float(learning.eta),
        weight_decay=float(learning.weight_decay),
        decay_interval=learning.decay_interval,
        total_samples=total_samples,
        divide=learning.divide_by_norm,
        memory=MEMORIES[code],
        beta=float(prototype.beta),
        smoothing=float(prototype.smoothing),
        alpha=float(prototype.alpha),
        margin=float(prototype.margin),
        sigma=0.0 if isinstance(memory, Prototype) else float(memory.sigma),
        gamma=float(window.gamma),
        sigma_x=float(window.sigma_x),
        feature=features.code,
        horizon=float(features.horizon),
        centring=float(features.centring),
        balanced=features.balanced,
        remembers=features.learning,
        per_class=slots.per_class,
        reservoir_tau=float(reservoir.tau),
        reservoir_rate=float(reservoir.rate),
        readout_alpha=float(readout.alpha),
        readout_beta=float(readout.beta),
        readout_smoothing=float(readout.smoothing),
        warm_up=learning.warm_up,
        mean_rate=float(learning.mean_rate),
    )


def make_layers(settings: Settings, state: State) -> Layers:
    """Copy the hidden layers' part of a state, synapses input-major."""
    numbers = range(1, settings.hidden + 1)
    copied = [_layer(number, settings, state) for number in numbers]
    return Layers(**{name: filled([layer[name] for layer in copied]) for name in Layers._fields})


def _layer(number: int, settings: Settings, state: State) -> dict[str, Any]:
    """One layer's entry of each of the :class:`Layers`' tuples."""
    weights = np.ascontiguousarray(state[f"dense{number}/weights"].T)
    pre, post = weights.shape
    u = state[f"layer{number}/u"].copy()
    memory = make_memory(number, post, settings, state)
    return {
        "weights": weights,
        "trace": np.ascontiguousarray(state[f"dense{number}/tag_1"].T),
        "bias": state[f"layer{number}/bias"].copy(),
        "u": u,
        "z": memory.z,
        "xi": state[f"layer{number}/xi"].copy(),
        "drive": np.zeros(post),
        "target": np.zeros(post),
        "gate": np.where(u > 0.0, 1.0, 0.0),
        "before": np.zeros(post),
        "average": np.zeros(post),
        "partial": np.zeros((post, pre)),
        "switched": np.zeros(post, dtype=bool),
        "memories": memory,
    }


def make_memory(number: int, neurons: int, settings: Settings, state: State) -> LayerMemory:
    """Copy what the memory of a layer holds; what its kind has not is empty."""

    def array(variable: str, default: np.ndarray) -> np.ndarray:
        return np.array(state.get(f"memory{number}/{variable}", default))

    compressing = isinstance(settings.memory, Window) and settings.memory.compress
    return LayerMemory(
        z=np.zeros(neurons),
        modulator_sum=state[f"layer{number}/modulator_sum"].copy(),
        prototypes=array("prototypes", np.zeros((0, neurons))),
        window_z=array("z", np.zeros((0, neurons))),
        window_labels=array("labels", np.zeros((0, 0))),
        window_x=array("x", np.zeros((0, 0))) if compressing else np.zeros((0, 0)),
        stored=array(_counted(settings), np.zeros(1, dtype=np.int64)),
        expansion=array("expansion", np.zeros((0, neurons))),
        feature_readout=array("readout", np.zeros(0)),
        averages=array("averages", np.zeros((0, 0))),
        average_features=array("average", np.zeros(0)),
        mean=array("mean", np.zeros(0)),
        recurrent=array("recurrent", np.zeros((0, 0))),
        inputs=array("inputs", np.zeros((0, neurons))),
        label_inputs=array("label_inputs", np.zeros((0, 0))),
        reservoir_readout=array("readout_weights", np.zeros((neurons, 0))),
        reservoir_u=array("u", np.zeros(0)),
    )


def _counted(settings: Settings) -> str:
    return "stored" if isinstance(settings.memory, Slots) else "count"


def make_first(rule: Rule, layers: Layers, samples: Samples) -> FirstLayer:
    """Make room to collect updates of the first connection; begin with a fold."""
    post = layers.u[0].size
    if rule.kept <= NEGLIGIBLE:
        held = 1
    else:
        held = min(FOLD_INTERVAL, int(np.ceil(np.log(NEGLIGIBLE) / np.log(rule.kept))))
    return FirstLayer(
        drive=np.zeros(post),
        gates_now=np.zeros(post),
        along=np.zeros(post),
        onto_offset=np.zeros(post),
        trace_onto_offset=np.zeros(post),
        folded_share=np.ones(1),
        sample=np.zeros(held, dtype=np.int64),
        gates=np.zeros((held, post)),
        changes=np.zeros((held, post)),
        ring=np.zeros(2, dtype=np.int64),
        dense=np.zeros(samples.offset.size),
    )


def make_readout(state: State) -> Readout:
    """Copy the readout's part of a state."""
    weights = state["readout/weights"].copy()
    label, memory_label = np.zeros(len(weights)), np.zeros(len(weights))
    return Readout(weights, label, memory_label, state["readout/predictions"].copy())


def write_back(layers: Layers, readout: Readout, samples: int, rule: Rule, state: State) -> None:
    """Copy everything that changed into a state, in place.

    Parameters
    ----------
    samples : int
        Presentations made.
    rule : Rule
        What learned, and counted them.
    state : State
        Its arrays are overwritten.
    """
    for index in range(rule.depth):
        number = index + 1
        values = {
            f"dense{number}/weights": layers.weights[index].T,
            f"dense{number}/tag_1": layers.trace[index].T,
            f"layer{number}/u": layers.u[index],
            f"layer{number}/xi": layers.xi[index],
            **memory_values(number, layers.memories[index]),
        }
        copy_into(state, values)
    write_readout(readout, samples, rule, state)


def memory_values(number: int, memory: LayerMemory) -> State:
    """What the memory of a layer holds, by its names in a state."""
    return {
        f"layer{number}/modulator_sum": memory.modulator_sum,
        f"memory{number}/prototypes": memory.prototypes,
        f"memory{number}/z": memory.window_z,
        f"memory{number}/labels": memory.window_labels,
        f"memory{number}/x": memory.window_x,
        f"memory{number}/count": memory.stored,
        f"memory{number}/stored": memory.stored,
        f"memory{number}/averages": memory.averages,
        f"memory{number}/average": memory.average_features,
        f"memory{number}/mean": memory.mean,
        f"memory{number}/readout_weights": memory.reservoir_readout,
        f"memory{number}/u": memory.reservoir_u,
    }


def copy_into(state: State, values: State) -> None:
    """Copy those values that a state has a place for, in place."""
    for name, value in values.items():
        if name in state and value.size > 0:
            state[name][...] = value


def write_readout(readout: Readout, samples: int, rule: Rule, state: State) -> None:
    """Copy the readout into a state, and count presentations; see :func:`write_back`."""
    state["readout/weights"][...] = readout.weights
    state["readout/predictions"][...] = readout.predictions
    count_presentations(samples, rule.learn_hidden, rule.learn_readout, state)


def count_presentations(
    samples: int, learn_hidden: bool, learn_readout: bool, state: State
) -> None:
    """Write how many presentations were made into every part that counts them."""
    still: tuple[str, ...] = () if learn_hidden else ("dense", "conv")
    still += () if learn_readout else ("pool",)
    for name in state:
        if name.endswith("/sample") and not name.startswith(still):
            state[name][...] = samples
