"""Margin prototypes in integers: which class is too close, and the modulator that follows."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from lava_ib.rule.fixed.plastic import (
    connection_number,
    hold,
    learned_prototypes,
    prototype_draws,
)
from lava_ib.rule.fixed.schedule import power_of_two


def rival(scores: np.ndarray, own: int, margin: int) -> int:
    """Best wrong class, if the right one does not beat it by `margin`; else -1.

    Parameters
    ----------
    scores : ndarray of int, shape (C,)
        ``P z``.
    own : int
        The class shown.
    margin : int
    """
    best = -1
    for other in range(scores.size):
        if other != own and (best < 0 or scores[other] > scores[best]):
            best = other
    if scores[own] - scores[best] < margin:
        return best
    return -1


class MarginLearner:
    """The learning of a memory or a readout: one plastic connection to the class neurons.

    Parameters
    ----------
    params : mapping
        ``proc_params`` of the Process: ``name``, ``fixed``, ``total_samples``.
    learning : bool
        Without, nothing is moved.
    neurons : int
        Number of presynaptic neurons.
    """

    def __init__(self, params: Mapping[str, Any], learning: bool, neurons: int) -> None:
        self.fixed, self.total = params["fixed"], params["total_samples"]
        self.learning = learning
        self.draws = prototype_draws(self.fixed, connection_number(params["name"]))
        self.x1 = np.zeros(neurons, dtype=np.int64)

    def see(self, z: np.ndarray, first: bool) -> None:
        """Keep the trace of what arrives; `first`: at a presentation's first time step."""
        if first:
            self.x1[:] = 0
        hold(self.x1, z)

    def pair(self, scores: np.ndarray, label: np.ndarray) -> tuple[int, int] | None:
        """Class and rival, where the one does not win clearly."""
        if not label.any():
            return None
        own = int(np.argmax(label))
        best = rival(scores, own, self.fixed.margin >> self.fixed.missing_bits)
        return None if best < 0 else (own, best)

    def learn(
        self,
        prototypes: np.ndarray,
        pair: tuple[int, int] | None,
        sample: np.ndarray,
        updates: np.ndarray,
        saturated: np.ndarray,
    ) -> None:
        """Move both rows and count, in place, at the end of presentation number `sample`."""
        if pair is not None:
            epoch = int(sample[0])
            step = power_of_two(epoch, self.total, self.fixed.rate)
            updates += 1
            if self.learning:
                prototypes[:], beyond = learned_prototypes(
                    prototypes, self.x1, *pair, step, self.fixed, epoch, self.draws
                )
                saturated[0] += beyond
        sample += 1
