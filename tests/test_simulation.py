"""A simulation ends with its cause when something in it fails, and leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from multiprocessing.managers import SharedMemoryManager
from pathlib import Path

import psutil
import pytest

from lava_ib.lava_runtime import SimulationError
from lava_ib.processes.plastic_dense.models import PyPlasticDenseModelFloat
from lava_ib.processes.prototype_memory.models import PyPrototypeMemoryModelFloat
from lava_ib.processes.rate_layer.models import PyRateLayerModelFloat
from lava_ib.processes.readout.models import PyReadoutModelFloat
from lava_ib.processes.sample_source.models import PySampleSourceModelFloat
from lava_ib.simulation import Simulation

MODELS = {
    "source": PySampleSourceModelFloat,
    "dense2": PyPlasticDenseModelFloat,
    "layer1": PyRateLayerModelFloat,
    "memory1": PyPrototypeMemoryModelFloat,
    "readout": PyReadoutModelFloat,
}
parts = pytest.mark.parametrize("part", MODELS)


def children() -> list[psutil.Process]:
    """Processes that this one started and that are not Python's own bookkeeping."""
    return [
        child
        for child in psutil.Process().children(recursive=True)
        if "resource_tracker" not in " ".join(child.cmdline())
    ]


@pytest.fixture(autouse=True)
def nothing_is_left(tmp_path, monkeypatch):
    """No process, no folder with state, no shared memory remains after a test."""
    blocks, before = [], {child.pid for child in children()}
    create = SharedMemoryManager.SharedMemory

    def remember(self, size):
        block = create(self, size)
        blocks.append(Path("/dev/shm", block.name.lstrip("/")))
        return block

    monkeypatch.setattr(SharedMemoryManager, "SharedMemory", remember)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield blocks
    assert {child.pid for child in children()} <= before
    assert not list(tmp_path.glob("lava_ib-*"))
    assert not [block for block in blocks if block.exists()]


def break_model(monkeypatch, part, method, at_step, fail):
    """Let one model of the network fail; its process is forked and inherits this."""
    original = getattr(MODELS[part], method)

    def broken(self):
        if self.proc_params["name"] == part and self.time_step == at_step:
            fail(self)
        return original(self)

    monkeypatch.setattr(MODELS[part], method, broken)


def raise_overflow(_model):
    raise OverflowError("too much")


def die(_model):
    os._exit(41)


def wait_for_ever(model):
    """Take the message of this step: the model then waits for a second one."""
    model.s_in.recv()


def failure(settings, data, **params) -> str:
    """Message of the error in which presenting ten samples ends, within ten seconds."""
    started = time.monotonic()
    with (
        pytest.raises(SimulationError) as error,
        Simulation(settings, *data, **params) as simulation,
    ):
        simulation.present(10)
    assert time.monotonic() - started < 10
    return str(error.value)


@parts
@pytest.mark.parametrize("at_step", [1, 7])
def test_exception_while_spiking_names_process_phase_and_cause(
    make_settings, tiny_data, monkeypatch, part, at_step
):
    break_model(monkeypatch, part, "run_spk", at_step, raise_overflow)
    message = failure(make_settings(), tiny_data)
    assert f"process {part} failed in spiking phase" in message
    assert "OverflowError: too much" in message
    assert "test_simulation.py" in message


@pytest.mark.parametrize("part", ["dense2", "readout"])
def test_exception_while_learning_names_process_phase_and_cause(
    make_settings, tiny_data, monkeypatch, part
):
    break_model(monkeypatch, part, "run_lrn", 7, raise_overflow)
    message = failure(make_settings(), tiny_data)
    assert f"process {part} failed in learning phase" in message
    assert "OverflowError: too much" in message


@parts
def test_exception_while_a_model_is_built_names_process_and_cause(
    make_settings, tiny_data, monkeypatch, part
):
    original = MODELS[part].__init__

    def broken(self, proc_params):
        original(self, proc_params)
        if proc_params["name"] == part:
            raise OverflowError("too much")

    monkeypatch.setattr(MODELS[part], "__init__", broken)
    message = failure(make_settings(), tiny_data)
    assert part in message
    assert "OverflowError: too much" in message


@parts
def test_death_of_a_process_is_noticed(make_settings, tiny_data, monkeypatch, part):
    break_model(monkeypatch, part, "run_spk", 7, die)
    assert f"process {part} failed with exit code 41" in failure(make_settings(), tiny_data)


@pytest.mark.parametrize("part", ["dense2", "memory1", "readout"])
def test_stall_says_where_each_process_stands(make_settings, tiny_data, monkeypatch, part):
    break_model(monkeypatch, part, "run_spk", 7, wait_for_ever)
    message = failure(make_settings(), tiny_data, stall_seconds=2)
    assert message.startswith("no progress for 2 s")
    places = dict(line.strip().split(": ", 1) for line in message.splitlines()[1:])
    names = ["source", "dense1", "layer1", "memory1", "dense2", "layer2", "memory2", "readout"]
    assert set(names) < set(places)
    assert "spiking phase" in places[part]
    assert "models.py" in places[part]
    assert all("phase" in place for place in places.values())


def test_slow_network_that_makes_progress_is_not_stopped(make_settings, tiny_data, monkeypatch):
    original = PyRateLayerModelFloat.run_spk

    def slow(self):
        time.sleep(0.15)
        original(self)

    monkeypatch.setattr(PyRateLayerModelFloat, "run_spk", slow)
    with Simulation(make_settings(), *tiny_data, stall_seconds=1) as simulation:
        simulation.present(8)
        assert simulation.presented == 8


def test_failure_in_a_second_run_is_noticed(make_settings, tiny_data, monkeypatch):
    break_model(monkeypatch, "dense2", "run_spk", 7, raise_overflow)
    with Simulation(make_settings(), *tiny_data) as simulation:
        simulation.present(5)
        with pytest.raises(SimulationError, match="process dense2 failed in spiking phase"):
            simulation.present(5)


def test_next_simulation_runs_after_one_that_failed(make_settings, tiny_data, monkeypatch):
    with monkeypatch.context() as patch:
        break_model(patch, "layer1", "run_spk", 3, raise_overflow)
        failure(make_settings(), tiny_data)
    with Simulation(make_settings(), *tiny_data) as simulation:
        simulation.present(10)
        assert simulation.presented == 10


def test_two_simulations_side_by_side_both_say_where_they_stall(
    make_settings, tiny_data, monkeypatch
):
    break_model(monkeypatch, "readout", "run_spk", 7, wait_for_ever)
    with (
        Simulation(make_settings(), *tiny_data, stall_seconds=1) as first,
        Simulation(make_settings(), *tiny_data, stall_seconds=1) as second,
    ):
        for simulation in (first, second):
            with pytest.raises(SimulationError, match=r"readout: spiking phase"):
                simulation.present(10)


def test_stopping_twice_or_before_any_run_does_nothing(make_settings, tiny_data):
    simulation = Simulation(make_settings(), *tiny_data)
    simulation.stop()
    simulation.stop()


def test_refused_network_leaves_nothing(make_settings, tiny_data):
    x, labels = tiny_data
    with pytest.raises(ValueError, match="inputs have shape"):
        Simulation(make_settings(), x[:, :4], labels)


def test_error_of_the_caller_stops_the_network(make_settings, tiny_data, nothing_is_left):
    with pytest.raises(KeyError), Simulation(make_settings(), *tiny_data) as simulation:
        simulation.present(3)
        assert children() and nothing_is_left
        simulation.read("no such array")


LONG_RUN = """
    import lava_ib
    import numpy as np
    from lava_ib.rule.settings import NetworkSettings, Settings
    from lava_ib.simulation import Simulation

    settings = Settings(network=NetworkSettings(layers=(8, 6, 5, 3)))
    with Simulation(settings, np.ones((20, 8)), np.zeros(20, int)) as simulation:
        simulation.present(1)
        print("running", flush=True)
        simulation.present(10**6)
"""


def test_an_interrupted_network_is_not_waited_for(make_settings, tiny_data):
    """Between two runs, too: after Ctrl-C its processes may never answer again."""
    simulation = Simulation(make_settings(), *tiny_data)
    with pytest.raises(KeyboardInterrupt), simulation:
        simulation.present(1)
        for _, actor in simulation._runtime._actors():
            psutil.Process(actor.pid).suspend()
        raise KeyboardInterrupt


def test_an_interrupt_is_left_to_whoever_runs_the_network(make_settings, tiny_data):
    """A terminal sends it to every process of its group."""
    with Simulation(make_settings(), *tiny_data) as simulation:
        simulation.present(2)
        for child in children():
            child.send_signal(signal.SIGINT)
        simulation.present(2)
        assert simulation.presented == 4


def test_interrupt_from_the_keyboard_ends_everything():
    """A terminal and a notebook send it to the whole process group, the models included."""
    python = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(LONG_RUN)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    family = [psutil.Process(python.pid)]
    try:
        assert python.stdout.readline() == "running\n"
        time.sleep(0.5)
        family += family[0].children(recursive=True)
        os.killpg(python.pid, signal.SIGINT)
        _, errors = python.communicate(timeout=10)
        assert errors.splitlines()[-1] == "KeyboardInterrupt"
        assert "Process SystemProcess" not in errors, "an actor's own trace"
        _, alive = psutil.wait_procs(family, timeout=5)
        assert not alive
    finally:
        for process in family:
            if process.is_running():
                process.kill()
        python.communicate()


NETWORKS_IN_A_ROW = """
    import gc, json, sys
    import lava_ib
    import numpy as np
    import psutil
    from lava_ib.rule.settings import NetworkSettings, Settings
    from lava_ib.simulation import Simulation

    settings = Settings(network=NetworkSettings(layers=(8, 6, 3), steps_per_sample=2))
    rng = np.random.default_rng(0)
    x, labels = rng.random((20, 8)), rng.integers(0, 3, 20)
    process = psutil.Process()
    for number in range(1, 201):
        with Simulation(settings, x, labels) as simulation:
            simulation.present(5)
        if number in (50, 200):
            gc.collect()
            print(json.dumps({
                "files": process.num_fds(),
                "children": len(process.children(recursive=True)),
                "threads": process.num_threads(),
                "megabytes": process.memory_info().rss / 2**20,
            }))
"""


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_two_hundred_networks_in_one_python_leave_nothing_behind():
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(NETWORKS_IN_A_ROW)],
        capture_output=True,
        text=True,
        timeout=580,
    )
    assert done.returncode == 0, done.stderr
    early, late = (json.loads(line) for line in done.stdout.splitlines())
    assert late["files"] <= early["files"] + 2
    assert late["children"] == early["children"]
    assert late["threads"] == early["threads"]
    assert late["megabytes"] < early["megabytes"] + 5
