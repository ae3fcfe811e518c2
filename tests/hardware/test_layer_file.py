"""Layers from JSON: defaults, agreement, and one line for whatever is wrong."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lava_ib.errors import InputError
from lava_ib.hardware.layer_file import layers_from, read_layers
from lava_ib.hardware.layers import Layer

DENSE = {"name": "d", "kind": "dense", "inputs": 4, "neurons": 3}
CONV = {
    "name": "c",
    "kind": "conv",
    "input_shape": [24, 7, 48],
    "shape": [22, 4, 64],
    "kernel": [3, 3],
    "stride": [1, 2],
    "padding": [0, 1],
}
SPARSE = {**DENSE, "name": "s", "kind": "sparse"}
NEURONS = {"name": "n", "kind": "neurons", "neurons": 5}


def read(**entry) -> Layer:
    (layer,) = layers_from({"layers": [entry]})
    return layer


def test_what_is_left_out_has_a_default():
    assert read(**DENSE) == Layer("d", "dense", neurons=3, inputs=4)
    layer = read(**DENSE)
    assert (layer.weight_bits, layer.plastic, layer.state_words) == (8, False, 1)
    assert read(**{**DENSE, "kind": "sparse", "name": "s"}).density == 1.0
    assert read(**CONV, plastic=None).neurons == 22 * 4 * 64


def test_sizes_may_come_from_shapes():
    shaped = {"name": "d", "kind": "dense", "input_shape": [2, 2, 1], "shape": [3, 1, 1]}
    assert read(**shaped) == read(**DENSE)
    assert read(name="n", kind="neurons", shape=[2, 3, 4]).neurons == 24


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({**DENSE, "kind": "dens"}, ["layer 'd'", "kind", "dense, sparse, conv, neurons"]),
        ({**DENSE, "weights_bits": 8}, ["layer 'd'", "weights_bits", "weight_bits"]),
        ({**DENSE, "inputs": None}, ["layer 'd'", "no key inputs"]),
        ({**DENSE, "inputs": 0}, ["layer 'd'", "inputs = 0", "from 1"]),
        ({**DENSE, "inputs": 4.0}, ["layer 'd'", "inputs = 4.0", "whole number"]),
        ({**DENSE, "neurons": True}, ["layer 'd'", "neurons = true"]),
        ({**DENSE, "neurons": 10**9}, ["layer 'd'", "neurons = 1000000000"]),
        ({**DENSE, "shape": [1000000] * 3}, ["layer 'd'", "neurons = 3"]),
        ({**DENSE, "weight_bits": 9}, ["layer 'd'", "weight_bits = 9", "from 1 to 8"]),
        ({**DENSE, "plastic": 1}, ["layer 'd'", "plastic = 1", "true or false"]),
        ({**DENSE, "kernel": [3, 3]}, ["layer 'd'", "kernel", "dense"]),
        ({**DENSE, "density": 0.5}, ["layer 'd'", "density", "dense"]),
        ({**DENSE, "activity": float("nan")}, ["layer 'd'", "activity"]),
        ({**DENSE, "activity": 1.5}, ["layer 'd'", "activity = 1.5", "at most 1"]),
        ({**SPARSE, "pattern": "block"}, ["layer 's'", "pattern", "multiple"]),
        ({**SPARSE, "density": 0.0}, ["layer 's'", "density = 0.0"]),
        (
            {**SPARSE, "inputs": 3, "pattern": "block", "density": 0.5},
            ["layer 's'", "density", "block"],
        ),
        ({**DENSE, "shape": [2, 2, 2]}, ["layer 'd'", "neurons = 3", "shape has 8"]),
        ({**CONV, "shape": [22, 5, 64]}, ["layer 'c'", "shape = [22, 5, 64]", "22 x 4"]),
        ({**CONV, "kernel": [25, 3]}, ["layer 'c'", "kernel = [25, 3]", "24 in x"]),
        ({**CONV, "kernel": [3]}, ["layer 'c'", "kernel = [3]", "2 whole numbers"]),
        ({**CONV, "kernel": None}, ["layer 'c'", "no key kernel"]),
        ({**CONV, "plastic": True}, ["layer 'c'", "plastic = true"]),
        ({**CONV, "neurons": 7}, ["layer 'c'", "neurons = 7"]),
        ({**NEURONS, "inputs": 7}, ["layer 'n'", "inputs", "neurons"]),
        ({**NEURONS, "plastic": True}, ["layer 'n'", "plastic = true"]),
        ({**NEURONS, "name": 7}, ["layers[0]", "name = 7"]),
        ({**NEURONS, "name": ""}, ["layers[0]", "name"]),
        ({"kind": "neurons", "neurons": 1}, ["layers[0]", "no key name"]),
        ({"name": "n", "neurons": 1}, ["layer 'n'", "no key kind"]),
        ("dense", ["layers[0] = 'dense'", "expected an object"]),
    ],
)
def test_a_bad_layer_is_named_with_its_key(entry, words):
    with pytest.raises(InputError) as raised:
        layers_from({"layers": [entry]})
    for word in words:
        assert word in str(raised.value)


@pytest.mark.parametrize(
    "content",
    [[], {}, {"layers": []}, {"layers": {}}, 3, None],
    ids=lambda value: json.dumps(value),
)
def test_a_network_is_a_list_of_layers(content):
    with pytest.raises(InputError, match="at least one layer"):
        layers_from(content)


def test_names_are_unique_and_other_keys_refused():
    with pytest.raises(InputError, match=r"layers\[1\].name = 'd'"):
        layers_from({"layers": [DENSE, DENSE]})
    with pytest.raises(InputError, match="unknown key layer"):
        layers_from({"layers": [DENSE], "layer": 1})


def test_a_file_is_named(tmp_path):
    path = tmp_path / "network.json"
    path.write_text(json.dumps({"layers": [DENSE]}))
    assert read_layers(path) == [read(**DENSE)]
    for text in ("{", '{"layers": []}', "\xff", "[" * 100_000, "1" * 5_000):
        path.write_text(text, encoding="latin-1")
        with pytest.raises(InputError, match=r"network\.json: "):
            read_layers(path)
    with pytest.raises(InputError, match="no such file"):
        read_layers(tmp_path / "other.json")
    with pytest.raises(InputError, match="cannot be read"):
        read_layers(tmp_path)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=5,
)


@given(st.sampled_from([DENSE, SPARSE, CONV, NEURONS]), st.data(), json_values)
def test_any_value_of_a_key_is_taken_or_refused_in_one_line(entry, data, value):
    key = data.draw(st.sampled_from([*DENSE, *CONV, "weight_bits", "pattern", "neuron_ns"]))
    try:
        layers_from({"layers": [{**entry, key: value}]})
    except InputError as error:
        assert "\n" not in str(error)
