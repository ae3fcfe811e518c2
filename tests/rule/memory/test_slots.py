"""Slot memory: which slot opens, and that empty ones do not count."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lava_ib.rule.memory.slots import Slots, next_slot
from lava_ib.rule.memory.window import kde_modulator, kde_weights

CLASSES = 3
ONE_HOT = np.eye(CLASSES)
shown = st.lists(st.integers(0, CLASSES - 1), min_size=1, max_size=40)
sizes = st.integers(2, 12)


def filled(memory: Slots, classes: list[int]) -> list[int]:
    """Which presentation each slot holds after all; -1: none."""
    size, stored = memory.size(CLASSES), np.zeros(CLASSES, dtype=np.int64)
    held = [-1] * size
    for number, own in enumerate(classes):
        held[next_slot(ONE_HOT[own], stored, size, memory.per_class)] = number
        stored[own] += 1
    return held


@given(shown, sizes)
def test_a_ring_holds_the_newest_samples_of_all(classes, samples):
    held = filled(Slots(samples=samples), classes)
    newest = range(len(classes))[-samples:]
    assert sorted(row for row in held if row >= 0) == list(newest)


@given(shown, sizes)
def test_a_ring_in_each_class_holds_its_newest_samples(classes, samples):
    memory = Slots(samples=samples, per_class=True)
    held, each = filled(memory, classes), max(1, samples // CLASSES)
    assert len(held) == CLASSES * each
    for own in range(CLASSES):
        newest = [number for number, label in enumerate(classes) if label == own][-each:]
        rows = held[own * each : (own + 1) * each]
        assert sorted(row for row in rows if row >= 0) == newest


@pytest.mark.parametrize("per_class", [False, True])
def test_arrays_have_a_row_a_slot(per_class):
    memory = Slots(samples=8, per_class=per_class)
    slots = memory.slots(neurons=4, classes=CLASSES, inputs=9)
    rows = 6 if per_class else 8
    assert {name: slot.shape for name, slot in slots.items()} == {
        "z": (rows, 4),
        "labels": (rows, CLASSES),
        "stored": (CLASSES,),
    }
    assert slots["stored"].dtype is np.int64


@given(st.integers(0, 2**32 - 1), st.integers(2, 10), st.integers(0, 5))
def test_slots_that_are_not_filled_do_not_count(seed, size, empty):
    rng = np.random.default_rng(seed)
    z, labels = rng.random((size, 4)), ONE_HOT[rng.integers(CLASSES, size=size)]
    more_z = np.vstack([z, rng.random((empty, 4))])
    more_labels = np.vstack([labels, np.zeros((empty, CLASSES))])
    expected = kde_modulator(z, labels, 0, 0.3)
    np.testing.assert_allclose(kde_modulator(more_z, more_labels, 0, 0.3), expected, atol=1e-12)
    weights = kde_weights(z[0], labels[0], more_z, more_labels, 0.3)
    np.testing.assert_array_equal(weights[size:], 0)
