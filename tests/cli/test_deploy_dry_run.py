"""``lava-ib deploy WHAT --dry-run``: runs, configs, files and Processes, in each mode."""

import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

import lava_ib
from lava_ib.hardware.workload import MODES

CONFIGS = Path(lava_ib.__file__).parents[1] / "configs"
SCHEMA = json.loads(files("lava_ib.hardware").joinpath("dry_run.schema.json").read_text())


def checked(text):
    found = json.loads(text)
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    return found


def test_the_schema_is_a_schema_and_refuses_other_things():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    with pytest.raises(jsonschema.ValidationError):
        checked("{}")


@pytest.mark.parametrize("mode", MODES)
def test_a_run_in_each_mode(call, finished_run, mode):
    outcome = call("deploy", finished_run, "--dry-run", "--json", "--mode", mode)
    assert (outcome.code, outcome.err) == (0, "")
    found = checked(outcome.out)
    assert found["mode"] == mode
    assert found["layers"][0]["name"] == "layer1"
    assert found["cores"] == 1 + max(run["last_core"] for run in found["per_core"])
    assert found["host_links"][0]["messages_per_step"] > 0
    assert bool(found["sample"]["published"]) == (mode == "on-chip")
    assert "measured on training samples" in found["sample"]["basis"]["workload"]


@pytest.mark.parametrize("config", ["digits", "mnist"])
@pytest.mark.parametrize("mode", MODES)
def test_a_config_in_each_mode(call, config, mode):
    arguments = [CONFIGS / f"{config}.toml", "--dry-run", "--json", "--mode", mode]
    outcome = call("deploy", *arguments)
    assert outcome.code == 0
    assert checked(outcome.out)["violations"] == []


def test_tables_show_what_crosses_and_what_a_sample_costs(call, finished_run):
    outcome = call("deploy", finished_run, "--dry-run", "--mode", "on-chip", "--memory", "host")
    assert outcome.code == 0
    for words in (
        "Host links",
        "modulator of layer1",
        "One training sample, mode on-chip",
        "published: 0.59 mJ and 1.5 ms",
        "published: 0.05 mJ and 0.33 ms",
        "of these the learning phase",
        "microcode",
    ):
        assert words in outcome.out


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_a_picture_of_the_cores(call, finished_run, tmp_path, suffix):
    path = tmp_path / f"cores.{suffix}"
    assert call("deploy", finished_run, "--dry-run", "--picture", path).code == 0
    content = path.read_bytes()
    assert content.startswith(b"\x89PNG" if suffix == "png" else b"<?xml")
    assert list(tmp_path.iterdir()) == [path]


def test_layers_alone_have_no_mode(call, tmp_path):
    path = tmp_path / "layers.json"
    layer = {"name": "big", "kind": "dense", "inputs": 12000, "neurons": 9}
    path.write_text(json.dumps({"layers": [layer]}))
    outcome = call("deploy", "--layers", path, "--dry-run", "--json")
    assert outcome.code == 1
    found = checked(outcome.out)
    assert found["mode"] is None and found["sample"] is None and found["host_links"] == []
    assert found["violations"][0]["change"].startswith("at most")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["no-such-run", "--dry-run"], "no-such-run: no such run folder; expected one, a config"),
        (["missing.net", "--dry-run"], "missing.net: no such file"),
        (["missing.toml", "--dry-run"], "missing.toml: no such config file"),
        (["nowhere:network", "--dry-run"], "nowhere"),
        (["x.net", "--dry-run", "--mode", "on-chip"], "--mode and --memory go with a run folder"),
        (["run", "--layers", "x.json", "--dry-run"], "--dry-run needs --layers FILE.json, or else"),
        (["--layers", "x.json", "--dry-run", "--mode", "on-chip"], "not with --layers"),
        (["run", "--dry-run", "--mode", "fast"], "fast"),
        (["run", "--dry-run", "--samples", "9", "--check"], "leave out --samples and --check"),
    ],
)
def test_bad_input_gets_one_line(call, arguments, message):
    outcome = call("deploy", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert message in outcome.err
    assert outcome.err.count("\n") == 1


def test_a_picture_needs_a_known_suffix(call, finished_run, tmp_path):
    outcome = call("deploy", finished_run, "--dry-run", "--picture", tmp_path / "cores.bmp")
    assert outcome.code == 2
    assert "--picture" in outcome.err and ".svg" in outcome.err


@pytest.mark.parametrize("option", ["--partition", "--board", "--host", "--samples", "--neurons"])
def test_options_that_only_a_chip_or_a_run_would_use_are_refused(call, finished_run, option):
    value = {"--samples": 3, "--neurons": "graded"}.get(option, "name")
    outcome = call("deploy", finished_run, "--dry-run", option, value)
    assert (outcome.code, outcome.out) == (2, "")
    assert f"--dry-run runs nothing; leave out {option}" in outcome.err
