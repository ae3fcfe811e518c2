"""Run a Lava graph in a test without ever waiting for it for ever."""

import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.run_conditions import RunSteps
from lava.magma.core.run_configs import Loihi2SimCfg
from lava.proc.io.sink import RingBuffer as Sink
from lava.proc.io.source import RingBuffer as Source

from lava_ib.lava_runtime import LavaRuntime

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
