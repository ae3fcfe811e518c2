"""A small network in integers."""

import numpy as np
import pytest

from lava_ib.hardware.frozen_network import freeze


@pytest.fixture(scope="session")
def small():
    """A frozen network of 12 inputs, centred, and 300 raw samples."""
    rng = np.random.default_rng(5)
    x = rng.uniform(0, 1, (300, 12)) * (rng.random((300, 12)) < 0.6)
    weights = [rng.normal(size=shape) for shape in ((9, 12), (7, 9), (4, 7))]
    network, close = freeze(weights, -weights[0] @ x.mean(axis=0), x)
    assert close == ()
    return network, x
