"""A run's network learns with a chip: its forward pass, or its learning engine, is there."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from lava_ib.backends import Backend
from lava_ib.deployment.composed import ON_CPU, composed, profiled
from lava_ib.deployment.modes import MemoryPlace, check_learns
from lava_ib.deployment.taught import ReadBack, WrittenBack
from lava_ib.errors import InputError
from lava_ib.experiment.comparison import in_integers
from lava_ib.experiment.config import Config
from lava_ib.experiment.data import Dataset, Preparation, check_fit, load_data
from lava_ib.experiment.inference import classify
from lava_ib.experiment.run_folder import RunFolder
from lava_ib.hardware.chip import Access, reach
from lava_ib.hardware.frozen_network import WEIGHT_BITS
from lava_ib.hardware.workload import Mode
from lava_ib.processes import Network
from lava_ib.rule.fixed.scaling import MEASURED_SAMPLES, measured_exponents
from lava_ib.rule.memory import Prototype
from lava_ib.rule.settings import Settings
from lava_ib.rule.state import State, initial_state
from lava_ib.simulation import Simulation

_CHUNK = 10
"""Samples between two reports of progress."""


@dataclass(frozen=True)
class Lesson:
    """What is learned, and from where.

    Attributes
    ----------
    settings : Settings
        In integers.
    data : Dataset
        With inputs of 0 to 127.
    start : State
    seed, total : int
        Order of the samples, and presentations over which step sizes fall.
    """

    settings: Settings
    data: Dataset
    start: State
    seed: int
    total: int

    def network(self) -> Network:
        """The network by itself."""
        return Network(self.settings, self.data.x_train, self.data.y_train, state=self.start)

    def simulation(self, kind: type[Simulation], backend: Backend | str) -> Simulation:
        """The network that is to learn it."""
        return kind(
            self.settings,
            self.data.x_train,
            self.data.y_train,
            backend=backend,
            seed=self.seed,
            total_samples=self.total,
            state=self.start,
        )


def lesson_of(run: Path, mode: Mode) -> Lesson:
    """The data and the first state of a run, in integers that the chip holds.

    Raises
    ------
    InputError
        If the run cannot be used.
    """
    config = RunFolder.open(run).config()
    check_learns(config.settings, mode)
    if not isinstance(config.memory, Prototype):
        raise InputError(
            f"{run}: memory.kind = {config.memory.kind!r}: only prototype has a graph that learns"
        )
    config = in_integers(config, ["fixed"])
    fixed = config.fixed
    if mode == "chip-in-the-loop":
        fixed = replace(fixed, weight_bits=min(fixed.weight_bits, WEIGHT_BITS))
    settings = replace(config.settings, fixed=fixed)
    data = _prepared(config)
    start = initial_state(settings, "all", len(data.x_train), config.seed)
    measured_exponents(start, settings, data.x_train[:MEASURED_SAMPLES], data.y_train)
    total = len(data.x_train) * config.training.epochs
    return Lesson(settings, data, start, config.seed, total)


def _prepared(config: Config) -> Dataset:
    data = load_data(config.data, config.seed)
    check_fit(data, config.network)
    prepare = Preparation.for_integers(data.x_train)
    x_train, x_test = (prepare.scaled(x) - prepare.offset for x in (data.x_train, data.x_test))
    return replace(data, x_train=x_train, x_test=x_test)


def learn(
    run: Path,
    mode: Mode,
    memory: MemoryPlace,
    access: Access | None,
    samples: int | None,
    check: bool = False,
    on_progress: Callable[[int], None] = lambda samples: None,
) -> dict[str, Any]:
    """Train a run's network anew with the chip, then classify its test samples there.

    Parameters
    ----------
    run : Path
    mode : {"chip-in-the-loop", "on-chip"}
    memory : {"chip", "host"}
        Where memories and readout learn, on-chip.
    access : Access, optional
        To a chip; without, the same graph runs on CPU.
    samples : int, optional
        Presentations, from the first of the run; all of them by default.
    check : bool
        Train the network once more by the backend ``fixed`` to see what differs.
    on_progress : callable
        Receives the number of samples shown.

    Returns
    -------
    dict
        ``test_accuracy``, ``samples`` classified, ``where``, ``learned`` (presentations),
        ``updates`` of the readout, ``differ`` (arrays of weights and prototypes that are not those
        of the backend ``fixed``; ``None`` without `check`), ``samples_per_second`` learned,
        ``profile`` (``None`` on CPU).

    Raises
    ------
    InputError
        If the run cannot be used, or the chip has no model of a Process.
    """
    lesson = lesson_of(run, mode)
    samples = min(samples or lesson.total, lesson.total)
    backend = composed(mode, memory, access)
    try:
        steps = backend.steps(lesson.settings)
    except ValueError as error:
        raise InputError(str(error)) from None
    where = reach(access) if access else ON_CPU
    backend, probes = profiled(backend, lesson.network(), samples * steps, access)
    kind = WrittenBack if mode == "chip-in-the-loop" else ReadBack
    began = time.monotonic()
    with lesson.simulation(kind, backend) as simulation:
        for shown in range(0, samples, _CHUNK):
            simulation.present(min(_CHUNK, samples - shown))
            on_progress(min(shown + _CHUNK, samples))
        state = simulation.state
    seconds = time.monotonic() - began
    predictions = classify(
        lesson.settings, state, lesson.data.x_test, backend=composed(mode, memory, access)
    )
    return {
        "test_accuracy": float(np.mean(predictions == lesson.data.y_test)),
        "samples": len(predictions),
        "where": where,
        "learned": samples,
        "updates": int(state["readout/updates"][0]),
        "differ": _differing(lesson, state, samples) if check else None,
        "samples_per_second": samples / seconds,
        "profile": probes.measured(samples) if probes else None,
    }


def _differing(lesson: Lesson, state: State, samples: int) -> list[str]:
    """Weights and prototypes that are not as the backend ``fixed`` has them."""
    with lesson.simulation(Simulation, "fixed") as reference:
        reference.present(samples)
        expected = reference.state
    learned = ("/weights", "/prototypes")
    return [
        name
        for name in expected
        if name.endswith(learned) and not np.array_equal(expected[name], state[name])
    ]
