"""The graph of stock Processes in Lava, against plain integer arithmetic."""

import re

import numpy as np
import pytest
from lava.magma.core.run_configs import Loihi2SimCfg

from lava_ib import InputError, SimulationError
from lava_ib.hardware.frozen_layers import FrozenConv, FrozenDense, FrozenPool
from lava_ib.hardware.frozen_network import FrozenNetwork
from lava_ib.hardware.host_link.models import NxFromChipModel, NxToChipModel
from lava_ib.hardware.host_link.process import FromChip, ToChip
from lava_ib.hardware.inference import InferenceGraph
from lava_ib.hardware.run_configs import ON_HOST, DeployedSimConfig, Loihi2Config
from lava_ib.hardware.sigma_delta import SigmaDeltaGraph

pytestmark = pytest.mark.slow


def test_a_thousand_samples_in_a_row_are_answered_bit_for_bit(small):
    """No drift, and nothing kept: one sample a step, each answered as if it were alone."""
    network, x = small
    encoded = np.tile(network.encode(x), (4, 1))
    shown = []
    graph = InferenceGraph(network, encoded)
    scores = graph.scores(DeployedSimConfig(), on_progress=shown.append)
    assert np.array_equal(scores, network.activities(encoded)[-1])
    assert (scores < 0).any() and (scores > 0).any()
    assert shown == sorted(shown) and shown[-1] == len(encoded) == 1200


def test_a_connection_without_negative_weights_keeps_its_scale(small):
    """Lava would take its sign mode for EXCITATORY by itself."""
    network, x = small
    positive = type(network)(
        tuple(type(layer)(np.abs(layer.weights), layer.shift) for layer in network.layers),
        network.input_scale,
        network.constants,
    )
    encoded = positive.encode(x[:5])
    scores = InferenceGraph(positive, encoded).scores(DeployedSimConfig())
    assert np.array_equal(scores, positive.activities(encoded)[-1])


def test_adapters_carry_the_values_in_and_out(small, embedded_io):
    """The models for the chip, with the stand-in in place of the extension, the rest on CPU.

    It proves that they call the public signatures and connect the right ports, and no more.
    """
    network, x = small
    encoded = network.encode(x[:6])
    adapters = {ToChip: NxToChipModel, FromChip: NxFromChipModel}
    run_config = Loihi2SimCfg(select_tag="fixed_pt", exception_proc_model_map=ON_HOST | adapters)
    scores = InferenceGraph(network, encoded).scores(run_config)
    assert np.array_equal(scores, network.activities(encoded)[-1])


def test_convolutions_are_answered_bit_for_bit(maps):
    """Each picture as if it were alone, the last ones too, behind which nothing comes any more."""
    network, encoded = maps
    shown = []
    graph = InferenceGraph(network, encoded)
    scores = graph.scores(DeployedSimConfig(), on_progress=shown.append)
    assert np.array_equal(scores, network.scores(encoded))
    assert (np.ptp(scores, axis=0) > 10_000).all()
    assert shown == [10, 20, 30, 40, 40], "Lava's Conv is slow: progress comes often"


@pytest.mark.parametrize("channels", [128, 131])
def test_many_channels_are_pooled_each_by_itself(channels):
    """Lava keeps the number of groups in eight bits with a sign."""
    rng = np.random.default_rng(channels)
    layers = (
        FrozenConv(rng.integers(-127, 128, (channels, 1, 1, 1)), (2, 2, 1), 1, 0),
        FrozenPool((2, 2, channels), 2, None, 1, 2),
        FrozenDense(rng.integers(-127, 128, (3, channels)), 0),
    )
    network = FrozenNetwork(layers, 1.0)
    encoded = rng.integers(-255, 256, (5, 4))
    scores = InferenceGraph(network, encoded).scores(DeployedSimConfig())
    assert np.array_equal(scores, network.scores(encoded)) and scores.any()


def test_convolutions_have_names_and_no_sigma_delta_neurons(maps):
    network, encoded = maps
    named = [part.name for part in InferenceGraph(network, encoded).processes]
    for name in ("conv1", "pool1", "bias1", "conv2", "pool2", "dense3", "layer3", "readout"):
        assert named.count(name) == 1
    with pytest.raises(InputError, match="--neurons sigma-delta: the network has convolutions"):
        SigmaDeltaGraph(network, encoded)


def test_a_process_that_fails_ends_the_run(small):
    network, x = small
    graph = InferenceGraph(network, network.encode(x[:5]))
    graph.source.data.init = np.zeros((3, 3))
    with pytest.raises(SimulationError):
        graph.scores(DeployedSimConfig())


def test_the_chip_config_refuses_what_has_no_model_for_the_chip(small, embedded_io):
    """Without the extension no stock Process has one: Lava itself would run them on the host."""
    network, x = small
    graph = InferenceGraph(network, network.encode(x[:2]))
    names = "dense1 (Dense), layer1 (GradedReluVec), dense2 (Dense), layer2 (GradedReluVec), "
    with pytest.raises(InputError, match=re.escape(f"no model for Loihi 2: {names}dense_readout")):
        Loihi2Config().check((part.name, part) for part in graph.processes)
    with pytest.raises(SimulationError, match="no model for Loihi 2: "):
        graph.scores(Loihi2Config())


def test_sigma_delta_neurons_drift_unless_they_start_afresh(small):
    network, x = small
    encoded = network.encode(x)
    reference = np.argmax(network.activities(encoded)[-1], axis=1)
    share = {}
    for restart in (16, None):
        scores = SigmaDeltaGraph(network, encoded, restart).scores(DeployedSimConfig())
        share[restart] = float(np.mean(np.argmax(scores, axis=1) == reference))
        assert np.array_equal(np.argmax(scores[:8], axis=1), reference[:8])
    assert share[16] >= 0.99 > share[None] + 0.02


def test_the_chip_config_refuses_fresh_starts(small):
    """Reading and writing Vars of the chip from the host has no public model."""
    network, x = small
    graph = SigmaDeltaGraph(network, network.encode(x[:2]))
    with pytest.raises(InputError, match=r"\(Reset\)") as refused:
        Loihi2Config().check((part.name, part) for part in graph.processes)
    assert "encoder" not in str(refused.value), "that one belongs on the host"
