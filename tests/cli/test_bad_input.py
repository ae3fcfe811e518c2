"""Bad input: exit code 2, one line that names key or file, and nothing left behind."""

import shutil
import subprocess

import numpy as np
import pytest


def write_npz(name, **changes):
    arrays = {
        "x_train": np.ones((4, 3)),
        "y_train": np.array([0, 1, 0, 1]),
        "x_test": np.ones((2, 3)),
        "y_test": np.array([0, 1]),
        **changes,
    }
    np.savez(name, **{key: array for key, array in arrays.items() if array is not None})


@pytest.fixture
def folder(tmp_path, monkeypatch, config_file):
    """Present folder with good and bad files."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LAVA_IB_DATA", raising=False)
    shutil.copy(config_file, "good.toml")
    files = {
        "broken.toml": "seed = = 1",
        "newer.toml": "version = 99",
        "key.toml": "[network]\nlayer = [64, 5, 10]",
        "section.toml": "[memroy]\nbeta = 1.0",
        "kind.toml": "[window]\nsamples = 4",
        "full/notes.txt": "mine",
        "text.npz": "1, 2, 3",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    write_npz("keyless.npz", y_test=None)
    write_npz("nan.npz", x_train=np.full((4, 3), np.nan))
    write_npz("negative.npz", y_train=np.array([0, 1, -2, 1]))
    write_npz("float.npz", y_test=np.array([0.0, 1.0]))
    write_npz("short.npz", y_train=np.array([0, 1]))
    write_npz("shapes.npz", x_test=np.ones((2, 5)))
    write_npz("objects.npz", x_train=np.array([[None] * 3] * 4))
    write_npz("empty.npz", x_test=np.ones((0, 3)), y_test=np.zeros(0, int))
    return tmp_path


def assert_refused(outcome, *words):
    assert outcome.code == 2, outcome.err
    assert outcome.out == ""
    lines = [line for line in outcome.err.splitlines() if line.strip()]
    assert len(lines) == 1, outcome.err
    assert lines[0].startswith("lava-ib: ")
    for word in words:
        assert word in lines[0]


BAD_CONFIGS = [
    ("missing.toml", ["missing.toml", "no such config file"]),
    ("full", ["full"]),
    ("broken.toml", ["broken.toml", "not a TOML file", "line 1"]),
    ("newer.toml", ["newer.toml", "version = 99", "upgrade"]),
    ("key.toml", ["unknown key network.layer", "layers"]),
    ("section.toml", ["unknown key memroy", "memory"]),
    ("kind.toml", ["unknown key window"]),
    ("text.npz", ["text.npz", "not a TOML file"]),
]
BAD_SETTINGS = [
    ("seed=-1", ["seed = -1"]),
    ("seed=soon", ["seed = 'soon'", "integer"]),
    ("seed=true", ["seed = true", "a number"]),
    ("network.layers=[64, true, 10]", ["network.layers.1 = true", "a number"]),
    ("learning.eta=false", ["learning.eta = false", "a number"]),
    ("memory.alpha=true", ["memory.alpha = true", "a number"]),
    ("data.train_limit=true", ["data.train_limit = true", "a number"]),
    ("network.tau=-2", ["network.tau = -2", "greater than or equal to 1"]),
    ("network.tau_e=0.5", ["network.tau_e = 0.5", "greater than or equal to 1"]),
    ("network.tau=inf", ["network.tau = inf"]),
    ("network.layers=[]", ["network.layers = []", "at least 3"]),
    ("network.layers=[64, 10]", ["network.layers = [64, 10]", "at least 3"]),
    ("network.layers=[64, 0, 10]", ["network.layers", "= 0", "greater than or equal to 1"]),
    ("network.layers=[63, 8, 10]", ["network.layers = [63, 8, 10]", "begin with 64"]),
    ("network.layers=[64, 8, 9]", ["network.layers = [64, 8, 9]", "end with 10"]),
    ("network.layers=64", ["network.layers = 64"]),
    ("network.timing=slow", ["network.timing = 'slow'", "'chip'"]),
    ("network.steps_per_sample=0", ["network.steps_per_sample = 0"]),
    ("learning.eta=fast", ["learning.eta = 'fast'", "number"]),
    ("memory.kind=hopfield", ["memory.kind = 'hopfield'", "prototype, reservoir, slots, window"]),
    ("memory.samples=4", ["unknown key memory.samples"]),
    ("memory=window", ["memory = 'window'"]),
    ("backend=abacus", ["backend = 'abacus'", "'float'"]),
    ("training.epochs=0", ["training.epochs = 0", "greater than or equal to 1"]),
    (
        'training.controls=["magic"]',
        ["training.controls", "'magic'", "'frozen', 'linear', 'codes'"],
    ),
    ("training.epochs", ["--set training.epochs", "KEY=VALUE"]),
    ("=5", ["--set =5", "KEY=VALUE"]),
    ("seed.more=5", ["--set seed.more=5"]),
    ("netwrk.tau=5", ["unknown key netwrk", "network"]),
    ("data.source=cifar", ["data.source = 'cifar'", "digits, xor, linear, mnist"]),
    ("data.source=mnist", ["LAVA_IB_DATA"]),
    ("data.source=missing.npz", ["missing.npz", "no such data file"]),
    ("data.source=text.npz", ["text.npz", "not a .npz file"]),
    ("data.source=keyless.npz", ["keyless.npz", "no array y_test"]),
    ("data.source=nan.npz", ["nan.npz", "x_train", "NaN"]),
    ("data.source=negative.npz", ["negative.npz", "y_train", "-2"]),
    ("data.source=float.npz", ["float.npz", "y_test", "whole numbers"]),
    ("data.source=short.npz", ["short.npz", "y_train", "(4,)"]),
    ("data.source=shapes.npz", ["shapes.npz", "x_test", "(5,)"]),
    ("data.source=objects.npz", ["objects.npz", "plain arrays"]),
    ("data.source=empty.npz", ["empty.npz", "x_test"]),
]
BAD_ARGUMENTS = [
    (["train"], ["config"]),
    (["train", "good.toml", "--frobnicate"], ["--frobnicate"]),
    (["train", "good.toml", "more.toml"], ["more.toml"]),
    (["train", "good.toml", "--set"], ["--set"]),
    (["train", "good.toml", "--backend", "abacus"], ["backend = 'abacus'"]),
    (["train", "good.toml", "--resume"], ["--resume needs --out"]),
    (["train", "good.toml", "--resume", "--out", "out"], ["out", "no run in this folder"]),
    (["train", "good.toml", "--resume", "--out", "full"], ["full", "no run in this folder"]),
    (["train", "good.toml", "--out", "full"], ["--out full", "not empty"]),
    (["train", "good.toml", "--out", "good.toml"], ["--out good.toml"]),
    (["train", "good.toml", "--out", "good.toml/out"], ["--out good.toml/out"]),
    (["evaluate"], ["run"]),
    (["evaluate", "missing"], ["missing", "no run in this folder"]),
    (["evaluate", "full"], ["full", "no run in this folder"]),
    (["doctor", "--frobnicate"], ["--frobnicate"]),
    (["frobnicate"], ["frobnicate"]),
]


@pytest.mark.parametrize(("config", "words"), BAD_CONFIGS)
def test_a_bad_config_file_is_refused(call, folder, config, words):
    assert_refused(call("train", config, "--out", "out"), *words)
    assert not (folder / "out").exists()


@pytest.mark.parametrize(("override", "words"), BAD_SETTINGS)
def test_a_bad_setting_is_refused(call, folder, override, words):
    assert_refused(call("train", "good.toml", "--set", override, "--out", "out"), *words)
    assert not (folder / "out").exists()


@pytest.mark.parametrize(("arguments", "words"), BAD_ARGUMENTS)
def test_bad_arguments_are_refused(call, folder, arguments, words):
    before = sorted(folder.rglob("*"))
    assert_refused(call(*arguments), *words)
    assert sorted(folder.rglob("*")) == before


def test_without_an_out_folder_bad_input_leaves_no_runs_folder(call, folder):
    assert_refused(call("train", "good.toml", "--set", "seed=-1"), "seed = -1")
    assert not (folder / "runs").exists()


@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_a_truncated_checkpoint_is_refused_and_kept(
    call, folder, finished_run, config_file, command
):
    shutil.copytree(finished_run, "copy")
    checkpoint = folder / "copy" / "checkpoint.h5"
    checkpoint.write_bytes(checkpoint.read_bytes()[:2000])
    if command == "train":
        outcome = call("train", config_file, "--out", "copy", "--resume")
    else:
        outcome = call("evaluate", "copy")
    assert_refused(outcome, "copy/checkpoint.h5", "not a whole lava_ib checkpoint")
    assert checkpoint.stat().st_size == 2000


def test_evaluating_a_run_without_checkpoint_is_refused(call, folder, finished_run):
    shutil.copytree(finished_run, "copy")
    (folder / "copy" / "checkpoint.h5").unlink()
    assert_refused(call("evaluate", "copy"), "copy/checkpoint.h5", "no such checkpoint")


def test_evaluating_by_an_unknown_backend_is_refused(call, finished_run):
    assert_refused(call("evaluate", finished_run, "--backend", "abacus"), "'abacus'", "float")


@pytest.mark.parametrize("damage", ["seed = = 1", "[network]\nlayer = 1"])
def test_a_run_whose_config_was_damaged_is_refused(call, folder, finished_run, damage):
    shutil.copytree(finished_run, "copy")
    (folder / "copy" / "config.toml").write_text(damage)
    assert_refused(call("evaluate", "copy"), "copy/config.toml")
    assert_refused(call("train", "good.toml", "--out", "copy", "--resume"), "copy/config.toml")


def test_resuming_a_run_whose_records_were_damaged_is_refused(
    call, folder, finished_run, config_file
):
    shutil.copytree(finished_run, "copy")
    (folder / "copy" / "metrics.jsonl").write_text('{"variant": "lear')
    outcome = call("train", config_file, "--out", "copy", "--resume")
    assert_refused(outcome, "copy/metrics.jsonl")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["train", "good.toml", "--set", "network.tau=-1", "--out", "out"], ["network.tau = -1"]),
        (["train", "key.toml", "--json", "--out", "out"], ["network.layer"]),
        (["train", "good.toml", "--set", "data.source=nan.npz", "--out", "out"], ["nan.npz"]),
        (["evaluate", "full"], ["full"]),
    ],
)
def test_the_command_itself_says_the_same(program, folder, arguments, words):
    done = subprocess.run(
        [program, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    for word in words:
        assert word in done.stderr
    assert not (folder / "out").exists()
