"""Tiny runs: digits, two small hidden layers, one time step a sample; commands to watch."""

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import h5py
import numpy as np
import pytest

import lava_ib
from lava_ib import InputError

REPOSITORY = Path(lava_ib.__file__).parents[1]
_MAIN = "from lava_ib.cli import main; main()"
_MARK = "LAVA_IB_TEST_MARK"


class Command:
    """One command; all processes that come from it are known by a mark in their environment."""

    def __init__(self, log_folder: Path, *arguments: object, **environment: str) -> None:
        self.mark = uuid.uuid4().hex
        self.blocks: set[Path] = set()
        self.out, self.err = log_folder / f"{self.mark}.out", log_folder / f"{self.mark}.err"
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.popen = subprocess.Popen(
                [sys.executable, "-c", _MAIN, *map(str, arguments)],
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


@pytest.fixture(scope="session", autouse=True)
def importable_worker():
    """Workers and commands find lava_ib whether or not it is installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(REPOSITORY), prepend=os.pathsep)
        yield


@pytest.fixture(scope="session")
def tiny():
    """Build a config: ``tiny(seed=1, network={"timing": "chip"})``."""

    def build(**changes):
        values = {
            "data": {"train_limit": 100, "test_limit": 30},
            "network": {"layers": [64, 12, 8, 10], "steps_per_sample": 1},
            "training": {"epochs": 1, "controls": []},
        }
        for key, value in changes.items():
            values[key] = {**values.get(key, {}), **value} if isinstance(value, dict) else value
        return lava_ib.make_config(values)

    return build


@pytest.fixture(scope="session")
def refusal():
    """Call something that must refuse its input; return its message, which is one line."""

    def message_of(function, *args, **kwargs) -> str:
        with pytest.raises(InputError) as caught:
            function(*args, **kwargs)
        message = str(caught.value)
        assert message
        assert len(message.splitlines()) == 1
        return message

    return message_of


@pytest.fixture(scope="session")
def contents():
    """Read everything in a checkpoint: arrays and attributes by their full names."""

    def read(path: Path) -> dict[str, np.ndarray]:
        found = {}

        def visit(name, node):
            if isinstance(node, h5py.Dataset):
                found[name] = node[...]
            for key, value in node.attrs.items():
                found[f"{name}.{key}"] = np.asarray(value)

        with h5py.File(path, "r") as file:
            file.visititems(visit)
        return found

    return read


@pytest.fixture(scope="session")
def assert_same_bits(contents):
    """Two checkpoints hold the same names with the same bits."""

    def check(path: Path, other: Path) -> None:
        left, right = contents(path), contents(other)
        assert left.keys() == right.keys()
        for name in left:
            assert left[name].dtype == right[name].dtype, name
            assert left[name].shape == right[name].shape, name
            assert left[name].tobytes() == right[name].tobytes(), name

    return check


@pytest.fixture
def start(tmp_path):
    """Start commands that end with the test: ``start("train", path)``."""
    started = []

    def start_command(*arguments, **environment):
        command = Command(tmp_path, *arguments, **environment)
        started.append(command)
        return command

    yield start_command
    for command in started:
        command.stop()
