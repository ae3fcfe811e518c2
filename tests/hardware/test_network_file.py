"""Networks that come back from a file as they were, and files that are refused."""

import h5py
import numpy as np
import pytest

from lava_ib import InputError
from lava_ib.hardware.network_file import NetworkFile


@pytest.fixture
def stored(maps, tmp_path):
    network, encoded = maps
    path = tmp_path / "network.h5"
    NetworkFile(network, encoded, np.arange(len(encoded)) % 3).save(path)
    return path


def test_convolutions_come_back_as_they_were(maps, stored):
    network, encoded = maps
    found = NetworkFile.load(stored)
    assert [type(layer) for layer in found.network.layers] == [type(a) for a in network.layers]
    assert np.array_equal(found.x, encoded)
    assert np.array_equal(found.network.scores(found.x), network.scores(encoded))
    assert found.network.places == network.places


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("layers/1/stride", 0, "layer 1: stride is 0: expected 1 or more"),
        ("layers/1/stride", [1, 1], "not a whole file of a frozen network"),
        ("layers/1/input_shape", [7, 6], r"layer 1: input_shape is \(7, 6\): expected"),
        ("layers/2/size", 3, "layer 2: bias of shape"),
        ("layers/2/multiplier", 1.5, "layers/2/multiplier has type float64; expected whole"),
        ("layers/3/padding", 1, "layer 4 has 20 inputs, the one before it 80 neurons"),
        ("layers/5/weights", np.full((8, 20), 128), "layer 5: weights: expected a matrix"),
    ],
)
def test_what_does_not_fit_together_is_refused(stored, name, value, problem):
    with h5py.File(stored, "r+") as file:
        del file[name]
        file[name] = value
    with pytest.raises(InputError, match=problem):
        NetworkFile.load(stored)


def test_an_unknown_kind_of_layer_is_refused(stored):
    with h5py.File(stored, "r+") as file:
        file["layers/2"].attrs["kind"] = "norm"
    with pytest.raises(InputError, match="layers/2 is of kind 'norm'; expected dense, conv, pool"):
        NetworkFile.load(stored)
