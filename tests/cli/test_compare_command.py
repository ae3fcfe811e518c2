"""``lava-ib compare``."""

import json
import shutil

import pytest


@pytest.mark.slow
def test_compare_says_where_and_draws_into_the_run_folder(call, finished_run, tmp_path):
    run = shutil.copytree(finished_run, tmp_path / "run")
    outcome = call("compare", run, "--samples", 4)
    assert outcome.code == 0, outcome.err
    assert "fused against float" in outcome.out
    assert "all 4 predictions agree" in outcome.out
    assert "float and fused agree within 1e-06" in outcome.out
    assert (run / "compare.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_compare_json_is_one_object(call, config_file):
    backends = ("--backends", "float,fixed")  # which need no compiled loop
    options = ("--samples", 3, "--tolerance", 0, "--json")
    outcome = call("compare", config_file, *backends, *options)
    assert outcome.code == 0, outcome.err
    (found,) = json.loads(outcome.out)["comparisons"]
    assert (found["reference"], found["backend"], found["samples"]) == ("float", "fixed", 3)
    assert found["first"]["sample"] == 1  # integers are rounded
    assert len(found["quantities"]["layer2/u"]["deviation"]) == 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--backends", "float,nonsense"], "backend 'nonsense': expected one of float"),
        (["--backends", "float"], "expected two or more"),
        (["-o", "plot.gif"], "--out plot.gif: expected a name that ends in .png or .svg"),
    ],
)
def test_bad_input_is_named(call, config_file, options, message):
    outcome = call("compare", config_file, *options)
    assert outcome.code == 2
    assert message in outcome.err
    assert "Traceback" not in outcome.err
