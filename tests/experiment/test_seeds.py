"""Several seeds of one config: each is a run of its own, and the summary tells their mean."""

import numpy as np
import pytest

import lava_ib


@pytest.mark.slow
def test_seeds_are_single_runs_and_their_mean_is_told(tiny, tmp_path, train_here, assert_same_bits):
    config = tiny(seed=4, data={"train_limit": 40, "test_limit": 20})
    found = lava_ib.train_seeds(config, 2, tmp_path / "seeds")
    assert [run["seed"] for run in found["runs"]] == [4, 5]
    accuracies = [run["test_accuracy"] for run in found["runs"]]
    assert found["test_accuracy"] == pytest.approx(np.mean(accuracies))
    assert found["test_accuracy_std"] == pytest.approx(np.std(accuracies, ddof=1))
    single = train_here(config.model_copy(update={"seed": 5}), tmp_path / "single")
    assert single["test_accuracy"] == accuracies[1]
    assert_same_bits(
        tmp_path / "single" / "checkpoint.h5", tmp_path / "seeds" / "seed-5" / "checkpoint.h5"
    )
