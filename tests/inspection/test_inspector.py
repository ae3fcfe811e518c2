"""A graph has what Lava's compiler finds, says what is wrong, and leaves the Process alone."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lava.magma.core.run_conditions import RunSteps
from lava.magma.core.run_configs import Loihi2SimCfg
from lava.proc.dense.process import Dense
from lava.proc.lif.process import LIF

import lava_ib
from lava_ib.errors import InputError
from lava_ib.inspection.graph import Graph
from lava_ib.inspection.isolation import InspectionError
from lava_ib.inspection.run_configs import RUN_CONFIGS

TAGS = ("floating_pt", "fixed_pt")
NETWORKS = ("lif", "r-stdp", "hierarchy")


def run_config(tag):
    return Loihi2SimCfg(select_tag=tag, select_sub_proc_model=True)


def port_count(builder) -> int:
    return len(builder.py_ports) + len(builder.ref_ports) + len(builder.var_ports)


def assert_same_as_compiled(graph: Graph, executable) -> None:
    """Lava makes one channel for a message, and two for a Var that is read or written."""
    assert len(graph.leaves) == len(executable.proc_builders)
    expected = sorted(map(port_count, executable.proc_builders.values()))
    assert sorted(len(leaf.ports) for leaf in graph.leaves) == expected
    models = sorted(process.model_class.__name__ for process in executable.proc_builders)
    assert sorted(leaf.model for leaf in graph.leaves) == models
    channels = sorted(
        (channel.src_port_initializer.name, channel.dst_port_initializer.name)
        for channel in executable.channel_builders
    )
    found = [(link.source_port, link.target_port) for link in graph.connections]
    found += [
        (link.target_port, link.source_port)
        for link in graph.connections
        if link.kind == "variable"
    ]
    assert sorted(found) == channels


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("name", NETWORKS)
def test_graph_has_what_the_compiler_finds(networks, name, tag):
    process = networks[name]()
    graph = lava_ib.inspect(process, run_config(tag))
    assert_same_as_compiled(graph, process.compile(run_config(tag)))


def test_our_network_has_what_the_compiler_finds(network):
    graph = lava_ib.inspect(network, "float")
    assert_same_as_compiled(graph, network.compile(RUN_CONFIGS["float"]()))


@pytest.mark.slow
def test_network_loaded_from_lava_dl_has_what_the_compiler_finds():
    try:
        from lava.lib.dl import netx
    except Exception as error:
        pytest.skip(f"needs lava-dl with the torch and torchvision that fit it: {error}")
    from pathlib import Path

    import lava

    wheel = Path(next(iter(lava.__path__))).parent
    file = wheel / "tests/lava/lib/dl/netx/tiny.net"  # it comes with lava-dl
    process = netx.hdf5.Network(net_config=str(file))
    graph = lava_ib.inspect(process, "fixed_pt")
    assert graph.children(None)[0].process_class == "Network"
    assert "Network/in_layer/neuron" in [node.name for node in graph.processes]
    assert_same_as_compiled(graph, process.compile(run_config("fixed_pt")))


@settings(max_examples=15, deadline=None)
@given(sizes=st.lists(st.integers(1, 4), min_size=2, max_size=5), data=st.data())
def test_random_layers_have_what_the_compiler_finds(sizes, data):
    layers = [LIF(shape=(size,)) for size in sizes]
    pairs = st.tuples(st.sampled_from(layers), st.sampled_from(layers))
    chain = list(pairwise(layers))
    for source, target in chain + data.draw(st.lists(pairs, max_size=3)):
        dense = Dense(weights=np.ones((target.a_in.size, source.s_out.size)))
        source.s_out.connect(dense.s_in)
        dense.a_out.connect(target.a_in)
    graph = lava_ib.inspect(layers[0], "fixed_pt")
    assert_same_as_compiled(graph, layers[0].compile(run_config("fixed_pt")))


def test_process_runs_after_it_was_looked_at(networks):
    process = networks["hierarchy"]()
    before = lava_ib.inspect(process)
    process.run(RunSteps(num_steps=2), run_config("floating_pt"))
    try:
        running = lava_ib.inspect(process, "float")
    finally:
        process.stop()
    assert [node.name for node in running.processes] == [node.name for node in before.processes]
    assert running.connections == before.connections


def test_same_process_can_be_looked_at_under_every_backend(network):
    graphs = [lava_ib.inspect(network, name) for name in ("float", "fused", "float")]
    assert graphs[0].to_dict() == graphs[2].to_dict()
    assert len(graphs[1].leaves) == 1
    assert graphs[1].total.synapses == graphs[0].total.synapses
    assert graphs[1].layers.keys() == graphs[0].layers.keys()
    assert graphs[1].total.state_bytes == graphs[0].total.state_bytes


def test_a_config_is_looked_at_as_the_named_backend_runs_it():
    graph = lava_ib.inspect(lava_ib.make_config({}), "loihi2-sim")
    assert [node.process_class for node in graph.processes].count("LearningDense") == 5
    problems = [problem for node in graph.processes for problem in node.problems]
    assert [problem for problem in problems if problem.level == "error"] == []


def test_learning_rules_are_strings(networks, network):
    stdp = lava_ib.inspect(networks["r-stdp"]())
    by_class = {node.process_class: node for node in stdp.processes}
    assert by_class["LearningDense"].learning_rules["dw"] == "u0 * t * y2"
    plastic = {node.label: node for node in lava_ib.inspect(network).processes}["dense1"]
    assert plastic.learning_rules == {"dt": "(x1*y1 - t)/2", "dw": "0.05*(y2 - y3)*t - 3e-05*w"}


def test_virtual_ports_and_boundaries_are_on_the_way(networks):
    graph = lava_ib.inspect(networks["hierarchy"]())
    way = {(link.source, link.target): link.via for link in graph.connections}
    assert way["group0/lif", "group1/dense"] == ("group0.s_out", "group1.s_in")
    assert way["group1/lif", "group2/dense"] == (
        "group1.s_out",
        "reshape (2, 2)",
        "transpose (2, 2)",
        "reshape (4,)",
        "group2.s_in",
    )


def test_alias_names_what_it_stands_for(networks):
    nodes = {node.name: node for node in lava_ib.inspect(networks["hierarchy"]()).processes}
    assert nodes["group0"].vars[0].alias == "group0/lif.v"
    assert nodes["group0"].vars[0].bytes == 0
    assert nodes["group0/lif"].parent == "group0"


def test_bit_widths_are_those_that_the_model_declares(networks):
    graph = lava_ib.inspect(networks["lif"](), "fixed_pt")
    assert [(link.source_port, link.bits) for link in graph.connections[:2]] == [
        ("s_out", 24),
        ("a_out", 16),
    ]


def messages(graph, level):
    return {
        (node.label, problem.message)
        for node in graph.processes
        for problem in node.problems
        if problem.level == level
    }


def test_problems_are_marked_on_their_nodes(broken):
    graph = lava_ib.inspect(broken, "float")
    errors = dict(messages(graph, "error"))
    assert "no ProcessModel for this run config" in errors["nothing"]
    assert errors["broken"] == "SubBrokenModel cannot be built: no such file: weights.npz"
    assert errors["one"] == "Lava 0.10 can connect a concatenation, but not run it"
    assert ("one", "s_out reaches two.a_in 2 times") in messages(graph, "warning")
    assert ("two", "a_in is reached 2 times by one.s_out") in messages(graph, "warning")
    assert {("one", "in a cycle of 2"), ("two", "in a cycle of 2")} < messages(graph, "note")


def test_unconnected_process_is_marked(island):
    graph = lava_ib.inspect(island, "float")
    assert messages(graph, "warning") == {("alone", "not connected to anything")}
    assert not any(port.connected for port in graph.processes[-1].ports)


def test_names_are_unique_and_parents_come_first(networks):
    for build in networks.values():
        graph = lava_ib.inspect(build())
        names = [node.name for node in graph.processes]
        assert len(set(names)) == len(names)
        for number, node in enumerate(graph.processes):
            assert node.parent is None or node.parent in names[:number]


def test_unknown_backend_is_refused(network):
    with pytest.raises(InputError, match="backend 'loihi3': expected one of float, fused"):
        lava_ib.inspect(network, "loihi3")


def test_crash_while_looking_is_an_error_of_its_own():
    class Config(Loihi2SimCfg):
        custom_sync_domains = property(lambda self: 1 / 0, lambda self, value: None)

    with pytest.raises(InspectionError, match="ZeroDivisionError"):
        lava_ib.inspect(LIF(shape=(1,)), Config())


def test_many_processes_are_looked_at_within_seconds(many):
    graph = lava_ib.inspect(many(500))
    assert len(graph.leaves) == 500
    assert len(graph.connections) == 499 + 493
