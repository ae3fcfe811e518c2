"""The live view: values of a run that trains, and nothing else changes by looking."""

import json
import urllib.error
import urllib.request

import pytest

import lava_ib
from lava_ib.errors import InputError
from lava_ib.inspection.live import LiveView

LAYER = {"rate": 0.25, "active": 0.5, "modulator": 1.5, "weight_change": 0.01}
EVENT = {
    "event": "progress",
    "variant": "learned",
    "samples": 1200,
    "total": 6000,
    "running_accuracy": 0.9,
    "samples_per_second": 20_000.0,
    "layers": [LAYER, LAYER],
}


@pytest.fixture
def view(network):
    with LiveView(lava_ib.inspect(network)) as view:
        yield view


def ask(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read()


def test_latest_values_are_served_for_each_process(view):
    assert json.loads(ask(f"{view.url}live.json"))["processes"] == {}
    view.show(EVENT)
    latest = json.loads(ask(f"{view.url}live.json"))
    assert latest["text"].startswith("learned: sample 1,200 of 6,000, 20,000 samples/s")
    assert latest["processes"] == {
        "network/layer1": "rate 0.25, 50% active, modulator 1.5",
        "network/dense1": "weights moved 0.01",
        "network/layer2": "rate 0.25, 50% active, modulator 1.5",
        "network/dense2": "weights moved 0.01",
    }


def test_events_without_values_change_nothing(view):
    view.show(EVENT)
    for event in ({"event": "epoch"}, {**EVENT, "layers": None, "event": "compiled"}):
        view.show(event)
    assert json.loads(ask(f"{view.url}live.json"))["samples"] == 1200


def test_only_the_page_and_its_values_are_served(view):
    assert b"Process graph" in ask(view.url)
    with pytest.raises(urllib.error.HTTPError, match="404"):
        ask(f"{view.url}../../etc/passwd")


def test_a_port_that_is_taken_is_refused(view, network):
    port = int(view.url.rsplit(":", 1)[1].strip("/"))
    with pytest.raises(InputError, match=f"--watch-port {port}: "):
        LiveView(lava_ib.inspect(network), port)


@pytest.mark.slow
def test_page_shows_the_values_and_says_when_the_run_is_over(browser, network):
    page = browser.new_page()
    with LiveView(lava_ib.inspect(network)) as view:
        page.goto(view.url)
        view.show(EVENT)
        page.wait_for_selector(".pulse")
        assert page.locator(".pulse").count() == 4
        assert "sample 1,200 of 6,000" in page.locator("#live").inner_text()
        page.get_by_role("button", name="Collapse all").click()
        assert page.locator(".pulse").count() == 0
        page.get_by_role("button", name="Expand all").click()
        assert page.locator(".pulse").count() == 4
    page.wait_for_function("document.getElementById('live').textContent.includes('ended')")
    page.close()


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["float", "fused"])
def test_a_watched_run_learns_the_same(tmp_path, train_here, backend):
    config = lava_ib.make_config(
        {
            "backend": backend,
            "data": {"train_limit": 200, "test_limit": 50},
            "network": {"layers": [64, 12, 8, 10], "steps_per_sample": 1},
            "training": {"epochs": 2, "controls": []},
        }
    )
    with LiveView(lava_ib.inspect(config, "float")) as view:
        events = []

        def show(event):
            events.append(event)
            view.show(event)
            ask(f"{view.url}live.json")

        watched = lava_ib.train(config, tmp_path / "watched", on_event=show, watched=True)
    alone = train_here(config, tmp_path / "alone")
    assert watched["test_accuracy"] == alone["test_accuracy"]
    pulses = [event["layers"] for event in events if event["event"] == "progress"]
    assert all(len(layers) == 2 for layers in pulses)
    assert all(layer["modulator"] > 0 and layer["rate"] > 0 for layer in pulses[-1])
    assert any(layer["weight_change"] > 0 for layers in pulses for layer in layers)
    assert view.latest["samples"] == 400
