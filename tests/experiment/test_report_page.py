"""The report in a real browser: it opens offline, without errors, at every width."""

import numpy as np
import pytest

import lava_ib
from lava_ib.experiment.data import Dataset
from lava_ib.experiment.report import write_report
from lava_ib.experiment.run_folder import RunFolder

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    rng = np.random.default_rng(0)
    x, labels = rng.normal(size=(50, 64)), np.arange(50) % 10
    record = {
        "variant": "learned",
        "epoch": 1,
        "train_accuracy": 0.98,
        "test_accuracy": 0.974,
        "samples_per_second": 100.0,
        "layers": [{"weight_change": 0.5, "modulator": 1.0}] * 2,
        "confusion": np.diag(np.bincount(labels)).tolist(),
    }
    frozen = {**record, "variant": "frozen", "test_accuracy": 0.5}
    summary = {
        **{key: record[key] for key in ("test_accuracy", "train_accuracy", "samples_per_second")},
        "epochs": 1,
        "backend": "float",
        "timing": "paper",
        "seed": 0,
        "python": "3.11.7",
        "controls": {"frozen": 0.5},
    }
    config = lava_ib.make_config({"data": {"source": f"{'long/' * 30}<b>name</b>.npz"}})
    run = RunFolder(tmp_path_factory.mktemp("run"))
    weights = rng.normal(size=(128, 64))
    data = Dataset(x, labels, x, labels, (8, 8))
    write_report(run, config, data, [record, frozen], weights, summary)
    return run.report_file


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1200])
def test_page(browser, report, width, scheme):
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    complaints, requests = [], []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(report.as_uri())
    page.get_by_text("Configuration").scroll_into_view_if_needed()
    assert page.get_by_text("97.4\u202f%").first.is_visible()
    assert page.get_by_role("img").count() == page.locator("figure:visible").count() == 5
    page.locator("summary").nth(1).click()
    assert page.get_by_text("steps_per_sample").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert complaints == []
    assert [url for url in requests if not url.startswith("data:")] == [report.as_uri()]
    page.close()


@pytest.mark.parametrize("scheme, dark", [("light", False), ("dark", True)])
def test_figures_follow_the_colour_scheme(browser, report, scheme, dark):
    page = browser.new_page(color_scheme=scheme)
    page.goto(report.as_uri())
    ink = page.locator("#curves svg text").first.evaluate("text => getComputedStyle(text).fill")
    brightness = sum(map(int, ink[4:-1].split(", "))) / 3
    assert (brightness > 128) == dark
    page.close()
