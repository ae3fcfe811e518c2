"""From a network's settings, data and state to the loop's structures, and back."""

import numpy as np
from scipy.sparse import csr_matrix

from lava_ib.processes.fused.arrays import count_presentations
from lava_ib.processes.fused.structures import filled
from lava_ib.processes.fused_fixed.structures import (
    ENGINE,
    FEATURES,
    HSIC,
    KDE,
    PLAIN,
    PROTOTYPE,
    WEIGHTS,
    Layer,
    Learner,
    Remembered,
    Rule,
    Samples,
)
from lava_ib.rule.fixed.features import feature_shifts
from lava_ib.rule.fixed.neuron import ACTIVITY_BITS, ACTIVITY_LIMIT, coarse, limited
from lava_ib.rule.fixed.plastic import connection_number
from lava_ib.rule.fixed.schedule import leak_shift, tag_shift
from lava_ib.rule.fixed.window import kernel_scale
from lava_ib.rule.memory import Features, Memory, Prototype, Window
from lava_ib.rule.settings import Learn, Settings
from lava_ib.rule.state import State

_CODES = {
    "plain": PLAIN,
    "weights": WEIGHTS,
    "engine": ENGINE,
    "prototype": PROTOTYPE,
    "kde": KDE,
    "hsic": HSIC,
    "features": FEATURES,
}


def make_samples(
    x: np.ndarray,
    labels: np.ndarray,
    memory_labels: np.ndarray,
    offset: np.ndarray | None,
    trace_bits: int,
    signed: bool,
    state: State,
) -> Samples:
    """Round inputs to activities, and store them as sparse rows."""
    rounded = np.rint(x if offset is None else x - offset).astype(np.int64)
    lowest = -ACTIVITY_LIMIT if signed else 0
    activities = coarse(limited(rounded, lowest, ACTIVITY_LIMIT), ACTIVITY_BITS - trace_bits)
    rows = csr_matrix(activities)
    return Samples(
        starts=rows.indptr.astype(np.int64),
        columns=rows.indices.astype(np.int64),
        values=rows.data.astype(np.int32),
        beyond=np.sum((rounded < lowest) | (rounded > ACTIVITY_LIMIT), axis=1),
        labels=labels.astype(np.int64),
        memory_labels=memory_labels.astype(np.int64),
        order=np.arange(len(x)),
        x=np.zeros(x.shape[1], dtype=np.int64),
        saturated=state["source/saturated"].copy(),
    )


def make_rule(settings: Settings, learn: Learn) -> Rule:
    """Collect the constants."""
    network, fixed = settings.network, settings.fixed
    assert fixed is not None
    memory, (low, high) = settings.memory, fixed.limits
    return Rule(
        depth=settings.hidden,
        steps=network.steps_per_sample,
        leak=leak_shift(network.tau),
        tag_shift=tag_shift(network.tau_e, network.steps_per_sample),
        learn_hidden=learn == "all",
        learn_readout=learn != "nothing",
        learn_memory=_learns(memory),
        reset=learn == "nothing",
        arithmetic=_CODES[fixed.arithmetic],
        shared=fixed.rounding == "shared",
        missing_bits=fixed.missing_bits,
        trace_bits=fixed.trace_bits,
        modulator_bits=fixed.modulator_bits,
        margin=fixed.margin >> fixed.missing_bits,
        memory_rate=fixed.memory_rate,
        weight_decay=fixed.weight_decay,
        low=low,
        high=high,
        memory=_CODES[_kind(memory)],
        kernel_scale=kernel_scale(memory.sigma) if isinstance(memory, Window) else 0,
        shifts=(
            feature_shifts(memory, network.layers[-1])
            if isinstance(memory, Features)
            else (0, 0, 0)
        ),
        balanced=isinstance(memory, Features) and memory.balanced,
    )


def _kind(memory: Memory) -> str:
    return memory.objective if isinstance(memory, Window) else memory.kind


def _learns(memory: Memory) -> bool:
    if isinstance(memory, Prototype):
        return memory.alpha > 0.0
    return not isinstance(memory, Features) or memory.learning


def make_layers(hidden: int, state: State, shown: np.ndarray) -> tuple[Layer, ...]:
    """Copy the hidden layers' part of a state, :func:`filled`; the sample is shown in `shown`."""
    layers: list[Layer] = []
    below = below_held = shown
    for number in range(1, hidden + 1):
        layers.append(_layer(number, state, below, below_held))
        below, below_held = layers[-1].z, layers[-1].held
    return filled(layers)


def _layer(number: int, state: State, below: np.ndarray, below_held: np.ndarray) -> Layer:
    dense, layer = f"dense{number}", f"layer{number}"
    weights = np.ascontiguousarray(state[f"{dense}/weights"].T, dtype=np.int32)
    tags = np.ascontiguousarray(state[f"{dense}/tag_1"].T, dtype=np.int32)
    post = weights.shape[1]
    return Layer(
        weights=weights,
        tags=tags,
        live=tags.any(axis=1),
        drive=np.zeros(post, dtype=np.int32),
        bias=state[f"{layer}/bias"].copy(),
        u=state[f"{layer}/u"].copy(),
        xi=state[f"{layer}/xi"].copy(),
        z=np.zeros(post, dtype=np.int64),
        y2=np.zeros(post, dtype=np.int64),
        y3=np.zeros(post, dtype=np.int64),
        held=np.zeros(post, dtype=np.int64),
        below=below,
        below_held=below_held,
        draws=np.zeros(post, dtype=np.int64),
        weight_exp=state[f"{dense}/weight_exp"].copy(),
        modulator_sum=state[f"{layer}/modulator_sum"].copy(),
        dense_saturated=state[f"{dense}/saturated"].copy(),
        layer_saturated=state[f"{layer}/saturated"].copy(),
        memory=make_learner(f"memory{number}", "prototypes", post, state),
        remembered=_remembered(f"memory{number}", state),
        connection=connection_number(dense),
    )


def _remembered(part: str, state: State) -> Remembered:
    """Copy what a memory without prototypes remembers."""
    flat, row = np.zeros(1, dtype=np.int64), np.zeros((0, 0), dtype=np.int64)
    shapes = {"z": row, "labels": row, "expansion": row, "averages": row}
    return Remembered(
        **{
            name: np.array(state.get(_state_name(part, name), shapes.get(name, flat)))
            for name in Remembered._fields
        }
    )


def _state_name(part: str, field: str) -> str:
    return f"{part}/count" if field == "stored" else f"{part}/{field}"


def make_learner(part: str, rows: str, neurons: int, state: State) -> Learner:
    """Copy a memory's or the readout's part of a state; without a memory it has no rows."""

    def array(variable: str, default: np.ndarray) -> np.ndarray:
        return np.array(state.get(f"{part}/{variable}", default))

    prototypes = array(rows, np.zeros((0, neurons), dtype=np.int64))
    none = np.zeros(1, dtype=np.int64)
    return Learner(
        rows=prototypes,
        scores=np.zeros(len(prototypes), dtype=np.int64),
        updates=array("updates", none),
        saturated=array("saturated", none),
        expansion=_rectifiers(part, rows, neurons, state),
        seen=np.zeros(prototypes.shape[1], dtype=np.int64),
        connection=connection_number(part),
    )


def _rectifiers(part: str, rows: str, neurons: int, state: State) -> np.ndarray:
    """Weights of a prototype memory's rectifiers; those of features are none."""
    none = np.zeros((0, neurons), dtype=np.int16)
    if f"{part}/{rows}" not in state:
        return none
    return state.get(f"{part}/expansion", none).astype(np.int16)


def write_back(
    samples: Samples,
    layers: tuple[Layer, ...],
    readout: Learner,
    presented: int,
    rule: Rule,
    state: State,
) -> None:
    """Copy everything that changed into a state, in place.

    Parameters
    ----------
    presented : int
        Presentations made.
    rule : Rule
        What learned, and counted them.
    state : State
        Its arrays are overwritten.
    """
    values = {"source/saturated": samples.saturated}
    for number, layer in enumerate(layers[: rule.depth], start=1):
        values |= {
            f"dense{number}/weights": layer.weights.T,
            f"dense{number}/tag_1": layer.tags.T,
            f"dense{number}/saturated": layer.dense_saturated,
            f"layer{number}/u": layer.u,
            f"layer{number}/xi": layer.xi,
            f"layer{number}/modulator_sum": layer.modulator_sum,
            f"layer{number}/saturated": layer.layer_saturated,
        }
        if rule.learn_hidden:
            part, learner = f"memory{number}", layer.memory
            held = layer.remembered._asdict()
            values |= {_state_name(part, field): array for field, array in held.items()}
            if f"{part}/prototypes" in state:
                values |= {
                    f"{part}/prototypes": learner.rows,
                    f"{part}/updates": learner.updates,
                    f"{part}/saturated": learner.saturated,
                }
    for name, value in values.items():
        if name in state:
            state[name][...] = value
    write_readout(readout, presented, rule, state)


def write_readout(readout: Learner, presented: int, rule: Rule, state: State) -> None:
    """Copy the readout into a state, and count presentations; see :func:`write_back`."""
    state["readout/weights"][...] = readout.rows
    state["readout/updates"][...] = readout.updates
    state["readout/saturated"][...] = readout.saturated
    count_presentations(presented, rule.learn_hidden, rule.learn_readout, state)
