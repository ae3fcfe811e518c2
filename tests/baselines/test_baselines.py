"""Baselines leave run folders as training does, and what they train is what Lava runs."""

import sys

import pytest

import lava_ib
from lava_ib.baselines.training import train_baseline
from lava_ib.experiment.run_folder import RunFolder

SMALL = {
    "network": {"layers": [64, 16, 12, 10], "steps_per_sample": 1, "tau": 1.0},
    "training": {"epochs": 3, "controls": []},
    "data": {"test_limit": 60},
}


def test_backprop_learns_and_lava_runs_what_it_learned(tmp_path):
    pytest.importorskip("torch", reason="PyTorch is not installed")
    summary = train_baseline("backprop", lava_ib.make_config(SMALL), tmp_path / "run")
    assert summary["test_accuracy"] > 0.8
    assert lava_ib.evaluate(tmp_path / "run")["test_accuracy"] == summary["test_accuracy"]
    records = RunFolder(tmp_path / "run").metrics()
    assert [record["epoch"] for record in records] == [1, 2, 3]
    assert records[-1]["layers"][0]["weight_change"] > 0
    assert "backprop" in (tmp_path / "run" / "report.html").read_text()


@pytest.mark.slow
def test_slayer_learns(tmp_path):
    pytest.importorskip("lava.lib.dl.slayer", reason="lava-dl is not installed")
    # Sigma-delta neurons of 8 bits take wider layers than SMALL has.
    config = lava_ib.make_config({"training": {"epochs": 6, "controls": []}})
    summary = train_baseline("slayer", config, tmp_path / "run")
    assert summary["test_accuracy"] > 0.9
    assert (tmp_path / "run" / "report.html").exists()


@pytest.mark.parametrize(
    ("kind", "module", "advice"),
    [("backprop", "torch", "pip install"), ("slayer", "lava.lib.dl", "docs/export.md says how")],
)
def test_what_is_missing_is_named_in_one_line(tmp_path, monkeypatch, kind, module, advice):
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.delitem(sys.modules, f"lava_ib.baselines.{kind}", raising=False)
    with pytest.raises(lava_ib.InputError, match=rf"baseline {kind}: .*; {advice}"):
        train_baseline(kind, lava_ib.make_config(SMALL), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_other_baselines_are_refused(tmp_path):
    with pytest.raises(lava_ib.InputError, match="expected one of backprop, slayer"):
        train_baseline("magic", lava_ib.make_config(SMALL), tmp_path / "run")
