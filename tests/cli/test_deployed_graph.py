"""What is deployed, against what the run itself predicts in Lava."""

import numpy as np
import pytest

import lava_ib
from lava_ib import InputError
from lava_ib.deployment.trained import load_trained
from lava_ib.experiment.checkpoint import Checkpoint
from lava_ib.experiment.data import load_data
from lava_ib.experiment.inference import classify
from lava_ib.hardware.running import classify_encoded


@pytest.mark.slow
def test_a_thousand_samples_in_a_row_are_predicted_as_by_the_run(finished_run):
    trained = load_trained(finished_run)
    config = trained.config
    whole = load_data(config.data.model_copy(update={"train_limit": None}), config.seed)
    x = whole.x_train[:1000]
    checkpoint = Checkpoint.load(finished_run / "checkpoint.h5")
    predictions = classify(
        config.settings,
        checkpoint.networks["learned"].state,
        checkpoint.preparation.scaled(x),
        offset=checkpoint.preparation.offset,
        backend=config.backend,
    )
    found = classify_encoded(trained.network, trained.network.encode(x), predictions, None)
    assert found["as_integers"] == found["samples"] == 1000
    assert found["test_accuracy"] >= 0.99, "share of the run's own predictions"
    assert np.unique(predictions).size > 5


def test_convolutions_are_refused(tmp_path):
    path = tmp_path / "images.toml"
    path.write_text(
        'backend = "fused"\n[data]\nsource = "digits"\n[network]\nlayers = [64, 16, 10]\n'
        "image = [8, 8, 1]\nconvolutions = [{channels = 4, kernel = 3}]\n"
    )
    with pytest.raises(InputError, match="convolution"):
        lava_ib.dry_run(path)
