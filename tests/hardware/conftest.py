"""A small network in integers."""

import numpy as np
import pytest

from lava_ib.hardware.frozen_layers import FrozenConv, FrozenDense, FrozenPool
from lava_ib.hardware.frozen_network import FrozenNetwork, freeze


@pytest.fixture(scope="session")
def small():
    """A frozen network of 12 inputs, centred, and 300 raw samples."""
    rng = np.random.default_rng(5)
    x = rng.uniform(0, 1, (300, 12)) * (rng.random((300, 12)) < 0.6)
    weights = [rng.normal(size=shape) for shape in ((9, 12), (7, 9), (4, 7))]
    network, close = freeze(weights, -weights[0] @ x.mean(axis=0), x)
    assert close == ()
    return network, x


@pytest.fixture(scope="session")
def maps():
    """A frozen network of two convolutions on pictures of 7x6x2, and 40 encoded pictures."""
    rng = np.random.default_rng(6)

    def drawn(*shape):
        return rng.integers(-127, 128, shape)

    layers = (
        FrozenConv(drawn(4, 3, 3, 2), (7, 6, 2), 1, 1),
        FrozenPool((7, 6, 4), 2, rng.integers(-20_000, 20_000, 36), 99, 14),
        FrozenConv(drawn(5, 2, 2, 4), (3, 3, 4), 1, 0),
        FrozenPool((2, 2, 5), 1, None, 3, 10),
        FrozenDense(drawn(8, 20), 10, rng.integers(-50, 50, 8)),
        FrozenDense(drawn(3, 8), 0, rng.integers(-20_000, 20_000, 3)),
    )
    encoded = rng.integers(-255, 256, (40, 84)).astype(np.int32)
    return FrozenNetwork(layers, 1.0), encoded
