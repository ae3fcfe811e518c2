"""A small network in integers, and a stand-in for Intel's extension."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from lava_ib.hardware.frozen_network import freeze

STAND_IN = Path(__file__).with_name("stand_in") / "embedded_io"


@pytest.fixture(scope="session")
def small():
    """A frozen network of 12 inputs, centred, and 300 raw samples."""
    rng = np.random.default_rng(5)
    x = rng.uniform(0, 1, (300, 12)) * (rng.random((300, 12)) < 0.6)
    weights = [rng.normal(size=shape) for shape in ((9, 12), (7, 9), (4, 7))]
    network, close = freeze(weights, -weights[0] @ x.mean(axis=0), x)
    assert close == ()
    return network, x


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
