"""Tiny runs: digits, two small hidden layers, one time step a sample."""

import os
from pathlib import Path

import h5py
import numpy as np
import pytest

import lava_ib
from lava_ib import InputError

REPOSITORY = Path(lava_ib.__file__).parents[1]


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
