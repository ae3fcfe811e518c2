"""``lava-ib paper``: what it refuses and explains."""

import pytest

NAMES = "small, released, capacity, reservoir"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["everything"], f"experiment 'everything': expected one of {NAMES}"),
        (["small", "--resume"], "--resume needs --out"),
        (["small", "--epochs", "0"], "greater than or equal to 1"),
    ],
)
def test_bad_input_gets_one_line(call, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    outcome = call("paper", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert message in outcome.err
    assert outcome.err.strip().count("\n") == 0
    assert list(tmp_path.iterdir()) == []


def test_help_names_the_experiments(call):
    outcome = call("paper", "--help")
    for word in ("Examples", NAMES, "--limit", "--seeds"):
        assert word in outcome.out
