"""Learning rates, weight decay and the order of samples over a run."""

from collections import deque

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lava_ib.rule.schedule import (
    arrival_order,
    decay_factor,
    linear_to_zero,
    presentation_order,
)

counts = st.integers(1, 200)
seeds = st.integers(0, 2**32 - 1)
epochs = st.integers(0, 1000)


@pytest.mark.parametrize(
    ("sample", "total", "factor"),
    [(0, 8, 1.0), (2, 8, 0.75), (8, 8, 0.0), (9, 8, 0.0), (10**12, 8, 0.0)],
)
def test_factor_falls_linearly_to_zero_and_stays_there(sample, total, factor):
    assert linear_to_zero(sample, total) == factor


@given(st.integers(0, 10**9))
def test_run_without_an_end_keeps_its_rates(sample):
    assert linear_to_zero(sample, 0) == 1.0


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_factor_never_rises_and_stays_in_range(sample, total):
    assert 0 <= linear_to_zero(sample + 1, total) <= linear_to_zero(sample, total) <= 1


@given(st.floats(0, 0.01, exclude_max=True), st.integers(1, 100), st.floats(0, 1, exclude_min=True))
def test_decay_of_every_allowed_setting_shrinks_and_never_flips_weights(decay, interval, factor):
    assert 0 < decay_factor(decay, interval, factor) <= 1


def test_decay_takes_the_share_of_all_samples_since_the_last_one():
    assert decay_factor(decay=1e-3, interval=100, factor=0.5) == pytest.approx(0.95)


@given(counts, seeds, epochs)
def test_order_shows_every_sample_once(count, seed, epoch):
    order = presentation_order(np.zeros(count), seed, epoch)
    np.testing.assert_array_equal(np.sort(order), np.arange(count))


@given(counts, seeds, epochs)
def test_order_depends_on_its_arguments_alone(count, seed, epoch):
    first = presentation_order(np.zeros(count), seed, epoch)
    np.random.default_rng().random(10)
    np.testing.assert_array_equal(presentation_order(np.zeros(count), seed, epoch), first)


@given(seeds, epochs)
def test_order_differs_between_epochs_and_between_seeds(seed, epoch):
    labels = np.zeros(100)
    order = presentation_order(labels, seed, epoch)
    assert np.any(order != presentation_order(labels, seed, epoch + 1))
    assert np.any(order != presentation_order(labels, seed + 1, epoch))


@given(st.lists(st.integers(0, 3), min_size=1, max_size=60), seeds, st.integers(2, 9))
def test_runs_hold_one_class_each_and_are_as_long_as_asked_for(labels, seed, run_length):
    labels = np.array(labels)
    order = presentation_order(labels, seed, 0, run_length)
    np.testing.assert_array_equal(np.sort(order), np.arange(len(labels)))
    shown = labels[order]
    starts = np.flatnonzero(np.append(True, np.diff(shown) != 0))
    lengths = np.diff(np.append(starts, len(shown)))
    # Two runs of a class may meet; a class has at most one run that is shorter.
    for label in np.unique(labels):
        rest = np.sum(labels == label) % run_length
        own = lengths[shown[starts] == label] % run_length
        assert sorted(own[own > 0]) == ([rest] if rest else [])


labelled = st.lists(st.integers(0, 3), min_size=1, max_size=60).map(np.array)


@given(labelled, seeds, st.integers(0, 3), st.integers(1, 9), st.integers(1, 5))
def test_what_is_shown_is_among_the_latest_of_its_class(labels, seed, epoch, run_length, slots):
    """Against slots that are really filled, one sample after the other."""
    arriving = arrival_order(labels, seed, epoch, run_length)
    before = arrival_order(labels, seed, epoch - 1, run_length) if epoch > 0 else []
    held = {label: deque(maxlen=slots) for label in np.unique(labels)}
    for sample in before:
        held[labels[sample]].append(sample)
    shown = presentation_order(labels, seed, epoch, run_length, slots)
    assert len(shown) == len(arriving)
    for sample, new in zip(shown, arriving, strict=True):
        held[labels[new]].append(new)
        assert sample in held[labels[sample]]


@given(labelled, seeds)
def test_one_slot_a_class_and_one_class_show_what_arrives(labels, seed):
    one = np.zeros_like(labels)
    arriving = arrival_order(one, seed, 0)
    np.testing.assert_array_equal(presentation_order(one, seed, 0, replay=1), arriving)


def test_classes_and_slots_are_drawn_equally_often_however_long_the_runs():
    labels = np.repeat(np.arange(4), 5000)
    shown = presentation_order(labels, seed=1, epoch=1, run_length=5000, replay=3)
    share = np.bincount(labels[shown]) / len(shown)
    np.testing.assert_allclose(share, 0.25, atol=0.02)
    # While another class arrives, nothing of this one changes: three samples, equally often.
    arriving = arrival_order(labels, 1, 1, 5000)
    last = labels[arriving[-1]]
    other = shown[-5000:][labels[shown[-5000:]] == labels[arriving[-5001]]]
    assert last != labels[arriving[-5001]]
    counts = np.unique(other, return_counts=True)[1]
    assert len(counts) == 3 and counts.min() > 0.25 * len(other)
