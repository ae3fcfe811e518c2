"""Window memory in integers, against the one in floating point."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lava_ib.rule.fixed.memory import modulator_of
from lava_ib.rule.fixed.neuron import NORM, activities, normalised
from lava_ib.rule.fixed.window import (
    KERNEL_BITS,
    OCTAVE_BITS,
    SHARE_BITS,
    distance,
    kernel,
    kernel_scale,
    shares,
)
from lava_ib.rule.kernels import log_gaussian
from lava_ib.rule.memory import Window
from lava_ib.rule.memory.window import hsic_modulator, kde_modulator

RNG = np.random.default_rng(3)
NEURONS, CLASSES, SIZE = 40, 4, 12


def outputs(count):
    """Outputs of a layer whose classes differ."""
    labels = RNG.integers(0, CLASSES, count)
    centres = RNG.normal(size=(CLASSES, NEURONS))
    rates = np.maximum(centres[labels] + RNG.normal(size=(count, NEURONS)), 0)
    z = [activities(normalised(r), 7) for r in np.rint(1000 * rates).astype(np.int64)]
    return np.array(z), labels


@given(st.integers(0, 10 << OCTAVE_BITS))
def test_kernels_are_powers_of_two_within_a_sixteenth_of_an_octave(octaves):
    exact = 2.0 ** (KERNEL_BITS - octaves / (1 << OCTAVE_BITS))
    assert exact - 1 <= kernel(octaves) + 0.5 <= exact + 1.01


@pytest.mark.parametrize("sigma", [0.15, 0.5, 2.0])
def test_kernels_are_gaussian_within_two_per_cent(sigma):
    z, _ = outputs(60)
    found = np.array([kernel(distance(z[0], row, kernel_scale(sigma))) for row in z])
    exact = np.exp(log_gaussian(z[0] / NORM, z / NORM, sigma)) * (1 << KERNEL_BITS)
    kept = exact > 1000  # below, the last bit counts more
    np.testing.assert_allclose(found[kept], exact[kept], rtol=2 ** (1 / 32) - 1 + 0.002)
    assert np.abs(found - exact)[~kept].max(initial=0) < 30


def test_shares_of_distant_samples_still_add_up_to_one():
    octaves, members = np.array([900, 905, 3, 2000]), np.array([1, 1, 0, 1])
    found = shares(octaves, members)
    assert found.sum() == pytest.approx(1 << SHARE_BITS, abs=2)
    assert found[0] > found[1] > 0 and found[2] == 0
    assert not shares(octaves, np.zeros(4, dtype=int)).any()


@pytest.mark.parametrize("objective", ["kde", "hsic"])
@pytest.mark.parametrize("sigma", [0.2, 0.5])
def test_modulators_are_those_in_floating_point(objective, sigma):
    memory = Window(objective=objective, samples=SIZE, sigma=sigma)
    state = {
        "z": np.zeros((SIZE, NEURONS), dtype=np.int64),
        "labels": np.zeros((SIZE, CLASSES), dtype=np.int64),
        "count": np.zeros(1, dtype=np.int64),
    }
    pairs = []
    for z, own in zip(*outputs(120), strict=True):
        found = modulator_of(memory, state, z, int(own)) - 0.0
        newest, filled = int(state["count"][0] - 1) % SIZE, min(int(state["count"][0]), SIZE)
        stored, labels = state["z"][:filled] / NORM, state["labels"][:filled].astype(float)
        if objective == "kde":
            exact = kde_modulator(stored, labels, newest, sigma)
        else:
            exact = hsic_modulator(stored, labels, np.empty((filled, 0)), newest, sigma, 1.0, 1.0)
        unit = z / np.linalg.norm(z)  # what lies along the output is taken off in any case
        if filled == SIZE:  # before, those of hsic are larger in floating point
            pairs.append([array - array @ unit * unit for array in (exact, found)])
    exact, found = np.moveaxis(np.array(pairs), 1, 0)
    assert exact.any(axis=1).sum() > 90
    least = 0.98 if objective == "hsic" else 0.995
    assert np.corrcoef(exact.ravel(), found.ravel())[0, 1] > least
    size = [np.linalg.norm(array, axis=1) for array in (exact, found)]
    assert np.corrcoef(*size)[0, 1] > 0.98
