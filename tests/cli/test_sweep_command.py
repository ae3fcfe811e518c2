"""``lava-ib sweep``: what it refuses, prints, and takes for values."""

import subprocess

import pytest

from lava_ib.cli.sweep import _values


@pytest.mark.parametrize(
    ("text", "key", "values"),
    [
        ("seed=0,1", "seed", [0, 1]),
        ("learning.eta=0.1, 1e-2", "learning.eta", [0.1, 0.01]),
        ("backend=float,fused", "backend", ["float", "fused"]),
        ("network.layers=[2,4,2],[2,8,2]", "network.layers", [[2, 4, 2], [2, 8, 2]]),
        (
            "memory={kind='window', samples=4},{kind='slots'}",
            "memory",
            [{"kind": "window", "samples": 4}, {"kind": "slots"}],
        ),
        ('data.source="a,b.npz",c.npz', "data.source", ["a,b.npz", "c.npz"]),
    ],
)
def test_values_are_written_as_in_toml(text, key, values):
    assert _values(text) == (key, values)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--over", "seed"], "--over seed: expected KEY=V1,V2"),
        (["--over", "network.layer=[1]"], "network.layer"),
        (["--over", "training.epochs=0,1"], "training.epochs = 0"),
        (["--slurm-set", "queue"], "--slurm-set queue: expected KEY=VALUE"),
        (["--resume"], "--resume needs --out"),
    ],
)
def test_bad_input_gets_one_line(call, config_file, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    outcome = call("sweep", config_file, *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert message in outcome.err
    assert outcome.err.strip().count("\n") == 0
    assert list(tmp_path.iterdir()) == []


def test_help_has_examples(call):
    outcome = call("sweep", "--help")
    for word in ("Examples", "--over", "--slurm-set", "lava-ib sweep configs/xor.toml"):
        assert word in outcome.out


@pytest.mark.slow
def test_results_are_printed_as_a_table(program, config_file, tmp_path):
    pytest.importorskip("distributed")
    done = subprocess.run(
        [program, "sweep", config_file, "--out", tmp_path / "out", "--workers", "1"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "test accuracy" in done.stdout
    assert done.stdout.endswith("runs: 1 finished, 0 failed\n")
    assert (tmp_path / "out" / "results.csv").is_file()
