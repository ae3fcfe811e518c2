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

from lava_ib.errors import InputError
from lava_ib.experiment.a_priori import random_outputs
from lava_ib.experiment.agreement import agreement
from lava_ib.experiment.checkpoint import Checkpoint
from lava_ib.experiment.config import MEMORIES, Config, DataConfig, load_config
from lava_ib.experiment.data import Preparation, check_fit, load_data
from lava_ib.experiment.pretraining import pretrained, trained
from lava_ib.experiment.run_folder import RunFolder
from lava_ib.processes.fused.memory_alone import modulators
from lava_ib.rule.information import settled_outputs
from lava_ib.rule.memory import Features, Memory, Reservoir, Slots, Window
from lava_ib.rule.memory.reservoir import advance, correct
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


@dataclass(frozen=True)
class Comparison:
    """Modulators of one memory, beside the exact ones.

    Attributes
    ----------
    about : dict
        Memory, activity, layer, N, size and number of steps.
    unit : {"samples", "time steps"}
        What the first axis of the modulators counts.
    wanted, given : ndarray, shape (samples or steps, n)
        Without those that only fill the memory.
    """

    about: dict[str, Any]
    unit: Literal["samples", "time steps"]
    wanted: np.ndarray
    given: np.ndarray

    def row(self) -> dict[str, Any]:
        """What it is about, with ``r2``, ``cosine`` and ``signs``.

        See :class:`lava_ib.experiment.agreement.Agreement`.
        """
        return self.about | agreement(self.wanted, self.given)._asdict()


def fidelity(target: Path | str, plan: Plan | None = None) -> list[dict[str, Any]]:
    """Compare memory networks with the exact modulator: the rows of :func:`compare`."""
    return [comparison.row() for comparison in compare(target, plan)]


def compare(target: Path | str, plan: Plan | None = None) -> Iterator[Comparison]:
    """Compare memory networks with the exact modulator.

    A reservoir that learns while it is used is compared twice where a presentation has several
    time steps: as networks use it, which correct it once a presentation, and, as
    ``"reservoir, taught each step"``, in the authors' second mode, corrected at every step.

    Parameters
    ----------
    target : Path or str
        Config file, or run folder, whose trained weights and memories are taken then.
    plan : Plan, optional

    Yields
    ------
    Comparison
        One for each memory, activity, layer, N, size and number of steps.

    Raises
    ------
    InputError
        If the target, a kind of memory or the data cannot be used.
    """
    plan = plan or Plan()
    config, state = _open(Path(target))
    _check_sizes(config.memory, plan)
    for activity in plan.activities:
        outputs, labels = _outputs(activity, config, state, plan.count)
        for samples, own in _networks(config, plan):
            start = state if own.memory == config.memory else {}
            for number, z in enumerate(outputs, 1):
                about = {
                    "memory": _name(own.memory),
                    "activity": activity,
                    "layer": number,
                    "samples": samples,
                    "units": getattr(own.memory, "units", None),
                    "steps": own.network.steps_per_sample,
                }
                exact = _exact(own.memory, samples, plan)
                yield from _compare(about, own, z, labels, exact, start)


def _open(target: Path) -> tuple[Config, State]:
    """Config, and the state of a run's network; empty before there is a run."""
    if not target.is_dir():
        return load_config(target), {}
    run = RunFolder.open(target)
    if not run.checkpoint_file.is_file():
        raise InputError(f"{target}: the run has no checkpoint.h5 yet")
    return run.config(), Checkpoint.load(run.checkpoint_file).networks["learned"].state


def _check_sizes(memory: Memory, plan: Plan) -> None:
    if not isinstance(memory, Features | Reservoir):
        return
    if memory.readout_file and set(plan.units) - {memory.units}:
        raise InputError(
            f"memory.readout_file = {memory.readout_file!r} is for {memory.units} units; leave out "
            "either the file or other numbers of units"
        )


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


def _name(memory: Memory) -> str:
    return memory.kind + (", taught" if isinstance(memory, Reservoir) and memory.rate > 0.0 else "")


def _exact(memory: Memory, samples: int, plan: Plan) -> Window:
    """The exact modulator's window: with the kernel width of a memory that has one."""
    width = memory.sigma if isinstance(memory, Window | Slots | Reservoir) else _SIGMA
    return Window(objective=plan.objective, samples=samples, sigma=width)


def _compare(
    about: dict[str, Any],
    config: Config,
    z: np.ndarray,
    labels: np.ndarray,
    exact: Window,
    state: State,
) -> Iterator[Comparison]:
    """One memory against the exact modulator, on outputs of one layer."""
    memory, classes = config.memory, config.network.layers[-1]
    number, steps = about["layer"], about["steps"]
    arrays = part_of(state or pretrained(config), f"memory{number}")
    if not arrays and isinstance(memory, Reservoir):
        arrays = trained(config, number)[0]
    given = modulators(memory, z, labels, classes=classes, steps=steps, arrays=arrays)
    wanted = modulators(exact, z, labels, classes=classes)
    start = int(_WARM_UP * len(z))
    yield Comparison(about, "samples", wanted[start:], given[start:])
    if isinstance(memory, Reservoir) and memory.rate > 0.0 and steps > 1:
        drives = z @ arrays["inputs"].T + arrays["label_inputs"].T[labels]
        wanted = np.repeat(wanted, steps, axis=0)
        given = follow(memory, arrays, np.repeat(drives, steps, axis=0), wanted)
        about = about | {"memory": f"{about['memory']} each step"}
        yield Comparison(about, "time steps", wanted[start * steps :], given[start * steps :])


def follow(memory: Reservoir, arrays: State, drives: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Let a reservoir follow a target, its readout corrected at every time step.

    Parameters
    ----------
    memory : Reservoir
        With a rate above 0.
    arrays : State
        ``recurrent`` and ``readout_weights``, which stay as they are.
    drives : ndarray, shape (steps, D)
        What the units receive from outside.
    wanted : ndarray, shape (steps, n)

    Returns
    -------
    ndarray, shape (steps, n)
        Output at each step, before it is corrected.
    """
    u, readout = np.zeros(memory.units), arrays["readout_weights"].copy()
    found = np.empty_like(wanted)
    for step, target in enumerate(wanted):
        advance(u, arrays["recurrent"] @ np.tanh(u) + drives[step], memory.tau)
        rates = np.tanh(u)
        found[step] = readout @ rates
        correct(readout, rates, target - found[step], memory.rate)
    return found


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
