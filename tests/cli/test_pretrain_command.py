"""``lava-ib pretrain``: what it prints, writes and refuses."""

import json

import pytest

from lava_ib.experiment import a_priori

CONFIG = """
[network]
layers = [64, 6, 4, 10]

[memory]
kind = "features"
units = 8
horizon = 20.0
"""


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(a_priori, "_SAMPLES", 300)
    monkeypatch.setattr(a_priori, "_TESTED", 100)


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "features.toml"
    path.write_text(CONFIG)
    return path


def test_file_is_written_and_fidelity_printed(call, config, tmp_path):
    outcome = call("pretrain", config, "--out", tmp_path / "readouts.h5")
    assert outcome.code == 0
    assert outcome.out.startswith("layer1: R2 ")
    assert outcome.out.endswith(f"written: {tmp_path / 'readouts.h5'}\n")
    assert (tmp_path / "readouts.h5").is_file()


def test_json_is_one_object(call, config, tmp_path):
    outcome = call("pretrain", config, "--out", tmp_path / "readouts.h5", "--json")
    read = json.loads(outcome.out)
    assert read["file"] == str(tmp_path / "readouts.h5")
    assert read["layers"].keys() == {"layer1", "layer2"}
    assert read["layers"]["layer1"].keys() == {"r2", "analytic_r2"}


def test_config_may_name_the_file(call, config, tmp_path):
    file = tmp_path / "named.h5"
    assert call("pretrain", config, "--set", f"memory.readout_file={file}").code == 0
    assert file.is_file()


def test_help_has_examples(call):
    outcome = call("pretrain", "--help")
    for word in ("Examples", "--out", "--kernel-sigma", "lava-ib pretrain configs/closed-loop"):
        assert word in outcome.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give --out, or a config with memory.readout_file"),
        (["--set", 'memory={kind="window"}', "--out", "x.h5"], "only features and reservoir have"),
        (["--set", "memory.units=0", "--out", "x.h5"], "memory.units = 0"),
        (["--out", "/dev/null/x.h5"], "cannot be written"),
    ],
)
def test_bad_input_gets_one_line(call, config, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    outcome = call("pretrain", config, *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert message in outcome.err
    assert outcome.err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["features.toml"]
