"""``lava-ib fidelity``: what it prints, draws and refuses."""

import json

import pytest

CONFIG = """
[network]
layers = [64, 6, 10]

[memory]
kind = "slots"
"""


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "slots.toml"
    path.write_text(CONFIG)
    return path


@pytest.mark.slow
def test_json_and_plot(call, config, tmp_path):
    plot, trace = tmp_path / "fidelity.svg", tmp_path / "trace.png"
    files = ("--plot", plot, "--trace", trace)
    outcome = call("fidelity", config, "--activity", "random", "--count", 100, "--json", *files)
    assert outcome.code == 0
    rows = [json.loads(line) for line in outcome.out.splitlines()]
    assert [row["samples"] for row in rows] == [10, 32]
    assert all(row["r2"] >= 0.999 for row in rows)
    assert plot.read_text().startswith("<?xml")
    assert trace.read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_table(call, config):
    outcome = call("fidelity", config, "--activity", "random", "--count", 100, "--samples", 5)
    assert outcome.code == 0
    assert "slots" in outcome.out and "1.000" in outcome.out


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        (["--plot", "x.txt"], "--plot x.txt: expected a name that ends in .svg, .png, .pdf"),
        (["--trace", "x.gif"], "--trace x.gif: expected a name that ends in .svg, .png, .pdf"),
        (["--memory", "none"], "memory 'none': expected one of"),
        (["--activity", "none"], "activity 'none': expected one of"),
    ],
)
def test_bad_input_is_refused_in_one_line(call, config, rest, message):
    outcome = call("fidelity", config, *rest)
    assert outcome.code == 2
    assert message in outcome.err
