"""netx files of convolutions, replayed by PyTorch and run by Lava."""

from itertools import pairwise

import h5py
import numpy as np
import pytest

import lava_ib
from lava_ib.exchange.network import DenseNetwork
from lava_ib.exchange.netx import read_netx, write_netx
from lava_ib.exchange.netx_integers import STATE_LIMIT, WEIGHT_LIMIT, in_integers


@pytest.fixture(
    scope="module", params=[((11,), 1), ((), 2), ((), 1)], ids=["dense above", "two", "one"]
)
def drawn(request, drawn_maps):
    """A network of at most two hidden layers, its scores with constant norms, and pictures."""
    dense, count = request.param
    network, scores, x = drawn_maps(dense, count=count)
    return network, scores[:150], x[:150]


@pytest.fixture(scope="module")
def whole(drawn):
    """That network in integers."""
    return in_integers(drawn[0], drawn[2])


def replayed(path, x):
    """Class scores by the file alone: netx has channels first and slides kernels as PyTorch does.

    A sigma-delta neuron shifts its sums right by 6 bits, and a bias left by 12.
    """
    torch = pytest.importorskip("torch", reason="replays netx files")
    with h5py.File(path, "r") as file:
        groups = [file[f"layer/{number}"] for number in range(len(file["layer"]))]
        whole = np.rint(x * file.attrs["input_levels"]) * file.attrs["input_factor"]
        a = torch.tensor(64 * whole)
        if len(groups[0]["shape"]) == 3:  # Lava has pictures as (x, y, channels)
            a = a.reshape(len(x), *groups[0]["shape"][()][::-1]).permute(0, 3, 2, 1)
        for group in groups[1:]:
            if group["type"][0] == b"flatten":
                a = a.flatten(1)
                continue
            weights = torch.tensor(group["weight"][()].astype(float))
            if group["type"][0] == b"conv":
                stride, padding = group["stride"][()].tolist(), group["padding"][()].tolist()
                a = torch.nn.functional.conv2d(a, weights, stride=stride, padding=padding)
            else:
                a = a @ weights.T
            if "bias" in group:
                a = a + 4096 * torch.tensor(group["bias"][()].T.astype(float))
            if "sigma_output" not in group["neuron"]:
                a = a.relu() / 64
                assert torch.equal(a, a.round()), "shifts cut nothing off"
        return a.numpy()


def test_the_file_holds_the_scores_of_constant_norms_in_integers(drawn, whole, tmp_path):
    network, scores, x = drawn
    file = tmp_path / "network.net"
    write_netx(network, x, {"rule": "some"}, file)
    found = replayed(file, x)
    assert np.array_equal(found, whole.scores(x))
    aligned = found * (np.vdot(found, scores) / np.vdot(found, found))
    assert np.linalg.norm(aligned - scores) < 0.2 * np.linalg.norm(scores)
    assert np.mean(found.argmax(axis=1) == scores.argmax(axis=1)) > 0.85


@pytest.mark.parametrize("sizes", [(12, 9, 4), (12, 9, 7, 4)], ids=["one hidden", "two"])
def test_a_bias_of_dense_layers_weighs_as_much_as_it_should(sizes, tmp_path):
    """netx shifts it by 12 bits, whatever the sums behind it carry."""
    rng = np.random.default_rng(2)
    weights = tuple(rng.normal(size=(post, pre)) for pre, post in pairwise(sizes))
    x = rng.uniform(0, 1, (300, 12))
    network = DenseNetwork(weights, -weights[0] @ x.mean(axis=0))
    file = tmp_path / "network.net"
    write_netx(network, x, {}, file)
    assert np.array_equal(replayed(file, x), in_integers(network, x).scores(x))
    assert np.mean(replayed(file, x).argmax(axis=1) == network.predict(x)) > 0.9
    assert np.mean(read_netx(file).predict(x) == network.predict(x)) > 0.9


def test_no_sum_leaves_its_width(drawn, whole):
    carried = 64 ** (len(whole.layers) - 1)
    for layer, sent in zip(whole.layers, whole.activities(drawn[2]), strict=True):
        assert 1 <= np.abs(layer.weights).max() <= WEIGHT_LIMIT
        assert np.array_equal(layer.weights, np.rint(layer.weights))
        assert np.abs(sent).max() * carried < STATE_LIMIT
        carried //= 64


def test_more_layers_than_the_bits_hold_are_refused(drawn_maps):
    for dense, reason in (((11, 8, 7), "24 bits hold"), ((11,), "of the predictions on training")):
        network, _, x = drawn_maps(dense)
        hidden = 2 + len(dense)
        with pytest.raises(lava_ib.InputError, match=f"{hidden} hidden layers: .*{reason}"):
            in_integers(network, x[:150])


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_lava_dl_loads_the_file_and_answers_in_the_same_integers(drawn, whole, run_netx, tmp_path):
    network, _, x = drawn
    file = tmp_path / "network.net"
    write_netx(network, x, {}, file)
    assert np.array_equal(run_netx(file, whole.encode(x)), whole.scores(x))
