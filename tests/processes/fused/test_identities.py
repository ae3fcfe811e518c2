"""The identities that the fused loop rests on, against the sums they replace."""

import numpy as np
import pytest

from lava_ib.processes.fused.arrays import make_first, make_layers, make_rule, make_samples
from lava_ib.processes.fused.dynamics import run_steps
from lava_ib.processes.fused.first_layer import credit, first_drive, fold, hold
from lava_ib.rule.eligibility import apply_modulator, decay_trace
from lava_ib.rule.neuron import gate, leak, rate
from lava_ib.rule.normalisation import normalise
from lava_ib.rule.settings import NetworkSettings, Settings
from lava_ib.rule.state import initial_state

STEPS, TAU, TAU_E = 6, 3.0, 4.0


@pytest.fixture
def parts():
    rng = np.random.default_rng(3)
    x = rng.uniform(size=(40, 12)) * (rng.uniform(size=(40, 12)) < 0.4)
    offset = x.mean(axis=0)
    settings = Settings(
        network=NetworkSettings(layers=(12, 9, 7, 3), steps_per_sample=STEPS, tau=TAU, tau_e=TAU_E)
    )
    state = initial_state(settings, "all", len(x), seed=5)
    unlabelled = np.zeros(len(x), dtype=int)
    samples = make_samples(x, unlabelled, unlabelled, offset, np.arange(len(x)))
    rule = make_rule(settings, "all", total_samples=0)
    layers = make_layers(settings, state)
    first = make_first(rule, layers, samples)
    fold(rule, samples, layers.weights[0], layers.trace[0], first)
    return samples, rule, layers, first, x - offset, state


def test_updates_written_late_give_the_drive_and_weights_of_dense_traces(parts):
    samples, rule, layers, first, a, state = parts
    weights, trace = state["dense1/weights"].copy(), state["dense1/tag_1"].copy()
    rng = np.random.default_rng(0)
    for index in range(len(a)):
        first_drive(index, samples, layers.weights[0], first)
        np.testing.assert_allclose(first.drive, weights @ a[index], atol=1e-12)
        gates = rng.uniform(size=(STEPS, 9)) < 0.5
        g = sum((1 / TAU_E) * (1 - 1 / TAU_E) ** (STEPS - 1 - t) * gates[t] for t in range(STEPS))
        xi = rng.normal(size=9)
        hold(index, g, rule, samples, layers.weights[0], first)
        credit(xi, 0.1, rule, layers.weights[0], layers.trace[0], first)
        for t in range(STEPS):
            decay_trace(trace, gates[t].astype(float), a[index], 1 / TAU_E)
        apply_modulator(weights, trace, xi, 0.1)
    fold(rule, samples, layers.weights[0], layers.trace[0], first)
    np.testing.assert_allclose(layers.weights[0].T, weights, atol=1e-12)
    np.testing.assert_allclose(layers.trace[0].T, trace, atol=1e-12)


def test_leaking_drive_and_running_averages_give_the_steps_of_plain_layers(parts):
    samples, rule, layers, first, a, state = parts
    u = [np.zeros(9), np.zeros(7)]
    for index in range(len(a)):
        first_drive(index, samples, layers.weights[0], first)
        run_steps(np.zeros(3), rule, layers, first)
        contribution = np.zeros((7, 9))
        for _ in range(STEPS):
            u[0] = leak(u[0], state["dense1/weights"] @ a[index], TAU)
            z, _ = normalise(rate(u[0]))
            u[1] = leak(u[1], state["dense2/weights"] @ z, TAU)
            decay_trace(contribution, gate(u[1]), z, 1 / TAU_E)
        np.testing.assert_allclose(layers.u[0], u[0], atol=1e-12)
        np.testing.assert_allclose(layers.u[1], u[1], atol=1e-12)
        found = np.outer(layers.gate[1], layers.average[0]) + layers.partial[1]
        np.testing.assert_allclose(found, contribution, atol=1e-12)
        layers.partial[1][:] = 0.0
