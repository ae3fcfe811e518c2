"""``lava-ib inspect``: what it takes, prints, writes and refuses."""

import json

import pytest

MODULE = """
import numpy as np
from lava.proc.dense.process import Dense
from lava.proc.lif.process import LIF

def network():
    lif, dense = LIF(shape=(2,)), Dense(weights=np.array([[1, 2]]))
    lif.s_out.connect(dense.s_in)
    return lif

def number():
    return 3

def failing():
    raise OSError("disk full")
"""


@pytest.fixture
def module(tmp_path, monkeypatch):
    (tmp_path / "mine.py").write_text(MODULE)
    monkeypatch.chdir(tmp_path)


def test_config_is_shown_as_a_tree(call, config_file):
    outcome = call("inspect", config_file)
    assert outcome.code == 0
    assert outcome.err == ""
    assert "tiny on float: 8 Processes, 20 connections" in outcome.out
    assert "dense1 PlasticDense, PyPlasticDenseModelFloat" in outcome.out


def test_help_has_examples(call):
    outcome = call("inspect", "--help")
    for word in ("Examples", "--backend", "--diff", "--format", "lava-ib inspect configs/digits"):
        assert word in outcome.out


def test_run_folder_shows_what_it_learned(call, finished_run):
    shown = json.loads(call("inspect", finished_run, "--format", "json").out)
    fresh = json.loads(call("inspect", finished_run / "config.toml", "--format", "json").out)
    assert shown["backend"] == "float"

    def of(graph):
        return {
            (process["name"], var["name"]): var
            for process in graph["processes"]
            for var in process["vars"]
        }

    weights = ("network/dense1", "weights")
    assert of(shown)[weights]["values"] != of(fresh)[weights]["values"]
    assert of(shown)["network/readout", "predictions"]["shape"] == [60]


def test_function_in_a_module_is_called(call, module):
    outcome = call("inspect", "mine:network", "--backend", "fixed_pt")
    assert outcome.code == 0
    assert "mine:network on fixed_pt: 2 Processes, 1 connection" in outcome.out
    assert "PyDenseModelBitAcc" in outcome.out


@pytest.mark.parametrize(
    "name", ["graph.txt", "graph.json", "graph.mmd", "graph.svg", "graph.html"]
)
def test_format_follows_the_name_of_the_file(call, config_file, tmp_path, name):
    outcome = call("inspect", config_file, "--out", tmp_path / name)
    assert (outcome.code, outcome.out) == (0, f"written: {tmp_path / name}\n")
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert "PlasticDense" in (tmp_path / name).read_text()


def test_difference_of_two_backends(call, config_file):
    outcome = call("inspect", config_file, "--diff", "fused")
    assert "PyFusedNetworkModel" in outcome.out
    read = json.loads(call("inspect", config_file, "--diff", "fused", "--format", "json").out)
    assert read["backends"] == ["float", "fused"]
    assert {
        "process": "network",
        "what": "expanded",
        "first": "into its parts",
        "second": "one Process",
    } in read["differences"]
    assert len(read["graphs"]) == 2


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["nothing"], 2, "nothing: neither a config file, nor a run folder, nor module:function"),
        (["missing.toml"], 2, "missing.toml: no such config file"),
        (["."], 2, "no run in this folder"),
        (["nowhere:network"], 2, "nowhere:network: No module named 'nowhere'"),
        (["mine:nothing"], 2, "module 'mine' has no attribute 'nothing'"),
        (["mine:number"], 2, "mine:number returned a int, expected a Lava Process"),
        (["mine:failing"], 1, "OSError: disk full"),
        (["mine:network", "--backend", "loihi3"], 2, "expected one of float, fused, fixed, "),
        (["mine:network", "--out", "graph.bmp"], 2, "the name of a format ends in .txt, .json"),
        (["mine:network", "--out", "no/such/graph.svg"], 2, "cannot be written"),
        (["mine:network", "--format", "bmp"], 2, "bmp"),
    ],
)
def test_bad_input_gets_one_line(call, module, arguments, code, message):
    outcome = call("inspect", *arguments)
    assert outcome.code == code
    assert outcome.out == ""
    assert message in outcome.err
    assert outcome.err.count("\n") == 1
    assert outcome.err.startswith("lava-ib: ")


def test_watch_shows_one_network_only(call, config_file):
    outcome = call("train", config_file, "--watch", "--seeds", 2)
    assert outcome.code == 2
    assert "leave out --seeds" in outcome.err


@pytest.mark.slow
def test_watched_training_says_where_to_look(call, config_file, tmp_path):
    outcome = call("train", config_file, "--watch", "--out", tmp_path / "run")
    assert outcome.code == 0
    assert outcome.err.startswith("watch: http://127.0.0.1:")
