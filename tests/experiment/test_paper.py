"""The paper's experiments: their runs, and what is drawn and told of them."""

from dataclasses import replace

import pytest

from lava_ib.experiment.curves import save_panels
from lava_ib.experiment.paper import EXPERIMENTS
from lava_ib.experiment.paper.experiment import Run, by_epoch, by_variant, last_accuracy
from lava_ib.experiment.paper.reservoir import RESERVOIR
from lava_ib.experiment.paper.small import SMALL
from lava_ib.experiment.sweep_results import write_plot
from lava_ib.experiment.workers import Workers

experiments = pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=EXPERIMENTS)


def invented(experiment, seeds=2, epochs=3):
    """Finished runs of an experiment, whose accuracies are those of nothing."""
    runs = []
    for number, point in enumerate(experiment.points(seeds, epochs)):
        hidden = len(point.config.network.layers) - 2
        layer = {"hsic_x": 0.01 * number, "hsic_y": 0.02}
        records = [
            {"epoch": epoch + 1, "test_accuracy": 0.5 + 0.1 * epoch, "layers": [layer] * hidden}
            for epoch in range(epochs)
        ]
        runs.append(Run(point.values, records))
    return runs


@experiments
def test_runs_are_told_apart_and_come_seed_by_seed(experiment):
    points = experiment.points(2, 4)
    assert len({point.name for point in points}) == len(points) == 2 * len(experiment.variants)
    assert [p.config.seed for p in points] == sorted(p.config.seed for p in points)
    assert {point.config.training.epochs for point in points} == {4}
    assert experiment.summary
    assert "\n" not in experiment.summary


@experiments
def test_figure_shows_every_kind_of_run(experiment, tmp_path):
    runs = invented(experiment)
    panels = experiment.panels(runs)
    save_panels(panels, tmp_path / "figure.svg")
    assert (tmp_path / "figure.svg").stat().st_size > 5000
    assert all(panel.curves for panel in panels)


@experiments
def test_the_sweep_below_an_experiment_is_drawn_whatever_its_controls_lack(experiment, tmp_path):
    rows = [
        {"status": "finished", "values": run.values, "test_accuracy": 0.5}
        for run in invented(experiment)
    ]
    for first in (rows, rows[::-1]):
        write_plot(first, tmp_path / "results.svg")
        assert (tmp_path / "results.svg").stat().st_size > 5000


@experiments
def test_published_figures_belong_to_rows_of_the_table(experiment):
    assert set(experiment.published) <= set(by_variant(invented(experiment), last_accuracy))


def test_sizes_of_the_reservoir_are_drawn_against_the_level_of_each_control():
    (panel,) = RESERVOIR.panels(invented(RESERVOIR))
    assert set(panel.curves) == {"trained a priori", "taught while used"}
    assert {tuple(curve.x) for curve in panel.curves.values()} == {(50, 100, 200, 400)}
    controls = ("memory frozen at random class codes", "frozen hidden layers")
    assert [panel.levels[name] for name in controls] == [pytest.approx(0.7)] * 2


def test_a_reservoir_trained_a_priori_has_a_readout_and_no_teacher():
    memories = {p.name: p.config.memory for p in RESERVOIR.points(1, 1) if "D" in p.values}
    files = [m.readout_file for m in memories.values() if m.rate == 0.0]
    assert all(files) and len(set(files)) == len(files)
    assert all(m.readout_file == "" for m in memories.values() if m.rate > 0.0)


def test_means_and_deviations_are_taken_over_seeds():
    runs = [Run({"memory": "kde", "seed": s}, [{"epoch": 1, "test_accuracy": a}])
            for s, a in enumerate((0.5, 0.7))]  # fmt: skip
    assert by_variant(runs, last_accuracy) == {"kde": [0.5, 0.7]}
    curve = by_epoch(runs, lambda record: record["test_accuracy"])
    assert (curve.x, curve.mean) == ([1], [pytest.approx(0.6)])
    assert curve.deviation == [pytest.approx(0.1 * 2**0.5)]


@pytest.mark.slow
def test_an_experiment_makes_its_runs_table_and_figure(tmp_path):
    pytest.importorskip("distributed")
    memories = [variant for variant in SMALL.variants if variant[0]["memory"] in ("hsic", "frozen")]
    short = replace(SMALL, base={**SMALL.base, "backend": "float"}, variants=memories[:2])
    summary = short.run(tmp_path / "out", seeds=1, epochs=2, limit=15, workers=Workers(2))
    assert (summary["finished"], summary["failed"]) == (2, 0)
    hsic, frozen = summary["results"]
    assert (hsic["name"], frozen["name"]) == ("linear, hsic", "linear, frozen")
    assert hsic["published"] == "about 0.93 ± 0.09"
    assert 0 <= hsic["mean"] <= 1
    assert (tmp_path / "out" / "figure.svg").is_file()
