"""The float model of PlasticDense, step by step."""

import numpy as np
import pytest

from lava_ib.processes import PlasticDense
from lava_ib.processes.plastic_dense.models import PyPlasticDenseModelFloat
from lava_ib.testing import SteppedModel

POST, PRE, STEPS = 4, 3, 24
RNG = np.random.default_rng(3)
WEIGHTS = RNG.normal(size=(POST, PRE))
TAG = RNG.normal(size=(POST, PRE))
INPUTS = {
    "s_in": RNG.normal(size=(STEPS, PRE)),
    "s_in_bap": RNG.random((STEPS, POST)) > 0.5,
    "s_in_y1": (RNG.random((STEPS, POST)) > 0.5).astype(float),
    "s_in_y2": RNG.random((STEPS, POST)),
    "s_in_y3": RNG.random((STEPS, POST)),
}
steps_per_sample = pytest.mark.parametrize("steps", [1, 4])
timings = pytest.mark.parametrize("timing", ["paper", "chip"])


def dense(**params) -> SteppedModel:
    params = {"shape": (POST, PRE), "weights": WEIGHTS, "tag_1": TAG, **params}
    return SteppedModel(PlasticDense(**params), PyPlasticDenseModelFloat)


def expected(timing: str, steps: int, eta: float, tau_e: float) -> tuple[np.ndarray, np.ndarray]:
    """Weights and traces after all steps."""
    weights, trace = WEIGHTS.copy(), TAG.copy()
    gain = 1 / tau_e if timing == "paper" else 1 - (1 - 1 / tau_e) ** steps
    for t in range(STEPS):
        xi = INPUTS["s_in_y2"][t] - INPUTS["s_in_y3"][t]
        moved = trace + gain * (np.outer(INPUTS["s_in_y1"][t], INPUTS["s_in"][t]) - trace)
        end = (t + 1) % steps == 0
        if timing == "paper":
            trace = moved
        if end:
            weights = weights + eta * xi[:, None] * trace
        if timing == "chip" and end:
            trace = moved
    return weights, trace


def test_drive_is_sent_in_the_step_the_input_arrives():
    model = dense(plastic=False)
    sent = model.run(STEPS, s_in=INPUTS["s_in"])
    np.testing.assert_allclose(sent["a_out"], INPUTS["s_in"] @ WEIGHTS.T, atol=1e-14)


@timings
@steps_per_sample
def test_weights_and_traces_follow_the_rule(timing, steps):
    model = dense(timing=timing, steps_per_sample=steps, eta=0.2, tau_e=2.5)
    model.run(STEPS, **INPUTS)
    weights, trace = expected(timing, steps, 0.2, 2.5)
    np.testing.assert_allclose(model.model.weights, weights, atol=1e-13)
    np.testing.assert_allclose(model.model.tag_1, trace, atol=1e-13)
    assert model.model.sample[0] == STEPS // steps


def test_paper_traces_move_at_every_step_and_chip_traces_once_per_epoch_after_the_weights():
    first = {name: values[0] for name, values in INPUTS.items()}
    last = {name: values[1] for name, values in INPUTS.items()}
    paper = dense(timing="paper", steps_per_sample=2, tau_e=2.0)
    chip = dense(timing="chip", steps_per_sample=2, tau_e=2.0, eta=0.5)
    paper.step(**first)
    chip.step(**first)
    half = np.outer(first["s_in_y1"], first["s_in"])
    np.testing.assert_allclose(paper.model.tag_1, TAG / 2 + half / 2)
    np.testing.assert_array_equal(chip.model.tag_1, TAG)
    chip.step(**last)
    xi = last["s_in_y2"] - last["s_in_y3"]
    np.testing.assert_allclose(chip.model.weights, WEIGHTS + 0.5 * xi[:, None] * TAG)
    full = np.outer(last["s_in_y1"], last["s_in"])
    np.testing.assert_allclose(chip.model.tag_1, TAG / 4 + 0.75 * full)


def test_both_timings_reach_the_same_trace_of_a_constant_input():
    constant = {name: np.repeat(values[:1], 4, axis=0) for name, values in INPUTS.items()}
    traces = []
    for timing in ("paper", "chip"):
        model = dense(timing=timing, steps_per_sample=4, tau_e=3.0)
        model.run(4, **constant)
        traces.append(model.model.tag_1)
    np.testing.assert_allclose(*traces, atol=1e-14)


def test_weights_move_only_at_the_end_of_a_presentation():
    model = dense(steps_per_sample=4)
    for t in range(8):
        before = model.model.weights.copy()
        model.step(**{name: values[t] for name, values in INPUTS.items()})
        assert np.array_equal(before, model.model.weights) == (t % 4 != 3)


@timings
def test_frozen_connection_changes_nothing(timing):
    model = dense(timing=timing, plastic=False, weight_decay=0.005, decay_interval=1)
    model.run(STEPS, **INPUTS)
    np.testing.assert_array_equal(model.model.weights, WEIGHTS)
    np.testing.assert_array_equal(model.model.tag_1, TAG)
    assert model.model.sample[0] == 0


@steps_per_sample
def test_weights_decay_once_in_an_interval(steps):
    model = dense(steps_per_sample=steps, eta=0.0, weight_decay=0.004, decay_interval=3)
    scale = []
    for t in range(STEPS):
        model.step(**{name: values[t] for name, values in INPUTS.items()})
        if (t + 1) % steps == 0:
            scale.append(model.model.weights[0, 0] / WEIGHTS[0, 0])
    decays = np.arange(1, STEPS // steps + 1) // 3
    np.testing.assert_allclose(scale, (1 - 3 * 0.004) ** decays, rtol=1e-14)


def test_rate_and_decay_fall_linearly_to_zero():
    model = dense(eta=1.0, total_samples=8, sample=2, weight_decay=0.004, decay_interval=2)
    constant = {"s_in": np.ones(PRE), "s_in_y1": np.ones(POST), "s_in_y2": np.ones(POST)}
    weights = WEIGHTS.copy()
    for sample in range(2, 12):
        model.step(**constant)
        factor = max(0.0, 1 - sample / 8)
        weights += factor  # the trace of this input is 1
        if (sample + 1) % 2 == 0:
            weights *= 1 - 2 * 0.004 * factor
        np.testing.assert_allclose(model.model.weights, weights, atol=1e-13)


def test_without_a_modulator_weights_stay():
    model = dense()
    quiet = {name: INPUTS[name] for name in ("s_in", "s_in_bap", "s_in_y1")}
    model.run(STEPS, **quiet)
    np.testing.assert_array_equal(model.model.weights, WEIGHTS)
    assert not np.array_equal(model.model.tag_1, TAG)
