"""Whole small runs in a supervised worker: events, records, files, resuming, evaluation."""

import json
import shutil

import pytest

import lava_ib
from lava_ib import InputError
from lava_ib.experiment.run_folder import RunFolder

pytestmark = pytest.mark.slow
EPOCHS = 2


class Run:
    """A run folder, the config it was started with, what was reported, the summary."""

    def __init__(self, folder, config):
        self.folder, self.config = folder, config
        self.events = []
        self.summary = lava_ib.train(config, folder, on_event=self.events.append)

    def records(self):
        return RunFolder(self.folder).metrics()


@pytest.fixture(scope="module")
def finished(tiny, tmp_path_factory):
    config = tiny(
        seed=3,
        training={"epochs": EPOCHS, "controls": ["frozen", "linear"]},
        data={"train_limit": 60, "test_limit": 20},
    )
    return Run(tmp_path_factory.mktemp("training") / "new" / "run", config)


@pytest.fixture
def copy(finished, tmp_path):
    """A copy of the finished run, to be changed."""
    return shutil.copytree(finished.folder, tmp_path / "copy")


def snapshot(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_the_folder_holds_what_it_should_and_nothing_temporary(finished):
    names = {path.name for path in finished.folder.iterdir()}
    expected = {"config.toml", "metrics.jsonl", "checkpoint.h5", "report.html", "summary.json"}
    assert names - {"worker.log"} == expected


def test_the_folder_holds_the_resolved_config(finished):
    assert lava_ib.load_config(finished.folder / "config.toml") == finished.config


def test_there_is_an_epoch_event_for_each_network_and_epoch_in_order(finished):
    epochs = [event for event in finished.events if event["event"] == "epoch"]
    assert [(event["variant"], event["epoch"]) for event in epochs] == [
        (variant, epoch)
        for variant in ("learned", "frozen", "linear")
        for epoch in range(1, EPOCHS + 1)
    ]
    assert {event["epochs"] for event in epochs} == {EPOCHS}


def test_progress_events_count_up_to_all_samples(finished):
    for variant in ("learned", "frozen", "linear"):
        seen = [
            event
            for event in finished.events
            if event["event"] == "progress" and event["variant"] == variant
        ]
        samples = [event["samples"] for event in seen]
        assert samples == sorted(set(samples))
        assert samples[-1] == 60 * EPOCHS
        assert {event["total"] for event in seen} == {60 * EPOCHS}
        assert all(0.0 <= event["running_accuracy"] <= 1.0 for event in seen)
        assert all(event["samples_per_second"] > 0 for event in seen)


def test_only_progress_and_epochs_are_reported(finished):
    assert {event["event"] for event in finished.events} == {"progress", "epoch"}


def test_metrics_hold_the_epoch_events(finished):
    epochs = [event for event in finished.events if event["event"] == "epoch"]
    records = finished.records()
    assert "confusion" in records[-1]
    for record in records:
        record.pop("confusion", None)
    assert [{"event": "epoch", **record} for record in records] == epochs


def test_records_tell_how_each_hidden_layer_moved(finished):
    for record in finished.records():
        layers = 0 if record["variant"] == "linear" else 2
        assert len(record["layers"]) == layers
        for layer in record["layers"]:
            moved = record["variant"] == "learned"
            assert (layer["weight_change"] > 0) == moved
            assert (layer["modulator"] > 0) == moved
            assert layer["hsic_x"] > 0
            assert layer["hsic_y"] > 0


def test_accuracies_are_shares_of_the_samples(finished):
    for record in finished.records():
        assert record["test_accuracy"] * 20 == pytest.approx(round(record["test_accuracy"] * 20))
        assert record["train_accuracy"] * 60 == pytest.approx(round(record["train_accuracy"] * 60))


def test_the_summary_is_that_of_the_last_epoch(finished):
    last = {record["variant"]: record for record in finished.records()}
    summary = finished.summary
    for key in ("test_accuracy", "train_accuracy", "samples_per_second"):
        assert summary[key] == last["learned"][key]
    assert summary["backend"] == "float"
    assert summary["seed"] == 3
    assert summary["epochs"] == EPOCHS
    assert summary["timing"] == "paper"
    assert summary["controls"] == {
        variant: last[variant]["test_accuracy"] for variant in ("frozen", "linear")
    }
    assert json.loads((finished.folder / "summary.json").read_text()) == summary


def test_evaluation_repeats_the_last_test_accuracy(finished):
    before = snapshot(finished.folder)
    result = lava_ib.evaluate(finished.folder)
    assert result["test_accuracy"] == finished.summary["test_accuracy"]
    assert result["samples"] == 20
    assert result["trained_samples"] == 60 * EPOCHS
    assert result["backend"] == "float"
    assert result["seed"] == 3
    assert result["samples_per_second"] > 0
    after = snapshot(finished.folder)
    for name in ("checkpoint.h5", "metrics.jsonl", "summary.json", "config.toml"):
        assert after[name] == before[name]


def test_resuming_a_finished_run_trains_nothing_and_says_the_same(finished, copy):
    before = snapshot(copy)
    events = []
    summary = lava_ib.train(finished.config, copy, resume=True, on_event=events.append)
    assert events == []
    assert summary == {**finished.summary, "run": str(copy)}
    after = snapshot(copy)
    assert after["checkpoint.h5"] == before["checkpoint.h5"]
    assert after["metrics.jsonl"] == before["metrics.jsonl"]


def test_the_same_seed_gives_the_same_bits_and_records_without_supervision_too(
    finished, train_here, tmp_path, assert_same_bits
):
    again = RunFolder(tmp_path / "again")
    train_here(finished.config, again.path)
    assert_same_bits(again.checkpoint_file, finished.folder / "checkpoint.h5")

    def timeless(records):
        return [{**record, "samples_per_second": None} for record in records]

    assert timeless(again.metrics()) == timeless(finished.records())


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"seed": 4}, "seed"),
        ({"learning": {"eta": 0.5}}, "learning.eta"),
        ({"training": {"epochs": 5}}, "training.epochs"),
        ({"memory": {"kind": "window"}}, "memory.kind"),
        ({"data": {"train_limit": 61}}, "data.train_limit"),
    ],
)
def test_resuming_with_another_config_is_refused(finished, copy, refusal, changes, key):
    before = snapshot(copy)
    values = finished.config.model_dump(exclude_none=True)
    for name, value in changes.items():
        same_kind = isinstance(value, dict) and "kind" not in value
        values[name] = {**values[name], **value} if same_kind else value
    message = refusal(lava_ib.train, lava_ib.make_config(values), copy, resume=True)
    assert f"--resume: {key} differs" in message
    assert snapshot(copy) == before


def test_resuming_where_no_run_is_is_refused(finished, tmp_path, refusal):
    message = refusal(lava_ib.train, finished.config, tmp_path / "none", resume=True)
    assert f"{tmp_path / 'none'}: no run in this folder" in message
    assert not (tmp_path / "none").exists()


def test_a_folder_that_is_not_empty_is_refused_and_untouched(tiny, tmp_path, refusal):
    (tmp_path / "notes.txt").write_text("mine")
    message = refusal(lava_ib.train, tiny(), tmp_path)
    assert f"--out {tmp_path}: exists and is not empty" in message
    assert snapshot(tmp_path) == {"notes.txt": b"mine"}


def test_a_file_in_place_of_the_folder_is_refused(tiny, tmp_path, refusal):
    path = tmp_path / "file"
    path.write_text("mine")
    assert str(path) in refusal(lava_ib.train, tiny(), path)
    assert str(path) in refusal(lava_ib.train, tiny(), path / "below")
    assert path.read_text() == "mine"


def test_layers_that_do_not_fit_the_data_leave_no_folder(tiny, tmp_path, refusal):
    config = tiny(network={"layers": [63, 5, 10]})
    assert "network.layers" in refusal(lava_ib.train, config, tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("task", ["train", "evaluate"])
def test_a_checkpoint_that_does_not_fit_the_config_is_refused(tiny, copy, refusal, task):
    changed = tiny(
        seed=3,
        network={"layers": [64, 13, 8, 10]},
        training={"epochs": EPOCHS, "controls": ["frozen", "linear"]},
        data={"train_limit": 60, "test_limit": 20},
    )
    RunFolder(copy).config_file.write_text(changed.to_toml())
    checkpoint = (copy / "checkpoint.h5").read_bytes()
    if task == "train":
        message = refusal(lava_ib.train, changed, copy, resume=True)
    else:
        message = refusal(lava_ib.evaluate, copy)
    assert str(copy / "checkpoint.h5") in message
    assert "dense1/weights" in message
    assert "(13, 64)" in message
    assert (copy / "checkpoint.h5").read_bytes() == checkpoint


def test_evaluating_with_more_layers_than_were_trained_is_refused(tiny, copy, refusal):
    config = tiny(network={"layers": [64, 12, 8, 8, 10]})
    RunFolder(copy).config_file.write_text(config.to_toml())
    assert "dense3/weights" in refusal(lava_ib.evaluate, copy)


def test_an_unknown_backend_is_refused(finished, refusal):
    message = refusal(lava_ib.evaluate, finished.folder, backend="abacus")
    assert "'abacus'" in message
    assert "float" in message


def test_the_chip_timing_and_a_window_memory_run(tiny, train_here, tmp_path):
    config = tiny(
        network={"timing": "chip", "steps_per_sample": 2},
        memory={"kind": "window", "samples": 8},
        data={"train_limit": 40},
    )
    summary = train_here(config, tmp_path / "run")
    assert summary["timing"] == "chip"
    assert summary["controls"] == {}
    (record,) = RunFolder(tmp_path / "run").metrics()
    assert all(layer["weight_change"] > 0 for layer in record["layers"])


def test_a_message_to_the_caller_that_raises_ends_the_run(tiny, tmp_path):
    def disagree(event):
        raise InputError("enough")

    with pytest.raises(InputError, match="enough"):
        lava_ib.train(tiny(), tmp_path / "run", on_event=disagree)
    assert not (tmp_path / "run" / ".live").exists()


def test_a_long_folder_name_is_no_obstacle(tiny, tmp_path):
    """The paths of Unix sockets, of which Lava's shared memory needs one, end at 107 bytes."""
    run = Run(tmp_path / ("long" * 30) / "run", tiny(data={"train_limit": 10, "test_limit": 5}))
    assert 0.0 <= run.summary["test_accuracy"] <= 1.0
