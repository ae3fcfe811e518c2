"""The plain network is the trained one, without normalisation and with raw inputs."""

import numpy as np
import pytest

import lava_ib
from lava_ib.exchange.network import chained


def test_it_predicts_as_lava_does(network, data, predicted):
    assert predicted.dtype == np.int64
    np.testing.assert_array_equal(network.predict(data.x_test), predicted)


def test_predictions_are_those_of_the_accuracy(run, data, predicted):
    accuracy = lava_ib.evaluate(run)["test_accuracy"]
    assert accuracy == np.mean(predicted == data.y_test)


def test_predictions_go_to_npy_files_in_folders_that_exist(run, tmp_path):
    for name in ("predicted.txt", "missing/predicted.npy"):
        with pytest.raises(lava_ib.InputError, match=r"expected a \.npy file in a folder"):
            lava_ib.evaluate(run, predictions=tmp_path / name)


@pytest.mark.parametrize(
    ("shapes", "biased", "message"),
    [
        ([], 0, "holds no dense layer"),
        ([(4, 3), (2, 5)], 0, r"weights of shape \(2, 5\) behind a layer of 4 neurons"),
        ([(4, 3), (2, 4)], 1, "layer 2 has biases"),
    ],
)
def test_layers_that_do_not_go_together_are_refused(tmp_path, shapes, biased, message):
    weights = [np.ones(shape) for shape in shapes]
    biases = [np.full(len(matrix), number == biased) for number, matrix in enumerate(weights)]
    with pytest.raises(lava_ib.InputError, match=message):
        chained(tmp_path / "file", weights, biases)
