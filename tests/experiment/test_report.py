"""The report, from records and arrays made by hand: no network runs here."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest

import lava_ib
from lava_ib.experiment.data import Dataset
from lava_ib.experiment.report import verdict, write_report
from lava_ib.experiment.run_folder import RunFolder

VOID = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """Sections, texts and attributes of a page; fails on tags that do not nest."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.attributes, self.texts = [], [], [], []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.texts.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())

    def values(self, name):
        return [value for key, value in self.attributes if key == name]


@pytest.fixture
def report(tmp_path):
    """Text of a report: ``report(inputs=2, classes=2)``."""
    return lambda **what: make_report(tmp_path, **what).read_text()


def make_report(
    folder,
    inputs=64,
    classes=10,
    image_shape=None,
    epochs=3,
    controls=("frozen", "linear"),
    kept=True,
    source="digits",
    maps=(),
    memory=None,
):
    rng = np.random.default_rng(0)
    config = lava_ib.make_config(
        {
            "network": {"layers": [inputs, 70, 6, classes]},
            "data": {"source": source},
            "memory": memory or {},
        }
    )
    labels = np.arange(120) % classes
    x = rng.normal(size=(120, inputs))
    records = [
        record(variant, epoch, epochs)
        for variant in ("learned", *controls)
        for epoch in range(1, epochs + 1)
    ]
    last = records[epochs - 1]
    counts = np.diag(np.bincount(labels))
    counts[0, 0], counts[0, 1] = counts[0, 0] - 3, 3
    if kept:
        last["confusion"] = counts.tolist()
    summary = {
        "test_accuracy": last["test_accuracy"],
        "train_accuracy": last["train_accuracy"],
        "samples_per_second": 123.4,
        "epochs": epochs,
        "backend": "float",
        "timing": "paper",
        "seed": 0,
        "controls": {r["variant"]: r["test_accuracy"] for r in records[epochs:]},
        "python": "3.11.7",
        "run": str(folder),
    }
    run = RunFolder(folder)
    write_report(
        run,
        config,
        Dataset(x, labels, x, labels, image_shape),
        records,
        rng.normal(size=(70, inputs)),
        summary,
        maps,
    )
    return run.report_file


def record(variant, epoch, epochs):
    layers = [{"weight_change": 0.5 / epoch, "modulator": 1.0 / epoch}] * 2
    final = {"learned": 0.974, "frozen": 0.801, "linear": 0.762}[variant]
    accuracy = final - 0.15 * (1 - epoch / epochs)
    return {
        "variant": variant,
        "epoch": epoch,
        "epochs": epochs,
        "train_accuracy": accuracy + 0.01,
        "test_accuracy": accuracy,
        "samples_per_second": 100.0,
        "layers": [] if variant == "linear" else layers,
    }


def test_everything_is_there_in_order(report):
    page = Page(report(image_shape=(8, 8)))
    sections = ["curves", "confusion", "layers", "first", "config"]
    assert [name for name in page.values("id") if name in sections] == sections
    assert page.tags.count("figure") == page.tags.count("figcaption") == 5
    labels = page.values("aria-label")
    assert len(labels) == page.tags.count("svg") == 5
    assert "Test accuracy from 87.4% to 97.4%" in labels
    assert "97.4 % test accuracy" in page.text
    assert "Beats frozen hidden layers by 17.3 and linear readout by 21.2 points." in page.text
    assert "3 of 12 samples of class 0 are taken for class 1" in page.text
    assert "the first 64 of 70 neurons" in page.text
    for fact in ("64 → 70 → 6 → 10", "prototype", "123 samples/s", lava_ib.__version__):
        assert fact in page.text


def test_maps_are_shown_channel_by_channel(report):
    assert "Maps of" not in report()
    picture, rates = np.zeros((8, 8, 3)), np.ones((4, 4, 20))
    page = Page(report(maps=(picture, rates)))
    labels = page.values("aria-label")
    assert {"Maps of the picture, 3 channels", "Maps of layer 1, 16 channels"} <= set(labels)
    assert "the first 16 of 20 channels" in page.text


@pytest.mark.parametrize("inputs, image_shape", [(64, (8, 8)), (2, None), (64, None)])
def test_nothing_is_fetched(report, inputs, image_shape):
    text = report(inputs=inputs, image_shape=image_shape)
    assert not re.search(r"https?://|@import|<script", text)
    page = Page(text)
    for name in ("src", "href", "xlink:href"):
        assert all(value.startswith(("#", "data:")) for value in page.values(name))
    assert all(target.startswith("#") for target in re.findall(r"url\((.*?)\)", text))


def test_references_within_figures_are_unique_and_met(report):
    page = Page(report(image_shape=(8, 8)))
    names = page.values("id")
    assert len(names) == len(set(names))
    used = [value[1:] for value in page.values("xlink:href") if value.startswith("#")]
    used += [name for value in page.values("clip-path") for name in re.findall(r"#([\w-]+)", value)]
    assert used
    assert set(used) <= set(names)


def test_colours_and_letters_are_the_page_s(report):
    text = report(image_shape=(8, 8))
    assert "currentColor" in text
    assert "#010203" not in text
    assert "<text" in text


def test_what_a_config_says_is_shown_as_text(report):
    text = report(source="<script>alert(1)</script>\"'&.npz")
    page = Page(text)
    assert "script" not in page.tags
    assert page.text.count("<script>alert(1)</script>") == 2  # heading and config


@pytest.mark.parametrize(
    "what, words",
    [
        ({"inputs": 2, "classes": 2}, "Arrows are the weights of the first 64 of 70 neurons"),
        ({"inputs": 2, "classes": 20}, "Arrows are"),
        ({"classes": 25}, "from 64 of 64 inputs"),
        ({"inputs": 3000}, "from 1024 of 3000 inputs"),
        ({"epochs": 1}, "after epoch 1"),
        ({"epochs": 100}, "after epoch 100"),
        ({"controls": ()}, "No control was trained beside it"),
        ({"controls": ("linear",)}, "Beats linear readout by"),
        ({"memory": {"storage": "leaky"}}, "Memory prototype, leaky Timing"),
        ({"memory": {"units": 9}}, "Memory prototype, delta, 9 rectifiers"),
        ({"memory": {"kind": "features"}}, "Memory features Timing"),
    ],
)
def test_other_runs(report, what, words):
    page = Page(report(**what))
    assert page.tags.count("figure") == 5
    assert words in page.text


def test_a_run_without_confusion_matrix(report):
    page = Page(report(kept=False))
    assert page.tags.count("figure") == 4
    assert "did not keep it" in page.text


def test_the_same_results_give_the_same_file(tmp_path):
    first = make_report(tmp_path, image_shape=(8, 8)).read_bytes()
    assert make_report(tmp_path, image_shape=(8, 8)).read_bytes() == first
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_pictures_of_mnist_s_size_stay_small(tmp_path):
    assert make_report(tmp_path, inputs=784, image_shape=(28, 28)).stat().st_size < 1_000_000


@pytest.mark.parametrize(
    "accuracy, controls, mark, words",
    [
        (0.9, {"frozen": 0.8, "linear": 0.7}, "yes", "by 10.0 and linear readout by 20.0 points"),
        (0.9, {"frozen": 0.9, "linear": 0.95}, "no", "frozen hidden layers and linear readout:"),
        (1.0, {"frozen": 1.0, "linear": 0.5}, "no", "than frozen hidden layers:"),
        (1.0, {"frozen": 0.995}, "unclear", "too little to be sure"),
        (0.9, {}, "unclear", "No control"),
    ],
)
def test_verdict(accuracy, controls, mark, words):
    found, sentence = verdict(accuracy, controls, tested=1000 if accuracy < 1 else 100)
    assert found == mark
    assert words in sentence
