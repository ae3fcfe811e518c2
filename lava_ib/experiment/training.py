"""Training: present samples, keep records and checkpoints, test after each epoch."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from lava_ib.backends import BACKENDS
from lava_ib.experiment.checkpoint import Checkpoint, Progress
from lava_ib.experiment.config import Config
from lava_ib.experiment.data import Dataset, Preparation, check_fit, load_data
from lava_ib.experiment.inference import classify
from lava_ib.experiment.pretraining import pretrained
from lava_ib.experiment.pulse import Pulse
from lava_ib.experiment.run_folder import RunFolder
from lava_ib.experiment.start import start_from, start_network
from lava_ib.experiment.variants import Variant, told_labels, variant_of
from lava_ib.rule.fixed.map_equivalent import in_real_units
from lava_ib.rule.fixed.scaling import (
    MEASURED_SAMPLES,
    exponents,
    measured_exponents,
    saturations,
)
from lava_ib.rule.information import dependences
from lava_ib.rule.schedule import presentation_order
from lava_ib.rule.state import State, initial_state, layout
from lava_ib.simulation import Simulation

Emit = Callable[[dict[str, Any]], None]
_CHUNK_SECONDS = 0.5
_MEASURED = 500  # test samples on which HSIC is taken


class Interrupted(Exception):
    """The run was asked to stop; its checkpoint is written."""


class Training:
    """All networks of one run, trained one after the other.

    Parameters
    ----------
    config : Config
    run : RunFolder
        Where records and checkpoints go; a checkpoint that is there is gone on from.
    emit : callable
        Receives an event (a dict with the key ``event``) for progress and for each epoch.
    stop_requested : callable
        Asked about twice a second; when it says so, the run ends with a checkpoint.
    watched : bool
        Whether progress events carry ``layers``: see :class:`Pulse`.

    Raises
    ------
    InputError
        If data, config and checkpoint do not fit each other.
    """

    def __init__(
        self,
        config: Config,
        run: RunFolder,
        emit: Emit,
        stop_requested: Callable[[], bool],
        *,
        watched: bool = False,
    ) -> None:
        self.config, self.run_folder = config, run
        self.emit, self.stop_requested = emit, stop_requested
        self.watched = watched
        data = load_data(config.data, config.seed)
        check_fit(data, config.network)
        if run.checkpoint_file.exists():
            self.checkpoint = Checkpoint.load(run.checkpoint_file)
        else:
            self.checkpoint = Checkpoint(preparation(config, data))
        prepare = self.checkpoint.preparation
        self.offset = prepare.offset
        self.data = replace(
            data, x_train=prepare.scaled(data.x_train), x_test=prepare.scaled(data.x_test)
        )
        self.records = run.metrics()

    def run(self) -> None:
        """Train the network and its controls to the end.

        Raises
        ------
        Interrupted
            If it was asked to stop.
        SimulationError
            If a network failed.
        """
        variants: tuple[Variant, ...] = ("learned", *self.config.training.controls)
        for variant in variants:
            _VariantTraining(self, variant).run()


def preparation(config: Config, data: Dataset) -> Preparation:
    """Measure how inputs are prepared for a config's backend."""
    if config.settings.fixed is None:
        return Preparation.of(data, config.data)
    if config.network.convolutions:
        return Preparation.of(data, config.data).for_integer_maps()
    return Preparation.for_integers(data.x_train)


class _VariantTraining:
    """Trains one network of a run."""

    def __init__(self, training: Training, variant: Variant) -> None:
        self.training, self.variant = training, variant
        self.config, self.data = training.config, training.data
        self.settings, self.learn = variant_of(self.config.settings, variant)
        self.count = len(self.data.x_train)
        self.total = self.count * self.config.training.epochs
        self.progress = self._where_it_stands()
        self.saved = time.monotonic()
        self.rate = 20.0
        self.clock = [0, 0.0]  # samples and seconds of this epoch, in this session
        self.shown = -1, self.data.y_train  # pass, and its labels in the order shown
        self.pulse = Pulse(self.settings) if training.watched else None

    def _where_it_stands(self) -> Progress:
        if self.variant not in self.training.checkpoint.networks:
            state = initial_state(self.settings, self.learn, self.count, self.config.seed)
            # What was trained a priori serves every variant that has such a memory.
            trained = pretrained(self.config)
            state |= {name: array for name, array in trained.items() if name in state}
            start = start_network(self.config)
            if start is not None and self.variant != "linear":
                start_from(start, state, self.training.checkpoint.preparation)
            if self.settings.fixed is not None and not self.settings.network.convolutions:
                self._scale(state)
            progress = Progress(0, state, self._reference(state))
            self.training.checkpoint.networks[self.variant] = progress
            return progress
        slots = layout(self.settings, self.learn, self.count)
        return self.training.checkpoint.progress(self.variant, slots)

    def _scale(self, state: State) -> None:
        """Choose exponents by ranges on some training samples, and say so."""
        x = self.data.x_train[:MEASURED_SAMPLES] - self.training.offset
        labels = self.data.y_train[:MEASURED_SAMPLES]
        bits = measured_exponents(state, self.settings, x, labels)
        self.training.emit(
            {
                "event": "scaled",
                "variant": self.variant,
                "input_scale": self.training.checkpoint.preparation.scale,
                "membrane_bits": bits,
                **exponents(state),
            }
        )

    def run(self) -> None:
        self._drop_records_after_checkpoint()
        if self.progress.samples == self.total:
            return
        self._compile()
        with Simulation(
            self.settings,
            self.data.x_train,
            self.data.y_train,
            memory_labels=told_labels(self.data.y_train, self.variant, self.config.seed),
            offset=self.training.offset,
            backend=self.config.backend,
            learn=self.learn,
            seed=self.config.seed,
            total_samples=self.total,
            state=self.progress.state,
            stall_seconds=self.config.training.stall_seconds,
        ) as simulation:
            self._save()
            while self.progress.samples < self.total:
                self._present_chunk(simulation)

    def _compile(self) -> None:
        compile_loop = BACKENDS[self.config.backend].compile
        if compile_loop is not None:
            self.training.emit({"event": "compiling", "variant": self.variant})
            seconds = compile_loop(self.settings)
            self.training.emit({"event": "compiled", "variant": self.variant, "seconds": seconds})

    def _present_chunk(self, simulation: Simulation) -> None:
        progress = self.progress
        left_in_epoch = self.count - progress.samples % self.count
        wanted = int(self.rate * _CHUNK_SECONDS)
        # Cut only where the backend goes on to the same bits when the run is resumed.
        grain = BACKENDS[self.config.backend].grain
        ahead = grain - progress.samples % grain
        chunk = min(left_in_epoch, ahead + max(0, wanted - ahead) // grain * grain)
        began = time.monotonic()
        simulation.present(chunk)
        seconds = time.monotonic() - began
        self.clock = [self.clock[0] + chunk, self.clock[1] + seconds]
        self.rate = chunk / seconds
        progress.samples += chunk
        self._emit_progress(simulation, chunk)
        stop = self.training.stop_requested()
        if chunk == left_in_epoch:
            self._finish_epoch(simulation.state)
        elif stop or time.monotonic() - self.saved > self.config.training.checkpoint_seconds:
            progress.state = simulation.state
            self._save()
        if stop and progress.samples < self.total:
            raise Interrupted

    def _emit_progress(self, simulation: Simulation, chunk: int) -> None:
        layers = {"layers": self.pulse.take(simulation, chunk)} if self.pulse else {}
        self.training.emit(
            {
                "event": "progress",
                "variant": self.variant,
                "samples": self.progress.samples,
                "total": self.total,
                "running_accuracy": self._running_accuracy(
                    simulation.read("readout/predictions"), last=500
                ),
                "samples_per_second": self.rate,
                **layers,
            }
        )

    def _running_accuracy(self, predictions: np.ndarray, last: int) -> float:
        """Share of the latest samples of this pass that were classified rightly when shown."""
        epoch, seen = divmod(self.progress.samples - 1, self.count)
        recent = slice(max(0, seen + 1 - last), seen + 1)
        shown = self._labels_shown(epoch)[recent]
        return float(np.mean(predictions[recent] == shown))

    def _labels_shown(self, epoch: int) -> np.ndarray:
        """Labels in the order of a pass, which is drawn once for all reports of progress."""
        if epoch != self.shown[0]:
            network, labels = self.config.network, self.data.y_train
            order = presentation_order(
                labels, self.config.seed, epoch, network.run_length, network.replay
            )
            self.shown = epoch, labels[order]
        return self.shown[1]

    def _finish_epoch(self, state: State) -> None:
        progress, training = self.progress, self.training
        progress.state = state
        predictions = classify(
            self.settings,
            state,
            self.data.x_test,
            offset=training.offset,
            backend=self.config.backend,
            stall_seconds=self.config.training.stall_seconds,
        )
        record = {
            "variant": self.variant,
            "epoch": progress.samples // self.count,
            "epochs": self.config.training.epochs,
            "train_accuracy": self._running_accuracy(state["readout/predictions"], self.count),
            "test_accuracy": float(np.mean(predictions == self.data.y_test)),
            "samples_per_second": self.clock[0] / self.clock[1],
            "layers": self._layer_records(state),
            **({"saturated": saturations(state)} if self.settings.fixed else {}),
        }
        self.clock = [0, 0.0]
        progress.epoch_start = self._reference(state)
        training.records.append(record | self._confusion(predictions))
        training.run_folder.write_metrics(training.records)
        self._save()
        training.emit({"event": "epoch", **record})

    def _confusion(self, predictions: np.ndarray) -> dict[str, list[list[int]]]:
        """Counts by class (row) and prediction, for the record of the last epoch alone."""
        if self.progress.samples < self.total:
            return {}
        classes = self.settings.network.layers[-1]
        counts = np.zeros((classes, classes), dtype=int)
        np.add.at(counts, (self.data.y_test, predictions), 1)
        return {"confusion": counts.tolist()}

    def _reference(self, state: State) -> State:
        """Copy what the record of an epoch is measured against."""
        names = ("weights", "modulator_sum")
        return {
            name: state[name].copy()
            for name in state
            if name.startswith(("dense", "conv", "layer")) and name.endswith(names)
        }

    def _layer_records(self, state: State) -> list[dict[str, float]]:
        """Of each hidden layer: weight change and modulator over the epoch, then HSIC."""
        start, hidden = self.progress.epoch_start, self.settings.hidden
        x = self.data.x_test[:_MEASURED] - self.training.offset
        real, real_x = in_real_units(state, self.settings, x)
        measured = dependences(self.settings, real, real_x, self.data.y_test[:_MEASURED])
        records = []
        for number in range(1, hidden + 1):
            weights = f"{self.settings.connection}{number}/weights"
            modulators = f"layer{number}/modulator_sum"
            change = np.linalg.norm(state[weights] - start[weights])
            size = (state[modulators] - start[modulators]).item() / self.count
            records.append(
                {
                    "weight_change": float(change / np.linalg.norm(start[weights])),
                    "modulator": float(size),
                    **measured[number - 1]._asdict(),
                }
            )
        return records

    def _save(self) -> None:
        self.training.checkpoint.save(self.training.run_folder.checkpoint_file)
        self.saved = time.monotonic()

    def _drop_records_after_checkpoint(self) -> None:
        """Forget epochs that were recorded but not saved before the run was killed."""
        done = self.progress.samples // self.count
        self.training.records = [
            record
            for record in self.training.records
            if record["variant"] != self.variant or record["epoch"] <= done
        ]
