"""Slot memory: N gated slots that hold outputs and labels, compared by exact kernels.

It asks for what a window's ``kde`` does, of parts that neurons can be: latches that a gate
opens, and products. The slots are a ring over all samples, or one for each class, so that
none is forgotten where classes come in runs.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge, Gt

from lava_ib.rule.slots import Layout, Slot


@dataclass(frozen=True, kw_only=True)
class Slots:
    """Settings of a slot memory.

    Attributes
    ----------
    samples : int
        N, number of slots, the newest sample's included.
    sigma : float
        Width of the kernel on normalised rates (distances there are at most sqrt 2).
    per_class : bool
        Whether every class has an equal number of slots of its own, N / C rounded down; with
        fewer than 2, no earlier sample is left to learn from, and configs are refused.
    """

    kind: Literal["slots"] = "slots"
    samples: Annotated[int, Ge(2)] = 32
    sigma: Annotated[float, Gt(0)] = 0.2
    per_class: bool = False

    def size(self, classes: int) -> int:
        """Slots that there are for this many classes."""
        return classes * max(1, self.samples // classes) if self.per_class else self.samples

    def slots(self, neurons: int, classes: int, inputs: int) -> Layout:
        """Arrays of the memory of a layer: by name."""
        size = self.size(classes)
        return {
            "z": Slot((size, neurons)),
            "labels": Slot((size, classes)),
            "stored": Slot((classes,), np.int64),
        }

    def draw(self, state: dict[str, np.ndarray], rng: np.random.Generator) -> None:
        """Leave the slots empty."""


def next_slot(label: np.ndarray, stored: np.ndarray, size: int, per_class: bool) -> int:
    """Slot that opens for the next sample: the one that was filled longest ago.

    Parameters
    ----------
    label : ndarray, shape (C,)
        One-hot, of the next sample.
    stored : ndarray of int, shape (C,)
        Samples of each class stored so far.
    size : int
        N, number of slots.
    per_class : bool
        See :class:`Slots`.

    Returns
    -------
    int
    """
    if not per_class:
        return int(np.sum(stored) % size)
    own, each = np.argmax(label), size // stored.size
    return int(own * each + stored[own] % each)
