"""How faithful a memory network is to the exact modulator of a window.

Both see the same outputs of a layer and the same labels, one sample after the other: random
ones, or those that a network gives for real data. A memory may drive learning well without
being faithful, so this says what it computes, not what it is worth.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes

from lava_ib.errors import InputError
from lava_ib.experiment.a_priori import random_outputs
from lava_ib.experiment.agreement import Agreement, agreement
from lava_ib.experiment.checkpoint import Checkpoint
from lava_ib.experiment.config import MEMORIES, Config, DataConfig, load_config
from lava_ib.experiment.data import Preparation, check_fit, load_data
from lava_ib.experiment.pretraining import pretrained, trained
from lava_ib.experiment.run_folder import RunFolder
from lava_ib.processes.fused.memory_alone import modulators
from lava_ib.rule.information import settled_outputs
from lava_ib.rule.memory import Memory, Reservoir, Slots, Window
from lava_ib.rule.state import State, initial_state, part_of

ACTIVITIES = ("random", "digits", "mnist")
_SIGMA = 0.2  # of the exact window beside memories that have no kernels
_WARM_UP = 0.5  # share of the samples that fill the memory and are not compared


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to compare.

    Attributes
    ----------
    memories : tuple of str
        Kinds beside the config's own, at their default settings.
    samples, units, steps : tuple of int
        N of the exact window, and of memories that have one; sizes of memories that have
        units; time steps of a presentation. Empty: as the memory and the config have it.
    activities : tuple of str
        Of :data:`ACTIVITIES`.
    objective : {"kde", "hsic"}
        Of the exact window.
    count : int
        Samples shown; the first half fills the memory and is not compared.
    """

    memories: tuple[str, ...] = ()
    samples: tuple[int, ...] = (10, 32)
    units: tuple[int, ...] = ()
    steps: tuple[int, ...] = ()
    activities: tuple[str, ...] = ("random", "digits")
    objective: Literal["kde", "hsic"] = "kde"
    count: int = 2000


def fidelity(target: Path | str, plan: Plan | None = None) -> list[dict[str, Any]]:
    """Compare memory networks with the exact modulator.

    Parameters
    ----------
    target : Path or str
        Config file, or run folder, whose trained weights and memories are taken then.
    plan : Plan, optional

    Returns
    -------
    list of dict
        One for each memory, activity, layer, N, size and number of steps, with ``r2``,
        ``cosine`` and ``signs``: see :class:`lava_ib.experiment.agreement.Agreement`.

    Raises
    ------
    InputError
        If the target, a kind of memory or the data cannot be used.
    """
    plan = plan or Plan()
    config, state = _open(Path(target))
    found = []
    for activity in plan.activities:
        outputs, labels = _outputs(activity, config, state, plan.count)
        for samples, own in _networks(config, plan):
            start = state if own.memory == config.memory else {}
            for number, z in enumerate(outputs, 1):
                about = {
                    "memory": own.memory.kind,
                    "activity": activity,
                    "layer": number,
                    "samples": samples,
                    "units": getattr(own.memory, "units", None),
                    "steps": own.network.steps_per_sample,
                }
                result = _compare(own, number, z, labels, _exact(own.memory, samples, plan), start)
                found.append(about | result._asdict())
    return found


def _open(target: Path) -> tuple[Config, State]:
    """Config, and the state of a run's network; empty before there is a run."""
    if not target.is_dir():
        return load_config(target), {}
    run = RunFolder.open(target)
    if not run.checkpoint_file.is_file():
        raise InputError(f"{target}: the run has no checkpoint.h5 yet")
    return run.config(), Checkpoint.load(run.checkpoint_file).networks["learned"].state


def _networks(config: Config, plan: Plan) -> Iterator[tuple[int, Config]]:
    """Each N, and the config of each memory, size and number of steps."""
    for kind in plan.memories:
        if kind not in MEMORIES:
            raise InputError(f"memory {kind!r}: expected one of {', '.join(sorted(MEMORIES))}")
    memories = (config.memory, *(MEMORIES[kind]() for kind in plan.memories))
    for memory, samples in product(memories, plan.samples):
        sizes = plan.units if hasattr(memory, "units") else ()
        for units, steps in product(sizes or (None,), plan.steps or (None,)):
            known = {"samples": samples, "units": units}
            changed = {
                name: value
                for name, value in known.items()
                if value is not None and hasattr(memory, name)
            }
            network = config.network
            if steps is not None:
                network = replace(network, steps_per_sample=steps)
            update = {"memory": replace(memory, **changed), "network": network}
            yield samples, config.model_copy(update=update)


def _exact(memory: Memory, samples: int, plan: Plan) -> Window:
    """The exact modulator's window: with the kernel width of a memory that has one."""
    width = memory.sigma if isinstance(memory, Window | Slots | Reservoir) else _SIGMA
    return Window(objective=plan.objective, samples=samples, sigma=width)


def _compare(
    config: Config, number: int, z: np.ndarray, labels: np.ndarray, exact: Window, state: State
) -> Agreement:
    """One memory against the exact modulator, on outputs of one layer."""
    classes, steps = config.network.layers[-1], config.network.steps_per_sample
    arrays = part_of(state or pretrained(config), f"memory{number}")
    if not arrays and isinstance(config.memory, Reservoir):
        arrays = trained(config, number)[0]
    given = modulators(config.memory, z, labels, classes=classes, steps=steps, arrays=arrays)
    wanted = modulators(exact, z, labels, classes=classes)
    start = int(_WARM_UP * len(z))
    return agreement(wanted[start:], given[start:])


def _outputs(
    activity: str, config: Config, state: State, count: int
) -> tuple[list[np.ndarray], np.ndarray]:
    """Outputs of each hidden layer, and the labels of the samples.

    Data that are not the config's own go through first weights of layers of the same sizes.
    """
    layers = config.network.layers
    if config.network.convolutions:
        raise InputError("network.convolutions: only memories of dense layers are compared")
    if activity == "random":
        rng = np.random.default_rng([config.seed, 7])
        labels = rng.integers(0, layers[-1], count)
        return [random_outputs(count, neurons, rng) for neurons in layers[1:-1]], labels
    if activity not in ACTIVITIES:
        raise InputError(f"activity {activity!r}: expected one of {', '.join(ACTIVITIES)}")
    data = load_data(DataConfig(source=activity), config.seed)
    network = replace(config.network, layers=(data.x_train.shape[1], *layers[1:]))
    check_fit(data, network)
    settings = replace(config.settings, network=network)
    if not state or activity != config.data.source:
        state = initial_state(settings, "nothing", 1, config.seed)
    preparation = Preparation.of(data, config.data)
    chosen = np.random.default_rng([config.seed, 7]).permutation(len(data.x_train))[:count]
    x = preparation.scaled(data.x_train[chosen]) - preparation.offset
    return settled_outputs(settings, state, x), data.y_train[chosen]


def draw_fidelity(axes: Axes, found: list[dict[str, Any]]) -> None:
    """Draw R^2 against N, a line for each memory, size, number of steps, activity and layer."""
    lines: dict[str, list[dict[str, Any]]] = {}
    for row in found:
        size = f", {row['units']} units" if row["units"] else ""
        name = f"{row['memory']}{size}, {row['steps']} steps, {row['activity']} {row['layer']}"
        lines.setdefault(name, []).append(row)
    for name, rows in lines.items():
        axes.plot([r["samples"] for r in rows], [r["r2"] for r in rows], marker="o", label=name)
    axes.set(xscale="log", ylim=(-0.05, 1.05), xlabel="N, samples", ylabel="R² of the modulator")
    axes.legend(fontsize="x-small", frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
