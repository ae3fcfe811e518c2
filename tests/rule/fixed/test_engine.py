"""The engine in integers, against Lava's own learning connection, bit for bit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lava_ib.rule.fixed.engine import (
    HELD,
    TRACE_WIDTH,
    VARIABLE_WIDTH,
    EngineRandom,
    decay,
    engine_product,
    engine_update,
    saturate_tags,
    saturate_weights,
)

PRE, POST = 5, 4
STRIDES = [1] * 50 + [19] * 50  # epochs between looks: what parts once stays apart
EPOCHS = sum(STRIDES)
RULES = {
    "newest sample": (0, -7),
    "leaky tag": (2, -7),
    "large steps": (1, -4),
}
weights = arrays(np.int64, (3, 4), elements=st.integers(-256, 255))


def spikes_and_traces(seed, t_epoch):
    """Random input of so many epochs: payloads, and what the neurons send."""
    rng = np.random.default_rng(seed)
    shown = EPOCHS * t_epoch
    payload = rng.integers(0, 255, (PRE, shown)) * (rng.random((PRE, shown)) < 0.6)
    bap = rng.random((POST, shown)) < 0.5
    y1 = 127 * (rng.random((POST, shown)) < 0.5)
    y2, y3 = (rng.integers(0, 128, (POST, shown)) for _ in range(2))
    return payload, bap, y1, y2, y3


def in_lava(inputs, first, dt, dw, t_epoch, tau):
    """Weights and tags at each look, from the stock connection in Lava's own runtime."""
    from lava.magma.core.learning.constants import GradedSpikeCfg
    from lava.magma.core.learning.learning_rule import Loihi3FLearningRule
    from lava.magma.core.run_conditions import RunSteps
    from lava.magma.core.run_configs import Loihi2SimCfg
    from lava.proc.dense.process import LearningDense
    from lava.proc.io.source import RingBuffer

    rule = Loihi3FLearningRule(dw=dw, dt=dt, x1_impulse=0, x1_tau=tau, t_epoch=t_epoch, rng_seed=11)
    dense = LearningDense(
        weights=first,
        learning_rule=rule,
        num_message_bits=8,
        graded_spike_cfg=GradedSpikeCfg.OVERWRITE,
    )
    sources = [RingBuffer(data=values) for values in inputs]
    ports = (dense.s_in, dense.s_in_bap, dense.s_in_y1, dense.s_in_y2, dense.s_in_y3)
    for source, port in zip(sources, ports, strict=True):
        source.s_out.connect(port)
    config = Loihi2SimCfg(select_tag="fixed_pt")
    found = []
    try:
        for stride in STRIDES:
            dense.run(RunSteps(num_steps=stride * t_epoch), config)
            found.append((dense.weights.get().astype(int), dense.tag_1.get().astype(int)))
    finally:
        dense.stop()
    return found


def in_integers(inputs, first, exponent_tag, exponent_weight, t_epoch, tau):
    """The same by :mod:`lava_ib.rule.fixed.engine`, after each epoch."""
    payload, _, y1, y2, y3 = inputs
    draws = EngineRandom(seed=11)
    weight, tag, x1 = first.astype(int), np.zeros_like(first), np.zeros(PRE, dtype=int)
    found = []
    for epoch in range(EPOCHS):
        steps = range(epoch * t_epoch, (epoch + 1) * t_epoch)
        for step in steps:
            pre, post = draws.of_time_step()
            sent = payload[:, step] > 0
            x1 = np.where(sent, np.round(payload[:, step] / 2).astype(int), x1)
        column = [y[:, steps[-1], None] for y in (y1, y2, y3)]
        for _ in steps:
            x1 = decay(x1, tau, pre)
            column = [decay(y, HELD, post) for y in column]
        random = draws.of_epoch()
        pair = [(x1[None], TRACE_WIDTH), (column[0], TRACE_WIDTH)]
        own = [(tag, VARIABLE_WIDTH)]
        tags = [
            engine_product(pair, 1, -4 - exponent_tag),
            engine_product(own, -1, -exponent_tag),
        ]
        changes = [
            engine_product([*own, (column[1], TRACE_WIDTH)], 1, exponent_weight),
            engine_product([*own, (column[2], TRACE_WIDTH)], -1, exponent_weight),
        ]
        weight, tag = (
            saturate_weights(engine_update(weight, changes, random)),
            saturate_tags(engine_update(tag, tags, random)),
        )
        found.append((weight, tag))
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rule", "t_epoch", "tau"),
    [  # every pair of values occurs
        ("newest sample", 1, 4096),
        ("newest sample", 4, 3),
        ("leaky tag", 1, 3),
        ("leaky tag", 4, 4096),
        ("large steps", 1, 4096),
        ("large steps", 4, 3),
    ],
)
def test_equal_to_lavas_learning_connection_bit_for_bit(rule, t_epoch, tau):
    pytest.importorskip("lava", reason="compares with Lava's LearningDense")
    tag, weight = RULES[rule]
    inputs = spikes_and_traces(sum(map(ord, rule)) + t_epoch, t_epoch)
    first = np.random.default_rng(1).integers(-120, 120, (POST, PRE)) * 2
    dt = f"2^-{4 + tag}*u0*x1*y1 - 2^-{tag}*u0*t"
    dw = f"2^{weight}*u0*t*y2 - 2^{weight}*u0*t*y3"
    expected = in_lava(inputs, first, dt, dw, t_epoch, tau)
    found = in_integers(inputs, first, tag, weight, t_epoch, tau)
    for epoch, lavas in zip(np.cumsum(STRIDES), expected, strict=True):
        ours = found[epoch - 1]
        np.testing.assert_array_equal(ours[0], lavas[0], err_msg=f"weights, epoch {epoch}")
        np.testing.assert_array_equal(ours[1], lavas[1], err_msg=f"tags, epoch {epoch}")
    assert len({array.tobytes() for array, _ in found}) > EPOCHS / 10, "the weights hardly moved"


@given(weights, st.integers(0, 127))
def test_nothing_added_changes_nothing(values, draw):
    np.testing.assert_array_equal(engine_update(values, [], draw), values)


@given(weights, arrays(np.int64, (3, 4), elements=st.integers(-2000, 2000)))
def test_rounding_is_to_one_of_the_two_neighbours_and_right_on_average(values, product):
    values = values // 2  # far from saturation
    exact = values + product / 128
    rounded = np.array([engine_update(values, [product], draw) for draw in range(128)])
    assert np.all(np.abs(rounded - exact) < 1)
    np.testing.assert_allclose(rounded.mean(axis=0), exact, atol=1 / 128)


@given(st.integers(-300, 300), st.integers(-127, 127), st.integers(-7, 2))
def test_a_product_is_the_real_one_to_one_unit_before_the_exponent(tag, y, exponent):
    found = engine_product(
        [(np.array(tag), VARIABLE_WIDTH), (np.array(y), TRACE_WIDTH)], 1, exponent
    )
    unit = 2.0 ** (exponent + 7)
    exact = tag * y / 2**5 * unit
    if abs(exact) < 2**15 - unit:
        assert found <= exact < found + unit


@pytest.mark.parametrize("exponent", [-8, 10])
def test_an_exponent_that_the_engine_lacks_is_refused(exponent):
    with pytest.raises(ValueError, match=f"exponent {exponent} .* expected -7 to 9"):
        engine_product([(np.array(1), TRACE_WIDTH)], 1, exponent)


@given(arrays(np.int64, 6, elements=st.integers(0, 127)), st.floats(0.5, 1e4), st.floats(0, 0.999))
def test_traces_only_fall(traces, tau, random):
    after = decay(traces, tau, random)
    assert np.all(after <= traces) and np.all(after >= np.floor(np.exp(-1 / tau) * traces))
    np.testing.assert_array_equal(decay(traces, 0, random), 0)
