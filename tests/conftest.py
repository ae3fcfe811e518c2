"""What every test run says first, and what tests of several parts share."""

import importlib.util
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lava_ib  # noqa: F401  (before any test imports Lava)

STAND_IN = Path(__file__).parent / "hardware" / "stand_in" / "embedded_io"


def pytest_report_header() -> list[str]:
    """Say which Python and which backends run; the rule's tests need neither Lava nor these."""
    if find_spec("lava") is None:
        return [f"Python {platform.python_version()}, without Lava"]
    from lava_ib.backends import BACKENDS

    return [
        f"Python {platform.python_version()}, lava-nc {version('lava-nc')}, numpy {np.__version__}",
        f"backends: {', '.join(BACKENDS)}",
    ]


@pytest.fixture(scope="session")
def make_settings() -> Callable[..., Any]:
    """Settings of a small network, from a flat list of what is not default."""
    from lava_ib.rule.memory import Prototype
    from lava_ib.rule.settings import (
        LearningSettings,
        NetworkSettings,
        ReadoutSettings,
        Settings,
    )

    def make(
        *,
        layers: tuple[int, ...] = (6, 5, 4, 3),
        steps: int = 1,
        timing: str = "paper",
        memory: Any = None,
        eta: float = 0.05,
        **learning: Any,
    ) -> Settings:
        return Settings(
            network=NetworkSettings(
                layers=layers, steps_per_sample=steps, timing=timing, tau=1.5, tau_e=2.0
            ),
            learning=LearningSettings(eta=eta, **learning),
            memory=Prototype() if memory is None else memory,
            readout=ReadoutSettings(beta=3.0),
        )

    return make


@pytest.fixture(scope="session")
def tiny_data() -> tuple[np.ndarray, np.ndarray]:
    """24 samples of 6 inputs in 3 classes, every eighth without a label."""
    rng = np.random.default_rng(5)
    labels = rng.integers(0, 3, 24)
    x = rng.normal(size=(24, 6)) + np.eye(3, 6)[labels]
    labels[::8] = -1
    return x, labels


@pytest.fixture
def embedded_io(monkeypatch):
    """The stand-in where the extension would be."""
    for name in ("embedded_io", "embedded_io.spike"):
        path = STAND_IN / ("__init__.py" if name == "embedded_io" else "spike.py")
        spec = importlib.util.spec_from_file_location(f"lava.proc.{name}", path)
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, f"lava.proc.{name}", module)
        spec.loader.exec_module(module)
    import lava.proc

    stand_in = sys.modules["lava.proc.embedded_io"]
    stand_in.spike = sys.modules["lava.proc.embedded_io.spike"]
    monkeypatch.setattr(lava.proc, "embedded_io", stand_in, raising=False)
    return stand_in


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """An installed Chromium, that asks nobody for anything by itself."""
    api = pytest.importorskip("playwright.sync_api", reason="needs the package playwright")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium is installed")
    quiet = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=quiet)
        yield browser
        browser.close()
