"""The connections of a network are Lava's own, with the rules that the documentation gives."""

import numpy as np
import pytest

from lava_ib.rule.fixed.plastic import (
    Draws,
    connection_number,
    hold,
    learned_prototypes,
    learned_tags,
    learned_weights,
    traces_sent,
)
from lava_ib.rule.fixed.rounding import SYNAPSE_BITS, first_counter, shared_draws, synapse_draw
from lava_ib.rule.fixed.settings import FixedSettings

EPOCHS, PRE, POST = 300, 6, 5
FOREVER = 2**60
FIXED = FixedSettings()


def in_lava(inputs, first, dw, dt, t_epoch):
    """Weights and tags after each epoch, from the stock connection in Lava's own runtime."""
    from lava.magma.core.learning.constants import GradedSpikeCfg
    from lava.magma.core.learning.learning_rule import Loihi3FLearningRule
    from lava.magma.core.run_conditions import RunSteps
    from lava.magma.core.run_configs import Loihi2SimCfg
    from lava.proc.dense.process import LearningDense
    from lava.proc.io.source import RingBuffer

    rule = Loihi3FLearningRule(dw=dw, dt=dt, x1_impulse=0, x1_tau=FOREVER, t_epoch=t_epoch)
    for trace in ("y1_tau", "y2_tau", "y3_tau"):
        setattr(rule, trace, FOREVER)
    dense = LearningDense(
        weights=first,
        learning_rule=rule,
        num_message_bits=8,
        graded_spike_cfg=GradedSpikeCfg.OVERWRITE,
    )
    ports = (dense.s_in, dense.s_in_bap, dense.s_in_y1, dense.s_in_y2, dense.s_in_y3)
    for values, port in zip(inputs, ports, strict=True):
        RingBuffer(data=values).s_out.connect(port)
    config, found = Loihi2SimCfg(select_tag="fixed_pt"), []
    try:
        for _ in range(EPOCHS):
            dense.run(RunSteps(num_steps=t_epoch), config)
            found.append((dense.weights.get().astype(int), dense.tag_1.get().astype(int)))
    finally:
        dense.stop()
    return found


def inputs_of(t_epoch, seed=4):
    """Activities with silent neurons, and what neurons send; one column a time step."""
    rng = np.random.default_rng(seed)
    shown = EPOCHS * t_epoch
    activity = rng.integers(0, 128, (PRE, shown)) * (rng.random((PRE, shown)) < 0.5)
    active = rng.random((POST, shown)) < 0.5
    y = rng.integers(-127, 128, (POST, shown)) * (rng.random((POST, shown)) < 0.7)
    return activity, active, np.maximum(y, 0), np.maximum(-y, 0)


def traces_of(activity, epoch, t_epoch):
    x1 = np.zeros(PRE, dtype=int)
    for step in range(epoch * t_epoch, (epoch + 1) * t_epoch):
        hold(x1, activity[:, step])
    return x1


@pytest.mark.slow
@pytest.mark.parametrize(("t_epoch", "shift"), [(1, 0), (3, 2)])
def test_weights_and_tags_are_those_of_lavas_connection(t_epoch, shift):
    pytest.importorskip("lava", reason="compares with Lava's LearningDense")
    activity, active, y2, y3 = inputs_of(t_epoch)
    first = np.random.default_rng(1).integers(-100, 100, (POST, PRE)) * 2
    found = in_lava(
        (2 * activity, active, 127 * active, y2, y3),
        first,
        "2^-7*u0*t*y2 - 2^-7*u0*t*y3",
        f"2^-{4 + shift}*x0*x1*y1 - 2^-{shift}*u0*t",
        t_epoch,
    )
    weights, tags, draws = first, np.zeros_like(first), Draws(FIXED, 1)
    for epoch, (lavas_weights, lavas_tags) in enumerate(found):
        x1, last = traces_of(activity, epoch, t_epoch), (epoch + 1) * t_epoch - 1
        y = y2[:, last], y3[:, last]
        moved, _ = learned_weights(weights, tags, y, FIXED, epoch, draws)
        tags, _ = learned_tags(tags, x1, active[:, last], shift, FIXED, epoch, draws)
        weights = moved
        np.testing.assert_array_equal(weights, lavas_weights, err_msg=f"epoch {epoch}")
        np.testing.assert_array_equal(tags, lavas_tags, err_msg=f"tags, epoch {epoch}")
    assert np.mean(weights != first) > 0.9


@pytest.mark.slow
def test_prototypes_are_those_of_lavas_connection():
    pytest.importorskip("lava", reason="compares with Lava's LearningDense")
    activity, active, _, _ = inputs_of(1)
    rng = np.random.default_rng(3)
    own, best = rng.integers(0, 2, EPOCHS), rng.integers(2, POST, EPOCHS)
    y2, y3 = np.zeros((POST, EPOCHS), dtype=int), np.zeros((POST, EPOCHS), dtype=int)
    steps = 2 ** rng.integers(4, 7, EPOCHS)
    size = np.minimum(2 * steps, 127)
    y2[own, range(EPOCHS)], y3[best, range(EPOCHS)] = size, size
    none = np.zeros((POST, PRE), dtype=int)
    found = in_lava(
        (2 * activity, active, 0 * y2, y2, y3),
        none,
        "2^-7*x0*x1*y2 - 2^-7*x0*x1*y3",
        "0*u0*t",
        1,
    )
    prototypes, draws = none, Draws(FIXED, 21)
    for epoch, (lavas, _) in enumerate(found):
        prototypes, _ = learned_prototypes(
            prototypes, activity[:, epoch], own[epoch], best[epoch], steps[epoch],
            FIXED, epoch, draws,
        )  # fmt: skip
        np.testing.assert_array_equal(prototypes, lavas, err_msg=f"epoch {epoch}")
    assert prototypes.max() == 255, "they never came to a limit"


def test_the_largest_time_constant_loses_nothing():
    assert np.exp(-1 / FOREVER) == 1.0


def test_numbers_that_are_shared_do_not_depend_on_where_a_run_begins():
    np.testing.assert_array_equal(shared_draws(0, 50)[20:], shared_draws(20, 30))
    draws = Draws(FIXED, 1)
    np.testing.assert_array_equal(
        [draws.of_epoch(epoch, (2, 2)) for epoch in (0, 999, 1000, 3)],
        shared_draws(0, 1001)[[0, 999, 1000, 3]],
    )


def test_numbers_of_single_synapses_are_uniform_and_never_meet():
    per_synapse = FixedSettings(rounding="per_synapse")
    first = Draws(per_synapse, 1).of_epoch(0, (100, 100))
    counts = np.bincount(first.ravel(), minlength=128)
    assert len(counts) == 128
    assert np.all(np.abs(counts - 10_000 / 128) < 6 * np.sqrt(10_000 / 128))
    for other in (Draws(per_synapse, 2).of_epoch(0, (100, 100)),
                  Draws(per_synapse, 1).of_epoch(1, (100, 100))):  # fmt: skip
        assert abs(np.corrcoef(first.ravel(), other.ravel())[0, 1]) < 0.05
    assert first_counter(0, 2) - first_counter(0, 1) == 2**SYNAPSE_BITS
    assert first_counter(1, 0) > first_counter(0, connection_number("readout"))


def test_a_hash_has_the_bits_that_are_asked_for():
    for bits in (1, 7, 15):
        found = synapse_draw(np.arange(4000, dtype=np.uint64), bits)
        assert found.max() == 2**bits - 1 or bits == 15
        assert found.max() < 2**bits


def test_connections_of_a_network_have_numbers_of_their_own():
    parts = ["dense1", "dense2", "dense19", "memory1", "memory19", "readout"]
    assert len({connection_number(part) for part in parts}) == len(parts)


def test_traces_sent_are_counted_where_they_do_not_fit():
    xi = np.array([-63, -1, 0, 1, 63])
    y2, y3, saturated = traces_sent(xi, 64, FIXED)
    np.testing.assert_array_equal(y2 - y3, [-127, -8, 0, 8, 127])
    assert saturated == 2
    y2, y3, saturated = traces_sent(xi, 64, FixedSettings(arithmetic="plain"))
    np.testing.assert_array_equal(y2 - y3, 64 * xi)
    assert saturated == 0
