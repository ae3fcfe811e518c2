"""One presentation in floating point moves what the integers move, up to rounding."""

import numpy as np
import pytest

from lava_ib.rule.eligibility import apply_modulator, decay_trace, epoch_gain
from lava_ib.rule.fixed.equivalent import UNIT, equivalent_settings, in_real_numbers
from lava_ib.rule.fixed.neuron import neuron_modulator
from lava_ib.rule.fixed.plastic import (
    Draws,
    learned_prototypes,
    learned_tags,
    learned_weights,
    traces_sent,
)
from lava_ib.rule.fixed.schedule import power_of_two, tag_shift
from lava_ib.rule.fixed.settings import FixedSettings
from lava_ib.rule.memory import Prototype
from lava_ib.rule.memory.prototype import store_margin
from lava_ib.rule.normalisation import project
from lava_ib.rule.settings import NetworkSettings, Settings

RNG = np.random.default_rng(3)


def settings_of(**fixed) -> Settings:
    return Settings(
        network=NetworkSettings(steps_per_sample=3, tau=2.2, tau_e=4.0, timing="chip"),
        memory=Prototype(storage="margin"),
        fixed=FixedSettings(**fixed),
    )


@pytest.mark.parametrize("bits", [9, 8])
def test_a_weight_moves_by_the_same_share(bits):
    settings = settings_of(weight_bits=bits, rate=8.0, rounding="per_synapse")
    fixed, real = settings.fixed, equivalent_settings(settings)
    tags, weights = RNG.integers(-200, 200, (50, 40)), RNG.integers(-60, 60, (50, 40))
    xi = RNG.integers(-63, 64, 50)
    y2, y3, cut = traces_sent(xi, power_of_two(0, 0, fixed.rate), fixed)
    moved, _ = learned_weights(weights, tags, (y2, y3), fixed, 0, Draws(fixed, 0))
    start = in_real_numbers({"dense1/weights": weights, "dense1/tag_1": tags}, fixed)
    weights_of = start["dense1/weights"].copy()
    apply_modulator(weights_of, start["dense1/tag_1"], xi / (UNIT / 2), real.learning.eta)
    by_integers = in_real_numbers({"dense1/weights": moved}, fixed)["dense1/weights"]
    assert cut == 0
    slope = np.sum((by_integers - start["dense1/weights"]) * tags * xi[:, None]) / np.sum(
        (weights_of - start["dense1/weights"]) * tags * xi[:, None]
    )
    assert slope == pytest.approx(1.0, abs=0.05)


def test_a_tag_nears_its_input_by_the_same_share():
    settings = settings_of()
    network = equivalent_settings(settings).network
    tags, x1, active = RNG.integers(-99, 99, (9, 7)), RNG.integers(0, 128, 7), RNG.random(9) < 0.5
    shift = tag_shift(settings.network.tau_e, 3)
    moved, _ = learned_tags(tags, x1, active, shift, settings.fixed, 0, Draws(settings.fixed, 0))
    trace = tags / UNIT
    decay_trace(trace, active.astype(float), x1 / UNIT, epoch_gain(network.tau_e, 3))
    np.testing.assert_allclose(moved / UNIT, trace, atol=2 / UNIT)


def test_a_prototype_moves_by_the_same_share():
    settings = settings_of(rate=64.0)
    real = equivalent_settings(settings)
    rows, z = RNG.integers(-50, 50, (3, 400)), RNG.integers(0, 60, 400)
    label = np.eye(3)[1]
    size = power_of_two(0, 0, 64.0)
    moved, _ = learned_prototypes(rows, z, 1, 2, size, settings.fixed, 0, Draws(settings.fixed, 20))
    by_real = rows / UNIT
    store_margin(by_real, z / UNIT, label, 2, real.memory.alpha)
    np.testing.assert_allclose(moved / UNIT, by_real, atol=1.5 / UNIT)


def test_a_modulator_is_half_the_orthogonal_part():
    z, u = RNG.integers(0, 100, 30), np.ones(30, dtype=np.int64)
    xi = RNG.integers(-60, 60, 30)
    exact = project(xi / UNIT, z / np.linalg.norm(z))
    np.testing.assert_allclose(neuron_modulator(xi, z, u, 0, 7) / (UNIT / 2), exact, atol=2 / UNIT)


def test_a_membrane_is_scaled_by_its_own_exponent():
    state = {"layer1/u": np.array([3]), "dense1/weight_exp": np.array([-2])}
    real = in_real_numbers(state, FixedSettings())
    assert real["layer1/u"] == pytest.approx(12 / UNIT**2)
    assert real["dense1/weight_exp"] == -2
