"""What every test run says first, and what tests of several parts share."""

import importlib.util
import os
import platform
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lava_ib  # noqa: F401  (before any test imports Lava)

PROGRAM = Path(sys.executable).with_name("lava-ib")
"""The installed command, as users start it; so does what starts anew from it, as Dask's workers."""
_MARK = "LAVA_IB_TEST_MARK"
STAND_IN = Path(__file__).parent / "hardware" / "stand_in" / "embedded_io"


class Command:
    """One command; all processes that come from it are known by a mark in their environment."""

    def __init__(self, log_folder: Path, *arguments: object, **environment: str) -> None:
        self.mark = uuid.uuid4().hex
        self.blocks: set[Path] = set()
        self.out, self.err = log_folder / f"{self.mark}.out", log_folder / f"{self.mark}.err"
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.popen = subprocess.Popen(
                [PROGRAM, *map(str, arguments)],
                stdout=out,
                stderr=err,
                stdin=subprocess.DEVNULL,
                env={**os.environ, **environment, _MARK: self.mark},
            )

    def family(self) -> list[Path]:
        """Return the ``/proc`` folders of the processes that are alive."""
        alive = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if self.mark.encode() in (folder / "environ").read_bytes():
                    alive.append(folder)
            except OSError:
                continue  # ended in the meantime, or not ours to see
        return alive

    def worker(self) -> int:
        """Return the id of the process that leads the supervised session."""
        pids = [int(folder.name) for folder in self.family()]
        return next(pid for pid in pids if pid != self.popen.pid and os.getsid(pid) == pid)

    def wait_until(self, condition: Callable[[], bool], seconds: float = 60.0) -> None:
        """Wait, and note which blocks of shared memory the processes use meanwhile."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"not so after {seconds:g} s: {self.err.read_text()}"
            self._note_blocks()
            time.sleep(0.05)

    def finish(self, seconds: float = 90.0) -> int:
        """Wait for the end and return the exit code."""
        self.wait_until(lambda: self.popen.poll() is not None, seconds)
        return self.popen.returncode

    def press_ctrl_c(self) -> None:
        """Interrupt as a terminal does: every process in the group of the command."""
        group = os.getpgid(self.popen.pid)
        for folder in self.family():
            with suppress(ProcessLookupError):
                if os.getpgid(int(folder.name)) == group:
                    os.kill(int(folder.name), signal.SIGINT)

    def stop(self) -> None:
        """End what a failed test left running."""
        for folder in self.family():
            with suppress(ProcessLookupError):
                os.kill(int(folder.name), 9)
        self.popen.wait()

    def assert_nothing_left(self) -> None:
        """No process and no shared memory is left, after a moment."""
        end = time.monotonic() + 10.0
        while self.family() and time.monotonic() < end:
            time.sleep(0.1)
        assert self.family() == []
        assert self.blocks, "it never ran a network"
        assert [block for block in self.blocks if block.exists()] == []

    def _note_blocks(self) -> None:
        for folder in self.family():
            try:
                lines = (folder / "maps").read_text().splitlines()
            except OSError:
                continue
            paths = [line.split(maxsplit=5)[-1] for line in lines if "/dev/shm/psm_" in line]
            self.blocks.update(Path(path) for path in paths if not path.endswith("(deleted)"))


def pytest_report_header() -> list[str]:
    """Say which Python and which backends run; the rule's tests need neither Lava nor these."""
    if find_spec("lava") is None:
        return [f"Python {platform.python_version()}, without Lava"]
    from lava_ib.backends import BACKENDS

    return [
        f"Python {platform.python_version()}, lava-nc {version('lava-nc')}, numpy {np.__version__}",
        f"backends: {', '.join(BACKENDS)}",
    ]


@pytest.fixture(scope="session")
def program() -> Path:
    """Return the installed command."""
    return PROGRAM


@pytest.fixture(scope="session")
def make_settings() -> Callable[..., Any]:
    """Settings of a small network, from a flat list of what is not default."""
    from lava_ib.rule.memory import Prototype
    from lava_ib.rule.settings import (
        LearningSettings,
        NetworkSettings,
        ReadoutSettings,
        Settings,
    )

    def make(
        *,
        layers: tuple[int, ...] = (6, 5, 4, 3),
        steps: int = 1,
        timing: str = "paper",
        memory: Any = None,
        eta: float = 0.05,
        **learning: Any,
    ) -> Settings:
        return Settings(
            network=NetworkSettings(
                layers=layers, steps_per_sample=steps, timing=timing, tau=1.5, tau_e=2.0
            ),
            learning=LearningSettings(eta=eta, **learning),
            memory=Prototype() if memory is None else memory,
            readout=ReadoutSettings(beta=3.0),
        )

    return make


@pytest.fixture(scope="session")
def tiny_data() -> tuple[np.ndarray, np.ndarray]:
    """24 samples of 6 inputs in 3 classes, every eighth without a label."""
    rng = np.random.default_rng(5)
    labels = rng.integers(0, 3, 24)
    x = rng.normal(size=(24, 6)) + np.eye(3, 6)[labels]
    labels[::8] = -1
    return x, labels


@pytest.fixture(scope="session")
def train_here() -> Callable[..., dict[str, Any]]:
    """Train a config in the test's own process: all that ``lava_ib.train`` does but supervise."""
    from lava_ib.experiment.run_folder import RunFolder
    from lava_ib.experiment.summary import write_results
    from lava_ib.experiment.training import Training

    def train(
        config: Any, folder: Path, emit: Callable[[dict], None] = lambda event: None
    ) -> dict[str, Any]:
        run = RunFolder.create(folder, config)
        training = Training(config, run, emit, lambda: False)
        training.run()
        return write_results(run, training)

    return train


@pytest.fixture
def embedded_io(monkeypatch):
    """The stand-in where the extension would be."""
    for name in ("embedded_io", "embedded_io.spike"):
        path = STAND_IN / ("__init__.py" if name == "embedded_io" else "spike.py")
        spec = importlib.util.spec_from_file_location(f"lava.proc.{name}", path)
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, f"lava.proc.{name}", module)
        spec.loader.exec_module(module)
    import lava.proc

    stand_in = sys.modules["lava.proc.embedded_io"]
    stand_in.spike = sys.modules["lava.proc.embedded_io.spike"]
    monkeypatch.setattr(lava.proc, "embedded_io", stand_in, raising=False)
    return stand_in


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Command]]:
    """Start commands that end with the test: ``start("train", path)``."""
    started: list[Command] = []

    def start_command(*arguments: object, **environment: str) -> Command:
        command = Command(tmp_path, *arguments, **environment)
        started.append(command)
        return command

    yield start_command
    for command in started:
        command.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """An installed Chromium, that asks nobody for anything by itself."""
    api = pytest.importorskip("playwright.sync_api", reason="needs the package playwright")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium is installed")
    quiet = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=quiet)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def drawn_maps() -> Callable[..., Any]:
    """Draws networks of one or two convolutions, their scores with constant norms, and pictures.

    Written out with the rule's own functions, layer by layer; `dense` are the neurons above.
    """
    from lava_ib.exchange.maps import MapLayer, MapNetwork
    from lava_ib.rule.convolution import convolve, patches
    from lava_ib.rule.geometry import Convolution, layer_geometries
    from lava_ib.rule.summary import average_pool, cell_averages, summarise

    def draw(dense: tuple[int, ...], image: tuple[int, int, int] = (8, 10, 2), count: int = 2):
        rng = np.random.default_rng(len(dense))
        convolutions = (
            Convolution(channels=6, kernel=3, padding=1, pool=2, grid=2),
            Convolution(channels=7, kernel=2, padding=0, pool=1, grid=2),
        )[:count]
        x = rng.normal(size=(400, *image))
        a, layers = x, []
        for geometry in layer_geometries(image, convolutions, dense):
            weights = rng.normal(size=geometry.weights) / np.sqrt(np.prod(geometry.weights[1:]))
            drives = (convolve(weights, patches(one, geometry), geometry) for one in a)
            pooled = [average_pool(np.maximum(drive, 0.0), geometry.pool) for drive in drives]
            centred = np.stack(pooled) - np.mean(pooled, axis=(0, 1, 2))
            mean = np.mean(pooled, axis=(0, 1, 2))
            layers.append(MapLayer(weights, geometry.stride, geometry.padding, geometry.pool, mean))
            a = centred / np.sqrt(np.square(centred).mean(axis=(1, 2, 3))).mean()
        shown = np.stack([summarise(one, geometry.grid) for one in pooled])
        readout = rng.normal(size=(5, geometry.shown))
        network = MapNetwork(
            image=image,
            steps=None,
            scale=1.0,
            offset=np.zeros(np.prod(image)),
            layers=tuple(layers),
            cells=tuple(cell_averages(side, geometry.grid) for side in geometry.pooled[:2]),
            summary_mean=shown.mean(axis=0),
            readout=readout,
        )
        return network, (shown - shown.mean(axis=0)) @ readout.T, x.reshape(400, -1)

    return draw
