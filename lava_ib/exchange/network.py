"""What leaves and enters: a plain network of dense layers and rectified neurons.

Dividing by a layer's norm changes no prediction, since without biases above the first layer the
network is positively homogeneous; the memories serve learning alone. So weights and one bias are
all that inference needs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from lava_ib.errors import InputError

Metadata = dict[str, str]
"""What a file says of where it comes from, by key."""


@dataclass(frozen=True)
class DenseNetwork:
    """Scores ``W_n max(... W_2 max(W_1 x + b, 0))``.

    Attributes
    ----------
    weights : tuple of ndarray, shapes (n_post, n_pre)
        From the first layer to the class scores.
    bias : ndarray, shape (n_post of the first layer,)

    Raises
    ------
    ValueError
        If the shapes do not follow from one another.
    """

    weights: tuple[np.ndarray, ...]
    bias: np.ndarray

    def __post_init__(self) -> None:
        for before, after in pairwise(self.weights):
            if after.shape[1] != len(before):
                raise ValueError(
                    f"weights of shape {after.shape} behind a layer of {len(before)} neurons"
                )
        if self.bias.shape != (len(self.weights[0]),):
            raise ValueError(
                f"bias of shape {self.bias.shape} for a layer of {len(self.weights[0])} neurons"
            )

    @property
    def sizes(self) -> tuple[int, ...]:
        """Inputs, then the neurons of each layer."""
        return (self.weights[0].shape[1], *(len(matrix) for matrix in self.weights))

    def activities(self, x: np.ndarray) -> list[np.ndarray]:
        """Rates of each hidden layer, then class scores, of inputs of shape (samples, n)."""
        found = [x @ self.weights[0].T + self.bias]
        for matrix in self.weights[1:]:
            found[-1] = np.maximum(found[-1], 0)
            found.append(found[-1] @ matrix.T)
        return found

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Classes of inputs, shape (samples,)."""
        return self.activities(x)[-1].argmax(axis=1)


def chained(path: Path, weights: list[np.ndarray], biases: list[np.ndarray]) -> DenseNetwork:
    """Make a network of layers from a file, and refuse what it cannot be one of.

    Raises
    ------
    InputError
        If there are no layers, if they do not fit each other, or have biases above the first.
    """
    if not weights:
        raise InputError(f"{path}: holds no dense layer")
    for number, bias in enumerate(biases[1:], 2):
        if np.any(bias):
            raise InputError(
                f"{path}: layer {number} has biases; above the first layer normalised rates "
                "allow none"
            )
    try:
        return DenseNetwork(tuple(weights), biases[0])
    except ValueError as error:
        raise InputError(f"{path}: {error}") from None


Write = Callable[[DenseNetwork, np.ndarray, Metadata, Path], None]
"""Writes a network, given training inputs that ranges are measured on, shape (samples, n)."""
