"""Latches, kernel units and feedback of a slot memory, passed their messages by hand."""

import numpy as np
import pytest

from lava_ib.processes import KernelUnits, SlotFeedback, SlotLatches, WindowMemory
from lava_ib.processes.kernel_units.models import PyKernelUnitsModelFloat
from lava_ib.processes.slot_feedback.models import PySlotFeedbackModelFloat
from lava_ib.processes.slot_latches.models import PySlotLatchesModelFloat
from lava_ib.processes.window_memory.models import PyWindowMemoryModelFloat
from lava_ib.rule.memory import Slots, Window
from lava_ib.testing import SteppedModel

CLASSES, N, SAMPLES, SIGMA = 3, 6, 120, 0.3
RNG = np.random.default_rng(8)
Z = np.maximum(RNG.normal(size=(SAMPLES, N)), 0.0) + 1e-3
Z /= np.linalg.norm(Z, axis=1, keepdims=True)
LABELS = np.eye(CLASSES)[RNG.integers(0, CLASSES, SAMPLES)]


class Memory:
    """The three models, connected as the composed memory connects them."""

    def __init__(self, settings: Slots, steps: int = 1) -> None:
        layer = {"neurons": N, "classes": CLASSES, "steps_per_sample": steps}
        sizes = {"slots": settings.size(CLASSES), "sigma": settings.sigma}
        latches = SlotLatches(settings=settings, **layer)
        self.latches = SteppedModel(latches, PySlotLatchesModelFloat)
        self.kernels = SteppedModel(KernelUnits(**layer, **sizes), PyKernelUnitsModelFloat)
        feedback = SlotFeedback(neurons=N, **sizes)
        self.feedback = SteppedModel(feedback, PySlotFeedbackModelFloat)

    def step(self, z: np.ndarray, label: np.ndarray) -> np.ndarray:
        held = self.latches.step(s_in=z, label_in=label)
        slots = held["s_out"]
        weights = self.kernels.step(
            s_in=z, label_in=label, s_in_slots=slots, label_in_slots=held["label_out"]
        )["s_out"]
        return self.feedback.step(s_in=weights, s_in_slots=slots)["a_out"]


def window_modulators(samples: int, labels: np.ndarray = LABELS) -> np.ndarray:
    settings = Window(samples=samples, sigma=SIGMA)
    window = WindowMemory(settings=settings, neurons=N, classes=CLASSES, inputs=1)
    return SteppedModel(window, PyWindowMemoryModelFloat).run(len(labels), s_in=Z, label_in=labels)[
        "a_out"
    ]


@pytest.mark.parametrize("samples", [10, 32])
def test_modulators_are_those_of_a_window_of_exact_kernels(samples):
    memory = Memory(Slots(samples=samples, sigma=SIGMA))
    found = np.array([memory.step(z, label) for z, label in zip(Z, LABELS, strict=True)])
    exact = window_modulators(samples)
    unexplained = np.sum((found - exact) ** 2) / np.sum((exact - exact.mean(axis=0)) ** 2)
    assert 1.0 - unexplained >= 0.999
    np.testing.assert_allclose(found, exact, rtol=1e-10, atol=1e-12)


def test_samples_without_label_are_neither_stored_nor_learned_from():
    labels = LABELS.copy()
    labels[1::2] = 0.0
    memory = Memory(Slots(samples=10, sigma=SIGMA))
    found = np.array([memory.step(z, label) for z, label in zip(Z, labels, strict=True)])
    assert not found[1::2].any()
    np.testing.assert_allclose(found, window_modulators(10, labels), rtol=1e-10, atol=1e-12)
    assert memory.latches.model.stored.sum() == SAMPLES // 2


def test_only_the_last_step_of_a_presentation_stores_and_compares():
    memory, alone = (Memory(Slots(samples=10, sigma=SIGMA), steps) for steps in (3, 1))
    for number in range(20):
        z, label = Z[number], LABELS[number]
        assert not any(memory.step(z[::-1], label).any() for _ in range(2))
        np.testing.assert_array_equal(memory.step(z, label), alone.step(z, label))
    np.testing.assert_array_equal(memory.latches.model.z, alone.latches.model.z)


def test_an_open_gate_sends_no_label():
    latches = Memory(Slots(samples=4)).latches
    sent = latches.run(3, s_in=Z[:3], label_in=[*LABELS[:2], np.zeros(CLASSES)])
    np.testing.assert_array_equal(sent["label_out"][0], 0)
    np.testing.assert_array_equal(sent["label_out"][1], [LABELS[0], *np.zeros((3, CLASSES))])
    np.testing.assert_array_equal(sent["label_out"][2, :2], LABELS[:2])
    np.testing.assert_array_equal(sent["s_out"][1, :2], Z[:2])


@pytest.mark.parametrize("per_class", [True, False])
def test_slots_of_a_class_survive_a_run_of_another(per_class):
    latches = Memory(Slots(samples=9, per_class=per_class)).latches
    for number in range(6):
        latches.step(s_in=Z[number], label_in=np.eye(CLASSES)[number % CLASSES])
    for number in range(1_000):
        latches.step(s_in=Z[number % SAMPLES], label_in=np.eye(CLASSES)[0])
    kept = latches.model.labels.any(axis=0)
    np.testing.assert_array_equal(kept, [True, per_class, per_class])
