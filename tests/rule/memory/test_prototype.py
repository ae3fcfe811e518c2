"""Prototype memory: how the rows are kept, and the modulators that follow from them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lava_ib.rule.memory.prototype import (
    Prototype,
    margin_modulator,
    prototype_modulator,
    rival,
    store_leaky,
    store_margin,
    through_rates,
    with_rates,
)
from lava_ib.rule.readout import class_error

CLASSES, NEURONS = 4, 3
values = st.floats(-10, 10)
rows = arrays(float, (CLASSES, NEURONS), elements=values)
outputs = arrays(float, NEURONS, elements=st.floats(0, 1))
classes = st.integers(0, CLASSES - 1)
rates = st.floats(0, 1)
ONE_HOT = np.eye(CLASSES)


@given(rows, arrays(float, CLASSES, elements=values), st.floats(0.1, 30))
def test_modulator_is_the_sum_of_rows_weighted_by_error(prototypes, error, beta):
    expected = sum(beta * error[row] * prototypes[row] for row in range(CLASSES))
    np.testing.assert_allclose(prototype_modulator(prototypes, error, beta), expected, atol=1e-9)


@given(outputs, classes)
def test_equal_rows_tell_nothing(z, own):
    prototypes = np.tile([1.0, -2.0, 0.5], (CLASSES, 1))
    error = class_error(prototypes, z, ONE_HOT[own], beta=20.0, smoothing=0.1)
    np.testing.assert_allclose(prototype_modulator(prototypes, error, 20.0), 0, atol=1e-12)


@given(arrays(float, (1, NEURONS), elements=values), outputs)
def test_a_single_class_asks_for_nothing(prototypes, z):
    error = class_error(prototypes, z, np.ones(1), beta=20.0, smoothing=0.1)
    np.testing.assert_array_equal(prototype_modulator(prototypes, error, 20.0), 0)


@given(rows, outputs, classes, rates)
def test_leaky_moves_one_row_its_share_of_the_way_to_the_output(prototypes, z, own, alpha):
    after = prototypes.copy()
    store_leaky(after, z, ONE_HOT[own], alpha)
    np.testing.assert_allclose(after[own] - z, (1 - alpha) * (prototypes[own] - z), atol=1e-12)
    np.testing.assert_array_equal(np.delete(after, own, 0), np.delete(prototypes, own, 0))


@given(rows, outputs, classes, st.floats(0.01, 5))
def test_rival_is_the_best_wrong_class_and_none_where_the_margin_is_kept(
    prototypes, z, own, margin
):
    scores = prototypes @ z
    wrong = np.delete(np.arange(CLASSES), own)
    best = rival(prototypes, z, ONE_HOT[own], margin)
    if scores[own] >= scores[wrong].max() + margin:
        assert best == -1
    elif best != -1:
        assert best in wrong
        assert scores[best] == scores[wrong].max()
    else:  # rounding alone may tell a margin just missed from one just kept
        assert scores[own] == pytest.approx(scores[wrong].max() + margin)


@given(rows, outputs, classes)
def test_rival_is_never_the_own_class(prototypes, z, own):
    assert rival(prototypes, z, ONE_HOT[own], margin=np.inf) in set(range(CLASSES)) - {own}


@pytest.mark.parametrize(("margin", "expected"), [(0.25, -1), (0.5, -1), (0.75, 1)])
def test_margin_that_is_exactly_met_is_kept(margin, expected):
    prototypes = np.array([[1.0, 0.0], [0.5, 0.0], [0.25, 0.0]])
    assert rival(prototypes, np.array([1.0, 0.0]), np.eye(3)[0], margin) == expected


def test_rival_is_a_plain_integer():
    assert type(rival(np.zeros((2, 2)), np.zeros(2), np.eye(2)[0], 0.5)) is int


@given(rows, classes, classes)
def test_margin_modulator_points_from_the_rival_to_the_own_row(prototypes, own, best):
    xi = margin_modulator(prototypes, ONE_HOT[own], best)
    np.testing.assert_array_equal(xi, prototypes[own] - prototypes[best])


@given(rows, outputs, classes, rates)
def test_nothing_happens_where_the_margin_is_kept(prototypes, z, own, alpha):
    after = prototypes.copy()
    store_margin(after, z, ONE_HOT[own], -1, alpha)
    np.testing.assert_array_equal(after, prototypes)
    np.testing.assert_array_equal(margin_modulator(prototypes, ONE_HOT[own], -1), 0)


@given(rows, outputs, st.permutations(range(CLASSES)), rates)
def test_margin_moves_exactly_two_rows_apart_along_the_output(prototypes, z, order, alpha):
    own, best, *others = order
    after = prototypes.copy()
    store_margin(after, z, ONE_HOT[own], best, alpha)
    np.testing.assert_allclose(after[own] - prototypes[own], alpha * z, atol=1e-12)
    np.testing.assert_allclose(after[best] - prototypes[best], -alpha * z, atol=1e-12)
    np.testing.assert_array_equal(after[others], prototypes[others])


def test_slots_hold_a_row_for_each_class():
    slots = Prototype().slots(neurons=NEURONS, classes=CLASSES, inputs=8)
    assert {name: slot.shape for name, slot in slots.items()} == {
        "prototypes": (CLASSES, NEURONS),
        "sample": (1,),
    }
    assert slots["sample"].dtype is np.int64


def test_rectifiers_lengthen_the_rows():
    slots = Prototype(units=7).slots(neurons=NEURONS, classes=CLASSES, inputs=8)
    assert slots["prototypes"].shape == (CLASSES, NEURONS + 7)
    assert slots["expansion"].shape == (7, NEURONS)


def test_rates_of_random_rectifiers_are_as_large_as_the_output():
    settings, rng = Prototype(units=4000), np.random.default_rng(5)
    slots = settings.slots(neurons=30, classes=CLASSES, inputs=8)
    state = {name: np.zeros(slot.shape) for name, slot in slots.items()}
    settings.draw(state, rng)
    z = rng.normal(size=30)
    rates = with_rates(z, state["expansion"] @ z)[30:]
    assert np.linalg.norm(rates) == pytest.approx(np.linalg.norm(z), rel=0.1)


@given(
    outputs,
    arrays(float, (5, NEURONS), elements=values),
    arrays(float, NEURONS + 5, elements=values),
)
def test_what_carries_a_gradient_back_is_the_transpose_of_what_rows_see(z, expansion, xi):
    drive = expansion @ z
    there, back = xi @ with_rates(z, drive), through_rates(xi, drive, expansion) @ z
    assert there == pytest.approx(back, abs=1e-9)


def test_first_rows_are_drawn_in_place_from_the_given_generator():
    drawn, again = ({"prototypes": np.zeros((CLASSES, NEURONS))} for _ in range(2))
    for state in (drawn, again):
        Prototype(init_scale=0.5).draw(state, np.random.default_rng(1))
    assert np.all(drawn["prototypes"] != 0)
    np.testing.assert_array_equal(drawn["prototypes"], again["prototypes"])


def test_rows_may_start_at_zero():
    state = {"prototypes": np.ones((CLASSES, NEURONS))}
    Prototype(init_scale=0.0).draw(state, np.random.default_rng(1))
    np.testing.assert_array_equal(state["prototypes"], 0)
