"""Networks as lava-dl writes them to HDF5."""

import h5py
import numpy as np
import pytest

from lava_ib import InputError
from lava_ib.deployment.netx_layers import read_netx
from lava_ib.hardware.placement import place


def write(path, layers):
    with h5py.File(path, "w") as file:
        for number, values in enumerate(layers):
            group = file.create_group(f"layer/{number}")
            for key, value in values.items():
                if isinstance(value, str):
                    value = np.array([value.encode()], dtype="S10")
                group[key] = value
    return path


def conv(channels, inputs, shape, stride, padding=(0, 0), kernel=3):
    weights = np.random.default_rng(0).integers(-8, 8, (channels, inputs, kernel, kernel)) * 2
    weights.flat[:2] = -16, 14
    return {
        "type": "conv",
        "shape": np.array([channels, *shape[::-1]]),
        "weight": weights.astype(np.float32),
        "stride": np.array(stride[::-1]),
        "padding": np.array(padding[::-1]),
        "dilation": np.array([1, 1]),
        "groups": 1,
        "neuron/type": "SDNN",
    }


def dense(neurons, inputs, low=-128, high=127):
    weights = np.random.default_rng(1).integers(low, high, (neurons, inputs))
    weights.flat[:2] = low, high
    return {
        "type": "dense",
        "shape": np.array([neurons]),
        "weight": weights.astype(np.float32),
        "neuron/type": "CUBA",
    }


def test_layers_have_the_sizes_and_bits_of_the_file(tmp_path):
    path = write(
        tmp_path / "network.net",
        [
            {"type": "input", "shape": np.array([3, 66, 200]), "neuron/type": "SDNN"},
            conv(24, 3, (99, 32), (2, 2)),
            conv(8, 24, (99, 16), (1, 2), (1, 1)),
            {"type": "flatten", "shape": np.array([99 * 16 * 8, 1, 1])},
            dense(10, 99 * 16 * 8, -9, 7),
        ],
    )
    layers, notes = read_netx(path)
    first, one, two, last = layers
    assert first.kind == "neurons" and first.shape == (200, 66, 3)
    assert one.shape == (99, 32, 24) and one.input_shape == (200, 66, 3)
    assert one.weight_bits == 4, "the last bit of all is zero"
    assert two.stride == (1, 2) and two.padding == (1, 1)
    assert (last.inputs, last.neurons, last.weight_bits) == (99 * 16 * 8, 10, 5)
    assert any("skip_layers=1" in note for note in notes)


def test_the_first_network_of_lava_dl_takes_its_real_cores(tmp_path):
    """MNIST 784-128-64-10 took 3 cores, 1 and 1 in the stored log of lava-dl's notebook."""
    path = write(tmp_path / "mnist.net", [dense(128, 784), dense(64, 128), dense(10, 64)])
    layers, notes = read_netx(path)
    assert [entry.split.cores for entry in place(layers).placed] == [1, 1, 3]
    assert notes == ()


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([{"type": "concat", "shape": np.array([3])}], "layer 0 is of type 'concat'"),
        ([{"type": "dense", "shape": np.array([3])}], "not a netx HDF5 file"),
        ([conv(4, 3, (9, 9), (1, 1))], "behind a layer without width"),
        ([dense(10, 4) | {"weight": np.zeros((7, 3))}], "not a netx HDF5 file"),
        (
            [
                {"type": "input", "shape": np.array([3, 11, 11])},
                conv(4, 3, (9, 9), (1, 1)) | {"groups": 2},
            ],
            "groups or dilation",
        ),
        ([], "not a netx HDF5 file"),
    ],
)
def test_what_is_no_network_is_refused_in_one_line(tmp_path, layers, message):
    path = write(tmp_path / "bad.net", layers)
    with pytest.raises(InputError, match=message) as refused:
        read_netx(path)
    assert str(path) in str(refused.value)


def test_other_files_are_refused(tmp_path):
    path = tmp_path / "text.net"
    path.write_text("no HDF5")
    with pytest.raises(InputError, match="not a netx HDF5 file"):
        read_netx(path)
    with pytest.raises(InputError, match="no such file"):
        read_netx(tmp_path / "missing.net")
