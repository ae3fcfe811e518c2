"""Run a Lava graph in a test without ever waiting for it for ever."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.run_conditions import RunSteps
from lava.magma.core.run_configs import Loihi2SimCfg
from lava.proc.io.sink import RingBuffer as Sink
from lava.proc.io.source import RingBuffer as Source

from lava_ib.experiment.config import Config
from lava_ib.experiment.data import load_data
from lava_ib.experiment.training import preparation
from lava_ib.lava_runtime import LavaRuntime
from lava_ib.simulation import Simulation

DEADLINE_SECONDS = 30.0


@pytest.fixture
def run_lava() -> Iterator[Callable[[AbstractProcess, int], None]]:
    """Run everything connected to a Process; it can be read until the test ends."""
    runtimes: list[LavaRuntime] = []

    def run(process: AbstractProcess, steps: int) -> None:
        runtime = LavaRuntime(process, Loihi2SimCfg(select_tag="floating_pt"))
        runtimes.append(runtime)
        runtime.start(RunSteps(steps, blocking=False))
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not runtime.finished():
            if time.monotonic() > deadline:
                runtime.fail_stalled(DEADLINE_SECONDS)
            time.sleep(0.002)

    yield run
    for runtime in runtimes:
        runtime.stop()


@pytest.fixture
def feed() -> Callable[[InPort, np.ndarray], None]:
    """Let a stock RingBuffer send the rows of an array to a port, one a time step."""

    def connect(port: InPort, rows: np.ndarray) -> None:
        Source(data=np.ascontiguousarray(np.asarray(rows, float).T)).s_out.connect(port)

    return connect


@pytest.fixture
def record() -> Callable[[OutPort, int], Callable[[], np.ndarray]]:
    """Let a stock RingBuffer keep what a port sends; call the answer for it, a row a step."""

    def connect(port: OutPort, steps: int) -> Callable[[], np.ndarray]:
        sink = Sink(shape=port.shape, buffer=steps)
        port.connect(sink.a_in)
        return lambda: sink.data.get().T

    return connect


@pytest.fixture(scope="session")
def first_pictures() -> Callable[[Config, int], dict[str, np.ndarray]]:
    """Take the first training pictures of a config, prepared; some have no label."""

    def take(config: Config, count: int) -> dict[str, np.ndarray]:
        data = load_data(config.data, 0)
        prepared = preparation(config, data)
        labels = data.y_train[:count].copy()
        labels[::7] = -1
        return {
            "x": prepared.scaled(data.x_train[:count]),
            "labels": labels,
            "offset": prepared.offset,
        }

    return take


@pytest.fixture(scope="session")
def state_after() -> Callable[..., dict[str, np.ndarray]]:
    """Present samples in pieces, and return a network's state."""

    def present(pieces: tuple[int, ...], *network: Any, **options: Any) -> dict[str, np.ndarray]:
        with Simulation(*network, seed=3, total_samples=200, **options) as simulation:
            for samples in pieces:
                simulation.present(samples)
            return simulation.state

    return present
