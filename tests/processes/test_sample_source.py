"""The float model of SampleSource, step by step."""

import numpy as np
import pytest

from lava_ib.processes import SampleSource
from lava_ib.processes.sample_source.models import PySampleSourceModelFloat
from lava_ib.testing import SteppedModel

X = np.random.default_rng(0).normal(size=(7, 3))
LABELS = np.array([0, 1, -1, 2, 1, -1, 0])


def source(steps: int = 1, **params) -> SteppedModel:
    process = SampleSource(x=X, labels=LABELS, classes=3, steps_per_sample=steps, **params)
    return SteppedModel(process, PySampleSourceModelFloat)


def order_of(rows: np.ndarray) -> list[int]:
    """Which sample each row is."""
    return [int(np.flatnonzero((row == X).all(axis=1))[0]) for row in rows]


@pytest.mark.parametrize("steps", [1, 4])
def test_without_a_seed_samples_come_in_their_order_pass_after_pass(steps):
    sent = source(steps).run(3 * 7 * steps)
    np.testing.assert_array_equal(sent["s_out"], np.repeat(np.tile(X, (3, 1)), steps, axis=0))


@pytest.mark.parametrize("steps", [1, 4])
def test_with_a_seed_each_pass_is_another_permutation(steps):
    sent = source(steps, seed=11).run(3 * 7 * steps)
    order = order_of(sent["s_out"][::steps])
    expected = [np.random.default_rng([11, 2, epoch]).permutation(7) for epoch in range(3)]
    assert order == np.concatenate(expected).tolist()
    assert order[:7] != order[7:14]
    np.testing.assert_array_equal(sent["s_out"], np.repeat(X[order], steps, axis=0))


def test_order_depends_on_the_seed_alone():
    first, again, other = (order_of(source(seed=seed).run(14)["s_out"]) for seed in (1, 1, 2))
    assert first == again
    assert first != other


@pytest.mark.parametrize("start", [3, 7, 10])
@pytest.mark.parametrize("seed", [None, 4])
def test_a_source_that_starts_later_goes_on_as_if_never_interrupted(start, seed):
    whole = source(seed=seed).run(20)
    later = source(seed=seed, sample=start).run(20 - start)
    for port in ("s_out", "label_out"):
        np.testing.assert_array_equal(later[port], whole[port][start:])


def test_labels_are_one_hot_and_absent_ones_are_zeros():
    sent = source().run(7)
    expected = np.zeros((7, 3))
    expected[LABELS >= 0, LABELS[LABELS >= 0]] = 1
    np.testing.assert_array_equal(sent["label_out"], expected)


def test_presentations_are_counted_when_they_begin():
    model = source(4)
    counts = []
    for _ in range(9):
        model.step()
        counts.append(int(model.model.sample[0]))
    assert counts == [1, 1, 1, 1, 2, 2, 2, 2, 3]


def test_whole_numbers_are_sent_as_float():
    process = SampleSource(
        x=np.arange(6, dtype=np.uint8).reshape(2, 3),
        labels=np.zeros(2, int),
        classes=1,
        steps_per_sample=1,
    )
    assert SteppedModel(process, PySampleSourceModelFloat).step()["s_out"].dtype == float


@pytest.mark.parametrize(
    ("x", "labels"),
    [(X, LABELS[:-1]), (X[0], LABELS), (X, LABELS[:, None]), (X[:0], LABELS[:0])],
    ids=["one_label_missing", "flat_inputs", "labels_in_a_column", "no_samples"],
)
def test_inputs_and_labels_must_fit(x, labels):
    with pytest.raises(ValueError, match="SampleSource: x has shape"):
        SampleSource(x=x, labels=labels, classes=3, steps_per_sample=1)
