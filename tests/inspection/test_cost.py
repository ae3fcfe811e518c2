"""Costs by hand: our Processes by what their models do, any other by its Vars."""

import numpy as np
import pytest
from lava.proc.conv.process import Conv
from lava.proc.sparse.process import Sparse
from scipy.sparse import csr_matrix

import lava_ib
from lava_ib.hardware.limits import convolution_words, dense_words, list_words
from lava_ib.processes import Network
from lava_ib.rule.memory import Features, Prototype, Reservoir, Slots, Window
from lava_ib.rule.settings import NetworkSettings, Settings


def costs(process, run_cfg="float"):
    return {node.label: node.cost for node in lava_ib.inspect(process, run_cfg).processes}


def our_network(make_settings, **options):
    return Network(make_settings(**options), np.zeros((1, 6)), np.array([-1]))


def test_a_plastic_connection_counts_drive_trace_and_update(make_settings):
    cost = costs(our_network(make_settings, steps=4))["dense1"]
    assert cost.synapses == 30
    assert cost.multiply_adds == 30 * (1 + 2 + 1 / 4)
    assert cost.state_bytes == 8 * (2 * 30 + 1)
    assert (cost.messages, cost.bytes) == (5, 40)


def test_traces_that_move_once_an_epoch_cost_less(make_settings):
    cost = costs(our_network(make_settings, steps=4, timing="chip"))["dense1"]
    assert cost.multiply_adds == 30 * (1 + 2 / 4 + 1 / 4)


def test_neurons_send_to_each_target(make_settings):
    cost = costs(our_network(make_settings))["layer1"]
    assert cost.neurons == 5
    assert cost.messages == 6 * 5  # to memory, next layer, and four ports of its connection
    assert cost.bytes == 8 * 5 * 5 + 5  # one of them sends bits


@pytest.mark.parametrize("rows", [2, 9])
def test_a_window_costs_by_its_samples(make_settings, rows):
    network = our_network(make_settings, memory=Window(samples=rows))
    cost = costs(network)["memory1"]
    assert cost.synapses == rows * 5
    assert cost.multiply_adds == 3 * rows * 5


@pytest.mark.parametrize("units", [0, 7])
def test_prototypes_cost_by_their_rows_and_rectifiers(make_settings, units):
    """Five neurons, three classes in the first layer."""
    network = our_network(make_settings, memory=Prototype(units=units), layers=(6, 5, 3))
    cost = costs(network)["memory1"]
    assert cost.neurons == 3 + units
    assert cost.synapses == 3 * (5 + units) + 2 * units * 5
    assert cost.multiply_adds == 3 * 3 * (5 + units) + 2 * units * 5


@pytest.mark.parametrize("steps", [1, 4])
def test_slots_cost_what_their_latches_and_products_do(make_settings, steps):
    """Eight slots; five neurons, three classes in the first layer."""
    network = our_network(make_settings, memory=Slots(samples=8), steps=steps, layers=(6, 5, 3))
    cost = costs(network)
    assert (cost["latches"].neurons, cost["latches"].multiply_adds) == (8 * (5 + 3), 0)
    assert cost["latches"].state_bytes == 8 * (8 * (5 + 3) + 3)
    assert cost["latches"].messages == 2 * 8 * 5 + 8 * 3  # outputs to kernels and feedback
    assert cost["kernels"].neurons == 8
    assert cost["kernels"].multiply_adds == 8 * (5 + 3 + 4) / steps
    assert (cost["feedback"].neurons, cost["feedback"].multiply_adds) == (5, 8 * 5)


def test_slots_at_the_input_cost_what_their_latches_do():
    """Two slots for each of three classes; six inputs and a label of three."""
    for replay in (0, 2):
        settings = Settings(network=NetworkSettings(layers=(6, 5, 3), replay=replay))
        network = Network(settings, np.zeros((1, 6)), np.array([-1]))
        assert costs(network)["source"].neurons == replay * 3 * (6 + 3)


@pytest.mark.parametrize("feature", ["soft", "relu4", "exp"])
@pytest.mark.parametrize(
    ("rest", "moved"), [({}, 2), ({"balanced": True}, 1 + 3), ({"learning": False}, 0)]
)
def test_features_cost_what_their_neurons_and_synapses_do(make_settings, feature, rest, moved):
    memory = Features(units=7, feature=feature, **rest)
    cost = costs(our_network(make_settings, memory=memory, steps=4, layers=(6, 5, 3)))
    assert (cost["centring"].neurons, cost["centring"].multiply_adds) == (5, 5 * (1 + 1 / 4))
    for part in ("expansion", "feedback"):
        assert cost[part].synapses == cost[part].multiply_adds == 7 * 5
    assert cost["units"].neurons == 7
    assert cost["units"].multiply_adds == 7 * (4 if feature == "exp" else 6)
    assert cost["integrators"].neurons == (3 + 1) * 7
    assert cost["integrators"].multiply_adds == 7 * (6 + moved) / 4


@pytest.mark.parametrize("rate", [0.0, 0.1])
def test_a_reservoir_costs_what_its_units_and_synapses_do(make_settings, rate):
    memory = Reservoir(units=7, rate=rate, samples=4)
    cost = costs(our_network(make_settings, memory=memory, steps=4, layers=(6, 5, 3)))
    assert (cost["units"].neurons, cost["units"].multiply_adds) == (7, 21)
    for part, pre in (("recurrent", 7), ("inputs", 5), ("label_inputs", 3)):
        assert cost[part].synapses == cost[part].multiply_adds == 7 * pre
    estimator = cost["estimator"]
    assert (estimator.neurons, estimator.synapses) == (5, 35)
    assert estimator.multiply_adds == 35 * (2 if rate else 1) / 4
    assert ("teacher" in cost) == (rate > 0.0)


@pytest.mark.parametrize("steps", [1, 4])
@pytest.mark.parametrize("rate", [0.0, 0.1])
def test_a_reservoir_in_one_model_does_what_its_parts_do(make_settings, rate, steps):
    """Its units advance at every time step in both."""
    memory = Reservoir(units=7, rate=rate, samples=4)
    network = {"memory": memory, "steps": steps, "layers": (6, 5, 3)}
    composed, fused = (
        lava_ib.inspect(our_network(make_settings, **network), backend).layers["layer 1"]
        for backend in ("float", "fused")
    )
    assert fused.multiply_adds == pytest.approx(composed.multiply_adds)
    assert (fused.neurons, fused.synapses) == (composed.neurons, composed.synapses)


@pytest.mark.parametrize("memory", [Slots(samples=8), Features(units=7)], ids=["slots", "features"])
def test_a_memory_in_one_model_does_once_a_presentation_what_its_parts_do(make_settings, memory):
    options = {"memory": memory, "layers": (6, 5, 3)}
    composed = lava_ib.inspect(our_network(make_settings, **options)).layers["layer 1"]
    fused = {
        steps: lava_ib.inspect(our_network(make_settings, steps=steps, **options), "fused")
        for steps in (1, 4)
    }
    layer = fused[1].layers["layer 1"]
    assert layer.multiply_adds == composed.multiply_adds
    assert (layer.neurons, layer.synapses) == (composed.neurons, composed.synapses)
    connection, neurons = 30, 4 * 5
    once = layer.multiply_adds - neurons - connection * (1 + 2 + 1)
    rest = neurons + connection * (1 + 2 + 1 / 4)
    assert fused[4].layers["layer 1"].multiply_adds == rest + once / 4


def test_a_hierarchy_costs_the_sum_of_its_parts(make_settings):
    graph = lava_ib.inspect(our_network(make_settings))
    assert graph.processes[0].cost == graph.total
    layers = graph.layers
    assert list(layers) == ["source", "layer 1", "layer 2", "readout"]
    assert sum(cost.multiply_adds for cost in layers.values()) == graph.total.multiply_adds


def test_dense_and_neurons_of_lava(networks):
    cost = costs(networks["lif"](), "fixed_pt")
    assert cost["Dense"].synapses == cost["Dense"].multiply_adds == 6
    assert cost["LIF"].neurons == 3
    words = dense_words(2, 3, 2)  # weights of one take two bits
    assert cost["Dense"].core_shares["synapses"] == words / 16_000
    assert cost["LIF"].core_shares["neurons"] == 3 / 4_095


def test_floating_point_has_no_share_of_a_core(networks):
    assert all(cost.core_shares == {} for cost in costs(networks["lif"]()).values())


def test_learning_synapses_take_more_of_a_core(networks):
    cost = costs(networks["r-stdp"](), "fixed_pt")["LearningDense"]
    assert cost.core_shares["synapses"] == dense_words(1, 1, 8, plastic=True) / 16_000


def test_sparse_synapses_are_those_that_are_there():
    weights = csr_matrix(np.array([[0, 3, 0], [0, -4, 5]]))
    cost = costs(Sparse(weights=weights), "fixed_pt")["Sparse"]
    assert cost.synapses == 3
    assert cost.core_shares["synapses"] == (list_words(2, 4) + list_words(1, 4)) / 16_000
    assert cost.core_shares["input axons"] == 2 / 16_000


def test_convolution_multiplies_at_every_place():
    kernel = np.arange(-9, 9).reshape(2, 3, 3, 1)
    cost = costs(Conv(weight=kernel, input_shape=(8, 8, 1)), "fixed_pt")["Conv"]
    assert cost.synapses == 18
    assert cost.multiply_adds == 18 * 6 * 6
    assert cost.core_shares["synapses"] == convolution_words((3, 3), 1, 2, 5) / 16_000
