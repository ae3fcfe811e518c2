"""Sweeps: which runs there are, and that they are as single runs whatever happens to workers."""

import csv
import json
import os
import signal
import sys
from collections import defaultdict
from pathlib import Path

import pytest

import lava_ib
from lava_ib.experiment.sweep import grid, sweep
from lava_ib.experiment.workers import Workers

VALUES = {
    "data": {"train_limit": 40, "test_limit": 20},
    "network": {"layers": [64, 6, 10], "steps_per_sample": 1},
    "training": {"epochs": 1, "controls": []},
}


def test_a_grid_has_every_combination_of_values_and_seeds():
    points = grid(VALUES, {"memory.storage": ["delta", "leaky"], "training.epochs": [1, 2]}, 3)
    assert len({point.name for point in points}) == len(points) == 12
    assert points[0].name == "memory.storage=delta,training.epochs=1,seed=0"
    assert [point.config.seed for point in points[:3]] == [0, 1, 2]
    assert points[-1].config.memory.storage == "leaky"
    assert points[-1].config.training.epochs == 2
    assert points[-1].config.network.layers == (64, 6, 10)


def test_seeds_follow_the_configs_own_and_may_be_swept_by_hand():
    assert [p.config.seed for p in grid({**VALUES, "seed": 5}, {}, 2)] == [5, 6]
    assert [p.config.seed for p in grid(VALUES, {"seed": [7, 3]})] == [7, 3]


def test_a_whole_section_may_be_swept():
    sections = [{"kind": "window", "samples": 4}, {"kind": "slots"}]
    window, slots = grid(VALUES, {"memory": sections})
    assert window.config.memory.samples == 4
    assert slots.config.memory.kind == "slots"
    assert window.name == "memory=kind=window-samples=4,seed=0"


@pytest.mark.parametrize(
    ("over", "seeds", "message"),
    [
        ({"training.epochs": [1, 1]}, 1, "each value once"),
        ({"training.epochs": []}, 1, "at least one"),
        ({"training.epochs": [0]}, 1, "training.epochs = 0"),
        ({"training.epoch": [1]}, 1, "did you mean epochs?"),
        ({"seed": [1]}, 2, "--seeds"),
        ({"data.source": ["nowhere"]}, 1, "nowhere"),
        ({"network.layers": [[64, 5, 10], [63, 5, 10]]}, 1, "network.layers"),
    ],
)
def test_what_cannot_run_is_refused_before_anything_runs(refusal, tmp_path, over, seeds, message):
    assert message in refusal(sweep, VALUES, over, tmp_path / "out", seeds=seeds)
    assert list(tmp_path.iterdir()) == []


def test_without_dask_the_extra_is_named(refusal, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert "pip install 'lava-ib[sweep]'" in refusal(sweep, VALUES, {}, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


class Events:
    """Collects what a sweep reports, and kills the workers of some runs."""

    def __init__(self, victims, times):
        self.victims, self.times = victims, times
        self.workers = defaultdict(set)

    def __call__(self, event):
        if event["event"] == "progress":
            seen = self.workers[event["run"]]
            new = event["process"] not in seen
            seen.add(event["process"])
            if event["run"] in self.victims and new and len(seen) <= self.times:
                os.kill(event["process"], signal.SIGKILL)


def rows_of(summary):
    with Path(summary["table"]).open(newline="") as file:
        return {row["run"]: row for row in csv.DictReader(file)}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_runs_survive_the_death_of_a_worker_and_equal_single_runs(
    tmp_path, train_here, assert_same_bits
):
    pytest.importorskip("distributed")
    victim = "memory.storage=leaky,seed=1"
    over = {"memory.storage": ["delta", "leaky", "margin"]}
    events = Events([victim], times=1)
    summary = sweep(
        VALUES,
        over,
        tmp_path / "sweep",
        seeds=2,
        workers=Workers(2),
        on_event=events,
    )
    assert (summary["finished"], summary["failed"]) == (6, 0)
    assert len(events.workers[victim]) == 2, "its worker was not killed"
    assert len(events.workers) == 6
    rows = rows_of(summary)
    assert len(rows) == 6
    assert (tmp_path / "sweep" / "results.svg").read_text().startswith("<?xml")
    for point in grid(VALUES, over, seeds=2):
        single = train_here(point.config, tmp_path / "single" / point.name)
        assert float(rows[point.name]["test_accuracy"]) == single["test_accuracy"]
        assert_same_bits(
            *(tmp_path / kind / point.name / "checkpoint.h5" for kind in ("sweep", "single"))
        )


@pytest.mark.slow
def test_a_run_whose_worker_always_dies_is_recorded_and_the_others_go_on(tmp_path):
    pytest.importorskip("distributed")
    folder = tmp_path / "sweep"
    options = {"seeds": 2, "workers": Workers(1)}
    events = Events(["seed=0"], times=9)
    summary = sweep(VALUES, {}, folder, retries=1, on_event=events, **options)
    assert (summary["finished"], summary["failed"]) == (1, 1)
    assert len(events.workers["seed=0"]) == 2
    rows = rows_of(summary)
    assert (rows["seed=0"]["status"], rows["seed=1"]["status"]) == ("failed", "finished")
    assert rows["seed=0"]["reason"] == "its worker died each time"
    assert json.loads((folder / "summary.json").read_text()) == summary

    finished = folder / "seed=1" / "summary.json"
    before = finished.stat().st_mtime_ns
    with pytest.raises(lava_ib.InputError, match="not empty"):
        sweep(VALUES, {}, folder, **options)
    with pytest.raises(lava_ib.InputError, match=r"--resume: training\.epochs differs"):
        sweep({**VALUES, "training": {"epochs": 3}}, {}, folder, resume=True, **options)
    assert sweep(VALUES, {}, folder, resume=True, **options)["finished"] == 2
    assert finished.stat().st_mtime_ns == before


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_an_interrupted_sweep_leaves_nothing_running_and_goes_on(start, tmp_path):
    pytest.importorskip("distributed")
    config, out = tmp_path / "config.toml", tmp_path / "sweep"
    config.write_text(lava_ib.make_config(VALUES).to_toml())
    command = ("sweep", config, "--seeds", "3", "--workers", "1", "--out", out)
    interrupted = start(*command)
    interrupted.wait_until(lambda: (out / "seed=1" / "checkpoint.h5").exists(), 240)
    # As a terminal does it: to every process of the group, the workers included.
    for folder in interrupted.family():
        pid = int(folder.name)
        if os.getpgid(pid) == os.getpgid(interrupted.popen.pid) and pid != interrupted.popen.pid:
            os.kill(pid, signal.SIGINT)
    interrupted.popen.send_signal(signal.SIGINT)
    assert interrupted.finish(240) == 130, interrupted.err.read_text()
    assert "Traceback" not in interrupted.err.read_text()
    interrupted.assert_nothing_left()
    assert (out / "seed=0" / "summary.json").exists()
    assert not (out / "seed=2").exists()

    resumed = start(*command, "--resume", "--json")
    assert resumed.finish(240) == 0, resumed.err.read_text()
    *ended, summary = map(json.loads, resumed.out.read_text().splitlines())
    assert summary["finished"] == 3
    assert [event["run"] for event in ended] == [f"seed={seed}" for seed in range(3)]
    resumed.assert_nothing_left()


def test_a_job_of_slurm_runs_one_worker_with_one_thread():
    pytest.importorskip("dask_jobqueue")
    slurm = {"queue": "neuro", "walltime": "01:30:00", "job_extra_directives": ["--nice=9"]}
    with Workers(3, slurm).slurm_cluster() as cluster:
        script = cluster.job_script()
    for line in ("-p neuro", "-t 01:30:00", "-n 1", "--cpus-per-task=1", "--mem=4G", "--nice=9"):
        assert f"#SBATCH {line}" in script
    worker = script.splitlines()[-1]
    assert sys.executable in worker
    assert "--nthreads 1" in worker
    assert "--nanny" in worker


def test_without_slurm_it_is_said_so(refusal, tmp_path, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "no sbatch" in refusal(sweep, VALUES, {}, tmp_path / "out", workers=Workers(1, {}))


def test_an_unknown_parameter_of_slurm_is_refused(refusal):
    pytest.importorskip("dask_jobqueue")
    message = refusal(Workers(1, {"partition": "neuro"}).slurm_cluster)
    assert message.startswith("--slurm-set partition: ")
