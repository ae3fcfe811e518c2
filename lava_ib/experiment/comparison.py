"""Where and when two backends part: the same network on the same samples, state by state.

After each presentation every array of a network's state is set against the reference's. Both
run in the ``chip`` timing, which all backends have, and learn at the rates a run starts with.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lava_ib.backends import BACKENDS
from lava_ib.errors import InputError
from lava_ib.experiment.checkpoint import Checkpoint
from lava_ib.experiment.config import Config, make_config
from lava_ib.experiment.data import check_fit, load_data
from lava_ib.experiment.inference import whole_network
from lava_ib.experiment.pretraining import pretrained
from lava_ib.experiment.run_folder import RunFolder
from lava_ib.experiment.training import preparation
from lava_ib.rule.fixed.equivalent import UNIT, equivalent_settings, in_real_numbers
from lava_ib.rule.fixed.scaling import measured_exponents
from lava_ib.rule.memory import Prototype
from lava_ib.rule.neuron import gate, rate
from lava_ib.rule.normalisation import normalise
from lava_ib.rule.settings import Settings, Timing
from lava_ib.rule.state import State, initial_state, layout
from lava_ib.simulation import Simulation

TOLERANCE, MIXED_TOLERANCE = 1e-6, 0.25
"""Of backends of one kind, and of floating point against integers."""
Pair = tuple[State, State]
Emit = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Comparison:
    """How far a backend is from a reference, sample by sample.

    Attributes
    ----------
    reference, other : str
        Names of backends.
    tolerance : float
        Relative deviation from which on the two are said to differ.
    quantities : tuple of str
        ``"layer1/u"`` and so on, in the order in which a sample reaches them; ``layer1/rate``
        are the normalised rates.
    deviations : ndarray, shape (samples, quantities)
        ``||b - a|| / max(||a||, ||b||)``, from 0 to 2.
    correlations : ndarray, shape (samples, quantities)
        Pearson's, over the elements of an array; nan where one does not vary.
    differing : tuple of int
        Samples, from 1, that were predicted differently.
    readouts : bool
        Whether readouts are compared; in floating point and in integers they learn by
        different rules.
    """

    reference: str
    other: str
    tolerance: float
    quantities: tuple[str, ...]
    deviations: np.ndarray
    correlations: np.ndarray
    differing: tuple[int, ...]
    readouts: bool = True

    @property
    def first(self) -> tuple[int, str] | None:
        """Sample, from 1, and quantity where the two first differ; None if they never do."""
        samples, columns = np.nonzero(self.deviations > self.tolerance)
        if len(samples) == 0:
            return None
        return int(samples[0]) + 1, self.quantities[columns[0]]

    @property
    def jump(self) -> str | None:
        """Layer whose membranes deviate most beyond those of the layer below it.

        At the sample where the two first differ: what went before is the same up to there.
        """
        if self.first is None:
            return None
        membranes = [n for n, name in enumerate(self.quantities) if name.endswith("/u")]
        rises = np.diff(self.deviations[self.first[0] - 1, membranes], prepend=0.0)
        return self.quantities[membranes[int(np.argmax(rises))]].partition("/")[0]

    def parted(self, quantity: str) -> int | None:
        """Sample, from 1, from which on one quantity differs."""
        beyond = self.deviations[:, self.quantities.index(quantity)] > self.tolerance
        return int(np.argmax(beyond)) + 1 if beyond.any() else None

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data, for JSON."""
        first = self.first
        return {
            "reference": self.reference,
            "backend": self.other,
            "tolerance": self.tolerance,
            "samples": len(self.deviations),
            "first": None if first is None else {"sample": first[0], "quantity": first[1]},
            "jump": self.jump,
            "differing_predictions": list(self.differing) if self.readouts else None,
            "quantities": {
                name: {
                    "parted": self.parted(name),
                    "deviation": self.deviations[:, n].tolist(),
                    "correlation": [
                        None if np.isnan(value) else value
                        for value in self.correlations[:, n].tolist()
                    ],
                }
                for n, name in enumerate(self.quantities)
            },
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Comparison":
        """Read what :meth:`to_dict` gave."""
        columns = values["quantities"].values()
        return cls(
            reference=values["reference"],
            other=values["backend"],
            tolerance=values["tolerance"],
            quantities=tuple(values["quantities"]),
            deviations=np.array([column["deviation"] for column in columns]).T,
            correlations=np.array([column["correlation"] for column in columns], dtype=float).T,
            differing=tuple(values["differing_predictions"] or ()),
            readouts=values["differing_predictions"] is not None,
        )


def compare_run(
    run: RunFolder,
    emit: Emit,
    backends: list[str],
    samples: int,
    tolerance: float | None,
) -> list[dict[str, Any]]:
    """Compare backends on the training samples of a run, from its trained network if it has one.

    Parameters
    ----------
    run : RunFolder
    emit : callable
        Receives an event for progress.
    backends : list of str
        The first is the reference of all others.
    samples : int
        How many to present; no more than the training data have.
    tolerance : float, optional
        By default :data:`TOLERANCE`, or :data:`MIXED_TOLERANCE`.

    Returns
    -------
    list of dict
        :meth:`Comparison.to_dict` of each backend but the first.
    """
    network = _Network(run, backends, samples)
    found = []
    for other in backends[1:]:
        pairs = network.pairs(backends[0], other, emit)
        alike = BACKENDS[backends[0]].fixed == BACKENDS[other].fixed
        limit = tolerance if tolerance is not None else TOLERANCE if alike else MIXED_TOLERANCE
        found.append(compare_states(pairs, backends[0], other, limit, alike).to_dict())
    return found


class _Network:
    """A network at its start, and what it is shown; in integers if a backend runs those."""

    def __init__(self, run: RunFolder, backends: list[str], samples: int) -> None:
        config = in_integers(run.config(), backends)
        kinds = {BACKENDS[backend].fixed for backend in backends}
        maps = bool(config.network.convolutions)
        if len(kinds) == 2 and (maps or not isinstance(config.memory, Prototype)):
            what = "network.convolutions" if maps else f"memory.kind = {config.memory.kind!r}"
            raise InputError(
                f"backends {','.join(backends)}: with {what} integers take other steps than "
                "floating point; compare backends of one kind"
            )
        data = load_data(config.data, config.seed)
        check_fit(data, config.network)
        self.stall_seconds, self.seed = config.training.stall_seconds, config.seed
        timing: Timing = "paper" if maps else "chip"
        self.settings: Settings = replace(
            config.settings, network=replace(config.network, timing=timing)
        )
        fixed = self.settings.fixed
        self.labels = data.y_train[:samples]
        self.start = initial_state(self.settings, "all", len(self.labels), config.seed)
        trained: State = {}
        if run.checkpoint_file.exists():
            checkpoint = Checkpoint.load(run.checkpoint_file)
            slots = layout(run.config().settings, "all", len(data.x_train))
            prepare, trained = checkpoint.preparation, checkpoint.progress("learned", slots).state
        else:
            prepare = preparation(config, data)
            self.start |= pretrained(config)
        self.x, self.offset = prepare.scaled(data.x_train[:samples]), prepare.offset
        real = bool(trained) and trained["readout/weights"].dtype.kind == "f"
        if real and fixed is not None:
            trained, self.x = whole_network(trained, self.settings, self.x, self.offset)
            self.offset = np.zeros_like(self.offset)
        fresh = ("/sample", "/predictions", "/u")  # counters; membranes start at rest
        kept = [name for name in self.start if name in trained and not name.endswith(fresh)]
        self.start |= {name: trained[name] for name in kept}
        if fixed is not None and not maps and "dense1/weight_exp" not in trained:
            measured_exponents(self.start, self.settings, self.x - self.offset, self.labels)

    def pairs(self, reference: str, other: str, emit: Emit) -> Iterator[Pair]:
        """States after each presentation, of backends that run side by side."""
        with self._simulation(reference) as first, self._simulation(other) as second:
            for number in range(1, len(self.labels) + 1):
                first.present(1)
                second.present(1)
                progress = {"backend": other, "samples": number, "total": len(self.labels)}
                emit({"event": "progress", **progress})
                yield self._scaled_back(first.state), self._scaled_back(second.state)

    def _scaled_back(self, state: State) -> State:
        if self.settings.fixed is None or "dense1/weight_exp" not in state:
            return state
        return in_real_numbers(state, self.settings.fixed)

    def _simulation(self, backend: str) -> Simulation:
        """The network in one backend; in floating point, the one that the integers stand for."""
        settings, start, unit = self.settings, self.start, 1.0
        if settings.fixed is not None and not BACKENDS[backend].fixed:
            start, unit = in_real_numbers(start, settings.fixed), UNIT
            settings = equivalent_settings(settings)
        compile_loop = BACKENDS[backend].compile
        if compile_loop is not None:
            compile_loop(settings)
        return Simulation(
            settings,
            self.x / unit,
            self.labels,
            offset=self.offset / unit,
            backend=backend,
            seed=self.seed,
            state=start,
            stall_seconds=self.stall_seconds,
        )


def in_integers(config: Config, backends: Sequence[str]) -> Config:
    """The config as backends in integers run it, if one of these does.

    Raises
    ------
    InputError
        If that backend cannot run it.
    """
    fixed = [backend for backend in backends if BACKENDS[backend].fixed]
    values = config.model_dump(mode="json", exclude_none=True)
    for backend in fixed:
        config = make_config({**values, "backend": backend})
    return config


def compare_states(
    pairs: Iterable[Pair], reference: str, other: str, tolerance: float, readouts: bool = True
) -> Comparison:
    """Set the states of a network against those of a reference.

    Parameters
    ----------
    pairs : iterable of (State, State)
        The reference's and the other's, after each presentation; at least one.
    reference, other, tolerance, readouts
        See :class:`Comparison`.
    """
    deviations, correlations = [], []
    for theirs, ours in pairs:
        a, b = _quantities(theirs, readouts), _quantities(ours, readouts)
        deviations.append([_deviation(a[name], b[name]) for name in a])
        correlations.append([_correlation(a[name], b[name]) for name in a])
    differ = theirs["readout/predictions"] != ours["readout/predictions"]
    return Comparison(
        reference,
        other,
        tolerance,
        tuple(a),
        np.array(deviations),
        np.array(correlations),
        tuple((np.flatnonzero(differ) + 1).tolist()) if readouts else (),
        readouts,
    )


def _quantities(state: State, readouts: bool) -> State:
    """What is compared of a state, in the order in which a sample reaches it.

    Modulators of silent neurons are left out: they act on nothing.
    """
    hidden = sum(name.endswith("/u") for name in state)
    found: State = {}
    for number in range(1, hidden + 1):
        u = state[f"layer{number}/u"]
        found |= {f"layer{number}/u": u, f"layer{number}/rate": normalise(rate(u.ravel()))[0]}
    for number in range(1, hidden + 1):
        prefix = f"memory{number}/"
        found |= {
            name: array
            for name, array in state.items()
            if name.startswith(prefix) and np.issubdtype(array.dtype, np.floating)
        }
        parts = (f"layer{number}/xi", f"dense{number}/tag_1", f"dense{number}/weights")
        own = (f"conv{number}/weights", f"pool{number}/channel_mean")
        found |= {name: state[name] for name in (*parts, *own) if name in state}
        if parts[0] in found:
            found[parts[0]] = found[parts[0]] * gate(state[f"layer{number}/u"])
    if readouts:
        found["readout/weights"] = state["readout/weights"]
    return found


def _deviation(a: np.ndarray, b: np.ndarray) -> float:
    size = max(np.linalg.norm(a), np.linalg.norm(b))
    return float(np.linalg.norm(b - a) / size) if size > 0.0 else 0.0


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    a, b = (array.ravel() - array.mean() for array in (a, b))
    size = np.linalg.norm(a) * np.linalg.norm(b)
    return float(a @ b / size) if size > 0.0 else float("nan")
