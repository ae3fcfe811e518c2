"""Controls: what each changes of the network, and that a run trains them all."""

import numpy as np
import pytest

import lava_ib
from lava_ib.experiment import a_priori
from lava_ib.experiment.checkpoint import Checkpoint
from lava_ib.experiment.pretraining import pretrained
from lava_ib.experiment.variants import TITLES, variant_of
from lava_ib.rule.memory import Features, Prototype, Slots, Window
from lava_ib.rule.settings import Settings

MEMORIES = [Prototype(), Window(), Features(), Slots()]


@pytest.mark.parametrize("memory", MEMORIES, ids=lambda memory: memory.kind)
def test_codes_change_the_memory_alone_and_never_learn(memory):
    settings = Settings(memory=memory)
    changed, learn = variant_of(settings, "codes")
    assert learn == "all"
    assert changed.network == settings.network and changed.learning == settings.learning
    if isinstance(changed.memory, Features):
        assert not changed.memory.learning
    else:
        assert changed.memory.alpha == 0.0 and changed.memory.init_scale > 0.0


@pytest.mark.parametrize("memory", MEMORIES, ids=lambda memory: memory.kind)
def test_exact_puts_a_window_of_kernels_in_place(memory):
    changed, _ = variant_of(Settings(memory=memory), "exact")
    assert changed.memory.objective == "kde"


@pytest.mark.parametrize("variant", TITLES)
def test_learned_and_shuffled_are_the_network_itself(variant):
    changed, _ = variant_of(Settings(), variant)
    assert (changed == Settings()) == (variant in ("learned", "shuffled", "frozen"))


@pytest.mark.slow
def test_a_run_trains_every_control(tmp_path, monkeypatch, train_here):
    monkeypatch.setattr(a_priori, "_SAMPLES", 500)
    monkeypatch.setattr(a_priori, "_TESTED", 100)
    file = tmp_path / "readouts.h5"
    config = lava_ib.make_config(
        {
            "data": {"train_limit": 60, "test_limit": 20},
            "network": {"layers": [64, 8, 6, 10], "steps_per_sample": 1},
            "memory": {"kind": "features", "units": 8, "readout_file": str(file)},
            "training": {
                "epochs": 1,
                "controls": ["frozen", "linear", "codes", "shuffled", "exact"],
            },
        }
    )
    summary = train_here(config, tmp_path / "run")
    assert list(summary["controls"]) == ["frozen", "linear", "codes", "shuffled", "exact"]
    networks = Checkpoint.load(tmp_path / "run" / "checkpoint.h5").networks
    averages = {name: networks[name].state.get("memory1/averages") for name in networks}
    assert np.all(averages["codes"] <= 1)
    assert np.any(averages["shuffled"] != averages["learned"])
    trained = pretrained(config)
    for name in ("learned", "codes", "shuffled"):
        for array in trained:
            np.testing.assert_array_equal(networks[name].state[array], trained[array])
    weights = {name: networks[name].state.get("dense1/weights") for name in networks}
    assert len({array.tobytes() for array in weights.values() if array is not None}) == 5
    report = (tmp_path / "run" / "report.html").read_text()
    assert all(title in report for title in TITLES.values())
