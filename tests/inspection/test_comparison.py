"""Two backends side by side."""

import lava_ib
from lava_ib.inspection.comparison import compare


def test_a_graph_does_not_differ_from_itself(network):
    graph = lava_ib.inspect(network)
    assert compare(graph, graph).differences == ()


def test_fused_is_one_process_where_float_has_parts(network):
    found = compare(lava_ib.inspect(network), lava_ib.inspect(network, "fused")).differences
    by_what = {(entry.process, entry.what): (entry.first, entry.second) for entry in found}
    assert by_what["network", "model"] == ("SubNetworkModel", "PyFusedNetworkModel")
    assert by_what["network", "expanded"] == ("into its parts", "one Process")
    assert by_what["network/dense1", "on one only"] == ("PyPlasticDenseModelFloat", "not there")


def test_bit_widths_that_change_are_named(networks):
    process = networks["lif"]()
    found = compare(lava_ib.inspect(process), lava_ib.inspect(process, "fixed_pt")).differences
    by_what = {(entry.process, entry.what): (entry.first, entry.second) for entry in found}
    assert by_what["Dense", "model"] == ("PyDenseModelFloat", "PyDenseModelBitAcc")
    assert by_what["LIF", "s_out"] == ("float64, 64 bit", "int32, 24 bit")


def test_side_by_side_has_a_frame_for_each(network):
    first, second = lava_ib.inspect(network), lava_ib.inspect(network, "fused")
    merged = compare(first, second).side_by_side()
    assert [node.name for node in merged.children(None)] == ["float", "fused"]
    assert len(merged.leaves) == len(first.leaves) + len(second.leaves)
    assert len(merged.connections) == len(first.connections)
    marks = {node.name: node.difference for node in merged.processes}
    assert marks["float/network"] == marks["fused/network"] == "model"
    assert marks["float/network/dense1"] == "on one only"
