"""Runs that are killed, interrupted, or fail: nothing hangs, is left, or is lost."""

import json
import os
import shutil
import signal
import time
from pathlib import Path

import h5py
import pytest

import lava_ib

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="looks into /proc"),
]
SAMPLES = 200
EARLY, LATE = 2, SAMPLES + 50  # time steps: the late one is in the second epoch


class Experiment:
    """A config file, and an uninterrupted run of it."""

    def __init__(self, config, folder, train):
        self.config, self.whole = config, folder / "whole"
        self.file = folder / "config.toml"
        self.file.write_text(config.to_toml())
        train(config, self.whole)


@pytest.fixture(scope="module")
def experiment(tiny, tmp_path_factory, train_here):
    # A checkpoint after every chunk, so that a kill finds one in the middle of an epoch.
    training = {
        "epochs": 2,
        "controls": ["linear"],
        "checkpoint_seconds": 0.001,
        "stall_seconds": 3.0,
    }
    config = tiny(training=training, data={"train_limit": SAMPLES})
    return Experiment(config, tmp_path_factory.mktemp("supervision"), train_here)


@pytest.fixture
def faulty(tmp_path):
    """Environment of a command in which a model fails; the file tells when it did."""
    folder = tmp_path / "faults"
    folder.mkdir()
    shutil.copy(Path(__file__).with_name("faults.py"), folder / "sitecustomize.py")

    def environment(*fault):
        return {
            "PYTHONPATH": f"{folder}{os.pathsep}{os.environ['PYTHONPATH']}",
            "LAVA_IB_TEST_FAULT": " ".join(map(str, [*fault, tmp_path / "failed"])),
        }

    return environment


def samples(run, variant):
    try:
        with h5py.File(run / "checkpoint.h5") as file:
            return int(file["networks"][variant].attrs["samples"])
    except (FileNotFoundError, KeyError):
        return 0


def in_mid_epoch(run, variant):
    return samples(run, variant) % SAMPLES != 0


def in_second_epoch(run, variant):
    return SAMPLES <= samples(run, variant) < 2 * SAMPLES


def records(run):
    lines = (run / "metrics.jsonl").read_text().splitlines()
    return [{**json.loads(line), "samples_per_second": None} for line in lines]


def seconds_since(path):
    return time.time() - path.stat().st_mtime


@pytest.mark.parametrize(
    ("number", "moment", "variant"),
    [
        (signal.SIGKILL, in_mid_epoch, "learned"),
        (signal.SIGKILL, in_mid_epoch, "linear"),
        (signal.SIGINT, in_second_epoch, "learned"),
        (signal.SIGTERM, in_mid_epoch, "learned"),
    ],
)
def test_a_run_that_was_ended_goes_on_to_the_same_bits(
    experiment, start, tmp_path, assert_same_bits, number, moment, variant
):
    out = tmp_path / "run"
    command = start("train", experiment.file, "--out", out, "--json")
    command.wait_until(lambda: moment(out, variant))
    command.popen.send_signal(number)
    code = command.finish()
    assert code == (130 if number == signal.SIGINT else -number)
    command.assert_nothing_left()
    assert not (out / "summary.json").exists()
    if number == signal.SIGINT:
        assert command.err.read_text().splitlines()[-1].startswith("lava-ib: interrupted")

    resumed = start("train", experiment.file, "--out", out, "--resume")
    assert resumed.finish() == 0, resumed.err.read_text()
    assert_same_bits(out / "checkpoint.h5", experiment.whole / "checkpoint.h5")
    assert records(out) == records(experiment.whole)
    resumed.assert_nothing_left()
    assert not (out / ".live").exists()


def test_an_interrupt_while_the_worker_starts_is_no_failure(experiment, start, tmp_path):
    out = tmp_path / "run"
    command = start("train", experiment.file, "--out", out)
    command.wait_until(lambda: (out / "worker.log").exists())
    command.popen.send_signal(signal.SIGINT)
    assert command.finish() == 130, command.err.read_text()
    assert "Traceback" not in command.err.read_text()
    assert command.family() == []


def test_a_killed_worker_is_reported_at_once(experiment, start, tmp_path):
    out = tmp_path / "run"
    command = start("train", experiment.file, "--out", out)
    command.wait_until(lambda: samples(out, "learned") > 0)
    began = time.monotonic()
    os.kill(command.worker(), signal.SIGKILL)
    assert command.finish() == 1
    seconds = time.monotonic() - began
    command.assert_nothing_left()
    message = command.err.read_text().splitlines()[-1]
    assert message.startswith("lava-ib: the worker")
    assert "-9" in message
    assert str(out / "worker.log") in message
    assert seconds < 10.0


@pytest.mark.parametrize(
    ("part", "method", "step", "phase"),
    [
        ("source", "run_spk", EARLY, "spiking phase"),
        ("dense1", "run_spk", LATE, "spiking phase"),
        ("dense1", "run_lrn", EARLY, "learning phase"),
        ("layer1", "run_spk", EARLY, "spiking phase"),
        ("memory1", "run_spk", EARLY, "spiking phase"),
        ("readout", "run_spk", LATE, "spiking phase"),
    ],
)
def test_a_failing_model_ends_the_run_with_process_phase_and_cause(
    experiment, start, faulty, tmp_path, part, method, step, phase
):
    out = tmp_path / "run"
    command = start("train", experiment.file, "--out", out, **faulty(part, method, step, "raise"))
    assert command.finish() == 1
    assert seconds_since(tmp_path / "failed") < 10.0
    message = command.err.read_text().splitlines()[-1]
    assert message.startswith(f"lava-ib: process {part} failed in {phase} (")
    assert message.endswith("ZeroDivisionError: injected fault")
    assert "Traceback" not in command.err.read_text()
    assert "test accuracy" not in command.out.read_text()
    command.assert_nothing_left()
    assert not (out / ".live").exists()


@pytest.mark.parametrize("step", [EARLY, LATE])
def test_after_a_fault_the_run_goes_on_to_the_same_bits(
    experiment, start, faulty, tmp_path, assert_same_bits, step
):
    out = tmp_path / "run"
    command = start(
        "train", experiment.file, "--out", out, **faulty("layer2", "run_spk", step, "raise")
    )
    assert command.finish() == 1
    assert samples(out, "learned") == 0 or step == LATE
    lava_ib.train(experiment.config, out, resume=True)
    assert_same_bits(out / "checkpoint.h5", experiment.whole / "checkpoint.h5")
    assert records(out) == records(experiment.whole)


def test_a_model_whose_process_ends_is_named(experiment, start, faulty, tmp_path):
    command = start(
        "train",
        experiment.file,
        "--out",
        tmp_path / "run",
        **faulty("memory2", "run_spk", EARLY, "exit"),
    )
    assert command.finish() == 1
    assert seconds_since(tmp_path / "failed") < 10.0
    assert "process memory2 failed with exit code 3" in command.err.read_text()
    command.assert_nothing_left()


def test_a_network_that_stands_still_is_ended_and_says_where(experiment, start, faulty, tmp_path):
    command = start(
        "train",
        experiment.file,
        "--out",
        tmp_path / "run",
        **faulty("layer1", "run_spk", EARLY, "sleep"),
    )
    assert command.finish() == 1
    assert seconds_since(tmp_path / "failed") < 13.0  # stall_seconds, then 10
    message = command.err.read_text()
    assert "no progress for 3 s" in message
    assert "layer1: spiking phase" in message
    assert "sitecustomize.py" in message
    command.assert_nothing_left()


def test_a_failing_evaluation_is_reported_too(experiment, start, faulty):
    environment = faulty("readout", "run_spk", EARLY, "raise")
    command = start("evaluate", experiment.whole, **environment)
    assert command.finish() == 1
    assert "process readout failed in spiking phase" in command.err.read_text()
    command.assert_nothing_left()
