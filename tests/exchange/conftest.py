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


@pytest.fixture(scope="session")
def run_netx():
    """Runs a netx file: scores of one sample a time step, from Lava's fixed-point models."""
    hdf5 = pytest.importorskip("lava.lib.dl.netx.hdf5", reason="lava-dl is not installed")
    from lava.magma.core.run_conditions import RunSteps
    from lava.magma.core.run_configs import Loihi2SimCfg
    from lava.proc.io.sink import RingBuffer as Sink
    from lava.proc.io.source import RingBuffer as Source
    from lava.proc.sdn.process import Delta

    def run(path, encoded):
        # The input block of lava-dl 0.6 passes nothing on: Lava's own Delta takes its place.
        loaded = hdf5.Network(net_config=str(path), skip_layers=1)
        changes = Delta(shape=loaded.inp.shape, vth=0, spike_exp=6, state_exp=6)
        delay = len(loaded)  # a step for each connection
        shown = np.concatenate([encoded, np.repeat(encoded[-1:], delay, axis=0)]).T
        source = Source(data=shown.reshape(*loaded.inp.shape, -1))
        sink = Sink(shape=loaded.out.shape, buffer=shown.shape[1])
        source.s_out.connect(changes.a_in)
        changes.s_out.connect(loaded.inp)
        loaded.out.connect(sink.a_in)
        try:
            steps = RunSteps(num_steps=shown.shape[1])
            loaded.run(steps, Loihi2SimCfg(select_tag="fixed_pt"))
            return sink.data.get().T[delay:]
        finally:
            loaded.stop()

    return run
