"""The command line inside the test's own process, and one small finished run."""

import os
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

import lava_ib
from lava_ib.cli import main

REPOSITORY = Path(lava_ib.__file__).parents[1]


class Outcome(NamedTuple):
    """What a command left on its streams, and its exit code."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session", autouse=True)
def importable_worker():
    """Workers find lava_ib whether or not it is installed, from any folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(REPOSITORY), prepend=os.pathsep)
        patch.setenv("COLUMNS", "200")
        yield


@pytest.fixture
def call(capfd, monkeypatch):
    """Run a command: ``call("train", path)``."""

    def call_main(*arguments) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["lava-ib", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capfd.readouterr()
        return Outcome(ended.value.code, out, err)

    return call_main


@pytest.fixture(scope="session")
def config_file(tmp_path_factory):
    """Config of a run of a few seconds."""
    config = lava_ib.make_config(
        {
            "data": {"train_limit": 60, "test_limit": 20},
            "network": {"layers": [64, 12, 8, 10], "steps_per_sample": 1},
            "training": {"epochs": 2, "controls": ["linear"]},
        }
    )
    path = tmp_path_factory.mktemp("config") / "tiny.toml"
    path.write_text(config.to_toml())
    return path


@pytest.fixture(scope="session")
def finished_run(config_file, train_here):
    """Folder of a finished run; not to be changed."""
    folder = config_file.parent / "run"
    train_here(lava_ib.load_config(config_file), folder)
    return folder
