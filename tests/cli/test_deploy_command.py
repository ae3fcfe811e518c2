"""``lava-ib deploy``: what it places, prints and refuses."""

import json
from pathlib import Path

import pytest

from lava_ib.experiment.readiness import loihi_extension
from lava_ib.hardware.workload import MODES

NETWORK = [
    {"name": "conv", "kind": "conv", "input_shape": [28, 28, 1], "shape": [13, 13, 8]}
    | {"kernel": [3, 3], "stride": [2, 2], "padding": [0, 0]},
    {"name": "hidden", "kind": "dense", "inputs": 1352, "neurons": 64, "plastic": True},
    {"name": "classes", "kind": "dense", "inputs": 64, "neurons": 10},
]
WIDE = [{"name": "wide", "kind": "dense", "inputs": 11_352, "neurons": 1000}]


@pytest.fixture
def network(tmp_path):
    def write(layers):
        path = tmp_path / "network.json"
        path.write_text(json.dumps({"layers": layers}))
        return path

    return write


def test_help_has_examples(call):
    outcome = call("deploy", "--help")
    for word in ("Examples", "--layers", "--dry-run", "--validate", "--compiler", "--static-power"):
        assert word in outcome.out


def test_dry_run_in_json(call, network):
    outcome = call("deploy", "--layers", network(NETWORK), "--dry-run", "--json")
    assert (outcome.code, outcome.err) == (0, "")
    found = json.loads(outcome.out)
    assert [layer["name"] for layer in found["layers"]] == ["conv", "hidden", "classes"]
    conv, hidden, classes = found["layers"]
    assert conv["tile"] == [16, 13, 8] and hidden["tile"] is None
    assert conv["synapse_words_per_core"] == 9 * 2
    assert classes["first_core"] == 0
    assert found["cores"] == sum(layer["cores"] for layer in found["layers"])
    assert found["cores"] == 1 + max(run["last_core"] for run in found["per_core"])
    assert hidden["neurons_per_core"] < 64
    assert found["violations"] == []


def test_dry_run_as_tables(call, network):
    outcome = call("deploy", "--layers", network(NETWORK), "--dry-run")
    assert (outcome.code, outcome.err) == (0, "")
    for words in (
        "hidden",
        "16 x 13 x 8",
        "candidate, D",
        "How full each core is (estimate",
        "Estimates",
        "time of a step: about",
        "Not checked",
        "learning phase",
        "of 120 cores",
    ):
        assert words in outcome.out


@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
def test_what_does_not_fit_ends_with_one(call, network, as_json):
    arguments = ["--json"] if as_json else []
    outcome = call("deploy", "--layers", network(WIDE), "--dry-run", *arguments)
    assert (outcome.code, outcome.err) == (1, "")
    if as_json:
        assert json.loads(outcome.out)["violations"] == [
            {
                "layer": "wide",
                "limit": "total",
                "allowed": 20_000,
                "value": 22_707,
                "change": "at most 9,998 inputs instead of 11,352",
            }
        ]
    else:
        assert "Does not fit: wide: total: 22,707 of 20,000 words of a core; " in outcome.out
        assert "; smallest change: at most 9,998 inputs" in outcome.out
        assert "How full" not in outcome.out, "nothing is placed"


def test_an_older_compiler_cuts_otherwise(call, network):
    layers = [{"name": "d", "kind": "dense", "inputs": 2560, "neurons": 100, "weight_bits": 4}]
    path = network(layers)
    arguments = ["deploy", "--layers", path, "--dry-run", "--json", "--compiler"]
    assert json.loads(call(*arguments, "2022").out)["cores"] == 12
    assert json.loads(call(*arguments, "2024").out)["compiler"] == "2024"


def test_static_power_is_taken(call, network):
    arguments = ["deploy", "--layers", network(NETWORK), "--dry-run", "--json"]
    found = json.loads(call(*arguments, "--static-power", 0.2).out)
    assert found["estimates"]["static_watts"] == [0.2, 0.2]


def test_validation_in_json(call):
    outcome = call("deploy", "--validate", "--json")
    assert (outcome.code, outcome.err) == (0, "")
    found = json.loads(outcome.out)
    assert found["rows"] > found["reproduced"] > 0.9 * found["rows"]
    assert len(found["comparisons"]) == found["rows"] + found["estimates"]


def test_validation_as_a_table_ends_with_a_summary(call):
    outcome = call("deploy", "--validate")
    assert outcome.code == 0
    found = json.loads(call("deploy", "--validate", "--json").out)
    line = f"{found['reproduced']} of {found['rows']} rows reproduced exactly"
    assert line in outcome.out.splitlines()
    assert "not reproduced: s4d-s3, dense 256: " in outcome.out
    assert "time 8.137 us" in outcome.out and "energy [0.66, 0.66] uJ" in outcome.out


def test_a_row_of_grade_a_that_fails_ends_with_one(call, monkeypatch):
    monkeypatch.setattr("lava_ib.hardware.limits._HEADER_BITS", 16)
    outcome = call("deploy", "--validate")
    assert outcome.code == 1
    assert "not reproduced: s4d-s1, S4D 128 x 4" in outcome.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--layers", "missing.json", "--dry-run"], "missing.json: no such file"),
        (["--dry-run"], "--dry-run needs --layers FILE.json"),
        (["--validate", "--dry-run"], "leave out --layers and --dry-run"),
        (
            ["--layers", "x.json", "--dry-run", "--compiler", "2021"],
            "--compiler 2021: expected one of",
        ),
        (
            ["--layers", "x.json", "--dry-run", "--static-power", "-1"],
            "--static-power -1: expected",
        ),
    ],
)
def test_bad_input_gets_one_line(call, arguments, message):
    outcome = call("deploy", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert message in outcome.err
    assert outcome.err.count("\n") == 1
    assert outcome.err.startswith("lava-ib: ")


def test_a_bad_layer_is_named(call, network):
    outcome = call("deploy", "--layers", network([NETWORK[1] | {"inputs": -1}]), "--dry-run")
    assert (outcome.code, outcome.out) == (2, "")
    assert "network.json: layer 'hidden': inputs = -1: expected a whole number" in outcome.err


@pytest.mark.skipif(loihi_extension().ok, reason="this machine has the extension")
@pytest.mark.parametrize("mode", MODES)
def test_without_the_extension_it_says_how_to_get_it(call, network, mode):
    outcome = call("deploy", "--layers", network(NETWORK), "--mode", mode)
    assert (outcome.code, outcome.out) == (2, "")
    for word in ("INRC", "lava-loihi", "--dry-run", "--on-cpu"):
        assert word in outcome.err
    assert outcome.err.count("\n") == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (
            ("--mode", "chip-in-the-loop", "--samples", "5", "--check"),
            [
                "5 samples learned from, mode chip-in-the-loop, the same graph on CPU",
                "weights and prototypes as by the backend fixed: all",
                "20 samples classified",
            ],
        ),
        (
            ("--mode", "chip-in-the-loop", "--samples", "2"),
            [
                "2 samples learned from, mode chip-in-the-loop, the same graph on CPU",
                "weights and prototypes as by the backend fixed: not checked, --check does",
                "20 samples classified",
            ],
        ),
        (
            ("--neurons", "normalised", "--samples", "15"),
            [
                "15 samples, mode inference, the same graph on CPU",
                "15 of them as by the backend fixed",
            ],
        ),
    ],
    ids=["checked", "not checked", "normalised"],
)
def test_on_cpu_the_graph_of_a_run_does_what_fixed_does(call, finished_run, arguments, lines):
    outcome = call("deploy", finished_run, "--on-cpu", *arguments)
    assert outcome.code == 0
    shown = outcome.out.splitlines()
    assert shown[:-1] == lines and shown[-1].startswith("test accuracy: 0.")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="looks into /proc")
def test_ctrl_c_ends_the_deployed_graph_in_one_line(start, finished_run):
    command = start("deploy", finished_run, "--mode", "chip-in-the-loop", "--on-cpu")
    command.wait_until(lambda: command.blocks)
    command.press_ctrl_c()
    assert command.finish(10.0) == 130
    assert command.err.read_text() == "lava-ib: interrupted\n"
    assert command.out.read_text() == ""
    command.assert_nothing_left()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--partition", "kp"), "--on-cpu uses no chip; leave out --partition"),
        (("--mode", "on-chip", "--neurons", "graded"), "--neurons goes with --mode inference"),
        (("--memory", "host"), "--memory goes with --mode on-chip, not inference"),
        (("--check",), "--check compares what was learned; --mode inference learns nothing"),
    ],
)
def test_options_that_do_not_go_together_are_refused(call, tmp_path, arguments, message):
    outcome = call("deploy", tmp_path, "--on-cpu", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert message in outcome.err
