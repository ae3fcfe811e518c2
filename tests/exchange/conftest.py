"""One small trained run, and its network."""

import numpy as np
import pytest

import lava_ib
from lava_ib.experiment.deployed import trained_network


@pytest.fixture(scope="session")
def run(tmp_path_factory, train_here):
    """Folder of a run on the digits, good enough to have something to agree on."""
    config = lava_ib.make_config(
        {
            "data": {"train_limit": 600},
            "network": {"layers": [64, 32, 16, 10], "steps_per_sample": 1, "tau": 1.0},
            "training": {"epochs": 3, "controls": []},
        }
    )
    folder = tmp_path_factory.mktemp("exchange") / "run"
    train_here(config, folder)
    return folder


@pytest.fixture(scope="session")
def network(run):
    """The run's network for raw inputs."""
    return trained_network(run).network


@pytest.fixture(scope="session")
def data(run):
    """The run's data set."""
    return trained_network(run).data


@pytest.fixture(scope="session")
def predicted(run):
    """Classes of the test samples as the run's backend predicts them in Lava."""
    file = run / "predicted.npy"
    lava_ib.evaluate(run, predictions=file)
    return np.load(file)
