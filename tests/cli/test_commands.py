"""What each command prints, and where."""

import json
import re
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("train", ["lava-ib train configs/digits.toml", "--resume", "--set", "--json", "--out"]),
        ("evaluate", ["lava-ib evaluate runs/mine", "--backend", "--json"]),
        ("doctor", ["lava-ib doctor", "--json"]),
    ],
)
def test_help_shows_options_and_examples(call, command, words):
    outcome = call(command, "--help")
    assert outcome.code == 0
    assert outcome.err == ""
    for word in ["Examples", *words]:
        assert word in outcome.out


def test_help_lists_the_commands(call):
    outcome = call("--help")
    assert outcome.code == 0
    for command in ("train", "evaluate", "doctor"):
        assert command in outcome.out


def test_without_a_command_there_is_help_and_no_empty_complaint(call):
    outcome = call()
    assert "train" in outcome.out + outcome.err
    assert "lava-ib: \n" not in outcome.err


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (["fidelity", "any.toml", "--samples", "1"], "--samples"),
        (["sweep", "any.toml", "--workers", "0"], "--workers"),
        (["deploy", "any", "--mode", "fast"], "--mode"),
    ],
)
def test_an_option_out_of_range_is_named(call, arguments, option):
    outcome = call(*arguments)
    assert outcome.code == 2
    assert outcome.err.startswith(f"lava-ib: Invalid value for '{option}'")


@pytest.mark.slow
def test_train_json_prints_json_lines_alone(program, config_file, tmp_path):
    done = subprocess.run(
        [program, "train", config_file, "--json", "--out", tmp_path / "run"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["event"] for line in lines] == ["epoch", "epoch", "summary"]
    assert [line["epoch"] for line in lines[:2]] == [1, 2]
    assert lines[-1]["test_accuracy"] == lines[-2]["test_accuracy"]
    for key in ("train_accuracy", "samples_per_second", "backend", "seed"):
        assert key in lines[-1]
    assert "epoch 2/2" in done.stderr


@pytest.mark.slow
def test_train_ends_with_the_test_accuracy(call, config_file, tmp_path):
    run = tmp_path / "run"
    outcome = call("train", config_file, "--out", run)
    assert outcome.code == 0, outcome.err
    lines = outcome.out.splitlines()
    assert re.fullmatch(r"test accuracy: [01]\.\d{3}", lines[-1])
    accuracy = json.loads((run / "summary.json").read_text())["test_accuracy"]
    assert lines[-1] == f"test accuracy: {accuracy:.3f}"
    assert str(run) in outcome.out
    assert "linear readout" in outcome.out
    assert "epoch 1/2" in outcome.err
    assert "epoch 1/2" not in outcome.out


@pytest.mark.slow
def test_options_change_the_config_and_a_folder_is_found_without_out(
    call, config_file, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    changes = ["seed=5", "training.epochs=1", "training.controls=[]"]
    options = [word for change in changes for word in ("--set", change)]
    outcome = call("train", config_file, *options, "--backend", "float", "--json")
    assert outcome.code == 0, outcome.err
    summary = json.loads(outcome.out.splitlines()[-1])
    assert (summary["seed"], summary["epochs"], summary["controls"]) == (5, 1, {})
    (run,) = (tmp_path / "runs").iterdir()
    assert run.name.startswith("digits-")
    assert str(run.relative_to(tmp_path)) == summary["run"]


@pytest.mark.slow
def test_evaluate_ends_with_the_same_test_accuracy(call, finished_run):
    outcome = call("evaluate", finished_run)
    assert outcome.code == 0, outcome.err
    accuracy = json.loads((finished_run / "summary.json").read_text())["test_accuracy"]
    assert outcome.out.splitlines()[-1] == f"test accuracy: {accuracy:.3f}"


@pytest.mark.slow
def test_evaluate_json_is_one_object(call, finished_run):
    outcome = call("evaluate", finished_run, "--json", "--backend", "float")
    assert outcome.code == 0, outcome.err
    result = json.loads(outcome.out)
    summary = json.loads((finished_run / "summary.json").read_text())
    assert result["test_accuracy"] == summary["test_accuracy"]
    assert (result["samples"], result["backend"], result["seed"]) == (20, "float", 0)


def test_doctor_says_what_is_there(call):
    outcome = call("doctor")
    assert outcome.code == 0, outcome.out
    for word in ("Python", "lava-nc", "backend float", "Loihi extension"):
        assert word in outcome.out


def test_doctor_names_what_to_do_about_missing_data(call, monkeypatch):
    monkeypatch.delenv("LAVA_IB_DATA", raising=False)
    found = json.loads(call("doctor", "--json").out)
    assert not found["data"]["ok"]
    assert not found["data"]["needed"]
    assert "LAVA_IB_DATA" in found["data"]["advice"]


def test_doctor_json_is_one_object_of_findings(call):
    outcome = call("doctor", "--json")
    assert outcome.code == 0
    found = json.loads(outcome.out)
    assert found["Python"]["found"] == sys.version.split()[0]
    assert found["Python"]["ok"]
    for finding in found.values():
        assert set(finding) >= {"found", "ok", "needed", "advice"}
        assert finding["ok"] or finding["advice"]


def test_doctor_fails_when_something_needed_is_missing(call, monkeypatch):
    from lava_ib.experiment import readiness

    def not_there(name):
        raise readiness.PackageNotFoundError(name)

    monkeypatch.setattr(readiness, "version", not_there)
    outcome = call("doctor")
    assert outcome.code == 1
    assert "missing" in outcome.out
    assert "lava-nc" in outcome.out


def test_a_command_that_is_none_is_answered_with_what_was_meant(call):
    outcome = call("trian")
    assert outcome.code == 2
    assert "'train'" in outcome.err


def test_a_command_waits_for_no_others_imports():
    script = (
        "import sys; from lava_ib.cli import app;"
        "app(['evaluate', '--help'], standalone_mode=False);"
        "print({'matplotlib', 'numba', 'dask'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "set()"
