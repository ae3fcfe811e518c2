"""The float model of PrototypeMemory, step by step."""

import numpy as np
import pytest

from lava_ib.processes import ExpandedPrototypeMemory, PrototypeMemory
from lava_ib.processes.expanded_prototype_memory.models import PyExpandedPrototypeMemoryModelFloat
from lava_ib.processes.prototype_memory.models import PyPrototypeMemoryModelFloat
from lava_ib.rule.memory import Prototype
from lava_ib.testing import SteppedModel

CLASSES, N, SAMPLES = 3, 4, 15
RNG = np.random.default_rng(4)
ROWS = RNG.normal(size=(CLASSES, N))
Z = RNG.random((SAMPLES, N))
Z /= np.linalg.norm(Z, axis=1, keepdims=True)
CLASS = RNG.integers(0, CLASSES, SAMPLES)
LABELS = np.eye(CLASSES)[CLASS]
storages = pytest.mark.parametrize("storage", ["delta", "leaky", "margin"])
BETA, SMOOTHING, ALPHA, MARGIN = 3.0, 0.1, 0.3, 0.5


def memory(storage: str, **params) -> SteppedModel:
    settings = Prototype(
        storage=storage, beta=BETA, smoothing=SMOOTHING, alpha=ALPHA, margin=MARGIN
    )
    params = {"prototypes": ROWS, **params}
    process = PrototypeMemory(settings=settings, neurons=N, classes=CLASSES, **params)
    return SteppedModel(process, PyPrototypeMemoryModelFloat)


def present(
    storage: str, rows: np.ndarray, z: np.ndarray, label: int, factor: float
) -> tuple[np.ndarray, np.ndarray]:
    """Modulator, and the rows after it."""
    alpha, after = ALPHA * factor, rows.copy()
    if storage == "margin":
        scores = rows @ z
        best = max((c for c in range(CLASSES) if c != label), key=lambda c: scores[c])
        if scores[label] - scores[best] >= MARGIN:
            return np.zeros(len(z)), after
        after[label] += alpha * z
        after[best] -= alpha * z
        return rows[label] - rows[best], after
    q = np.exp(BETA * rows @ z)
    error = (1 - SMOOTHING) * np.eye(CLASSES)[label] + SMOOTHING / CLASSES - q / q.sum()
    if storage == "delta":
        after += alpha * np.outer(error, z)
    else:
        after[label] = (1 - alpha) * rows[label] + alpha * z
    return BETA * rows.T @ error, after


@storages
@pytest.mark.parametrize("steps", [1, 4])
def test_modulator_and_prototypes_follow_the_rule(storage, steps):
    model = memory(storage, steps_per_sample=steps, total_samples=30, sample=4)
    sent = model.run(
        SAMPLES * steps,
        s_in=np.repeat(Z, steps, axis=0),
        label_in=np.repeat(LABELS, steps, axis=0),
    )["a_out"].reshape(SAMPLES, steps, N)
    rows = ROWS
    for k in range(SAMPLES):
        xi, rows = present(storage, rows, Z[k], CLASS[k], 1 - (4 + k) / 30)
        np.testing.assert_allclose(sent[k, -1], xi, atol=1e-13)
        assert not sent[k, :-1].any()
    np.testing.assert_allclose(model.model.prototypes, rows, atol=1e-13)
    assert model.model.sample[0] == 4 + SAMPLES


@storages
def test_unlabelled_samples_teach_nothing_but_count(storage):
    model = memory(storage)
    sent = model.run(SAMPLES, s_in=Z)
    assert not sent["a_out"].any()
    np.testing.assert_array_equal(model.model.prototypes, ROWS)
    assert model.model.sample[0] == SAMPLES


@storages
def test_modulator_comes_from_the_prototypes_as_they_were(storage):
    model = memory(storage)
    xi = model.step(s_in=Z[0], label_in=LABELS[0])["a_out"]
    np.testing.assert_allclose(xi, present(storage, ROWS, Z[0], CLASS[0], 1.0)[0], atol=1e-14)


@storages
def test_prototypes_rest_after_the_schedule_has_ended(storage):
    model = memory(storage, total_samples=10, sample=10)
    model.run(SAMPLES, s_in=Z, label_in=LABELS)
    np.testing.assert_array_equal(model.model.prototypes, ROWS)


def test_class_that_wins_by_the_margin_changes_nothing():
    model = memory("margin", prototypes=np.eye(CLASSES, N))
    sent = model.step(s_in=np.eye(N)[1], label_in=np.eye(CLASSES)[1])
    assert not sent["a_out"].any()
    np.testing.assert_array_equal(model.model.prototypes, np.eye(CLASSES, N))


@pytest.mark.parametrize(
    ("process", "units", "wanted"),
    [
        (PrototypeMemory, 5, "units = 5.*ExpandedPrototypeMemory has"),
        (ExpandedPrototypeMemory, 0, "units = 0.*at least 1"),
    ],
)
def test_rectifiers_that_the_process_has_not_are_refused(process, units, wanted):
    with pytest.raises(ValueError, match=wanted):
        process(settings=Prototype(units=units), neurons=N, classes=CLASSES)


@storages
def test_rows_see_the_rates_of_rectifiers_and_answer_through_them(storage):
    """As one memory of longer outputs would, whose answer goes back by the same weights."""
    expansion = RNG.normal(size=(5, N))
    rows = RNG.normal(size=(CLASSES, N + 5))
    process = ExpandedPrototypeMemory(
        settings=Prototype(
            storage=storage, beta=BETA, smoothing=SMOOTHING, alpha=ALPHA, margin=MARGIN, units=5
        ),
        neurons=N,
        classes=CLASSES,
        prototypes=rows,
        expansion=expansion,
    )
    model = SteppedModel(process, PyExpandedPrototypeMemoryModelFloat)
    sent = model.run(SAMPLES, s_in=Z, label_in=LABELS)["a_out"]
    for k in range(SAMPLES):
        active = expansion @ Z[k] > 0
        seen = np.concatenate([Z[k], active * (expansion @ Z[k])])
        xi, rows = present(storage, rows, seen, CLASS[k], 1.0)
        np.testing.assert_allclose(sent[k], xi[:N] + expansion.T @ (active * xi[N:]), atol=1e-12)
    np.testing.assert_allclose(model.model.prototypes, rows, atol=1e-12)
    np.testing.assert_array_equal(model.model.expansion, expansion)
