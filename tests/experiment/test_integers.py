"""Training in integers, and evaluation of what was learned in floating point."""

import numpy as np
import pytest

import lava_ib
from lava_ib.experiment.checkpoint import Checkpoint
from lava_ib.experiment.evaluation import evaluate_run
from lava_ib.experiment.run_folder import RunFolder

SMALL = {
    "data": {"train_limit": 300, "test_limit": 100},
    "network": {"layers": [64, 16, 12, 10], "steps_per_sample": 1},
    "training": {"epochs": 1, "controls": ["linear"]},
}


@pytest.mark.slow
def test_a_run_in_integers_says_how_it_was_scaled_and_what_was_cut_off(tmp_path, train_here):
    events = []
    config = lava_ib.make_config({"backend": "fixed", **SMALL})
    train_here(config, tmp_path / "run", events.append)
    scaled = next(event for event in events if event["event"] == "scaled")
    assert scaled["input_scale"] * 16 == pytest.approx(127) or scaled["input_scale"] == 127
    assert len(scaled["weight_exp"]) == len(scaled["membrane_bits"]) == 2
    run = RunFolder.open(tmp_path / "run")
    records = run.metrics()
    assert records[0]["saturated"]["layer1/y"] > 0
    assert run.config().memory.storage == "margin"
    saved = Checkpoint.load(run.checkpoint_file)
    state = saved.networks["learned"].state
    assert state["dense1/weights"].dtype == np.int64
    np.testing.assert_array_equal(state["dense1/weight_exp"], scaled["weight_exp"][0])
    assert saved.preparation.scale == scaled["input_scale"]
    accuracy = records[0]["test_accuracy"]
    found = evaluate_run(run, lambda event: None, "float")["test_accuracy"]
    assert abs(found - accuracy) <= 0.05
