"""A trained network as integers: what runs on the chip once nothing is learned any more.

Without biases above the first layer a network of rectified rates is positively homogeneous, so
dividing by a layer's norm changes no prediction. What is left is, layer by layer,
``max(W a >> shift, 0)``, and the class scores ``W a``. The bias of the first layer, which a centred
input leaves behind, comes in over two constant inputs, since graded rectifiers have none. Networks
with convolutions: ``lava_ib.deployment.freezing_maps``.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lava_ib.hardware.frozen_layers import FrozenDense, FrozenLayer, places_of

WEIGHT_BITS = 8
WEIGHT_LIMIT = (1 << (WEIGHT_BITS - 1)) - 1
"""Signed 8-bit weights. A connection of sign mode MIXED keeps no last bit of nine, so a weight w
goes in as 2 w, with an exponent one less (Lava, ``truncate_weights``)."""

ACTIVITY_BITS = 12
"""Messages between layers: half of this range is used on the samples the shifts are chosen by."""

STATE_LIMIT = 2**23
"""Sums of a neuron are 24 bits with a sign, as declared by Lava's GradedVec."""

INPUT_LIMIT = 255
"""Largest input, so that 8-bit pictures come in as they are."""

BATCH = 100
"""Samples at a time, so that their maps fit in memory."""


@dataclass(frozen=True)
class FrozenNetwork:
    """Layers from input to classes, and how an input becomes integers.

    Attributes
    ----------
    layers : tuple of FrozenLayer
    input_scale : float
        Integers of an input are ``rint(x * input_scale)``.
    constants : tuple of int
        Values of inputs that are the same for every sample, behind the input itself.
    """

    layers: tuple[FrozenLayer, ...]
    input_scale: float
    constants: tuple[int, ...] = ()

    @property
    def sizes(self) -> tuple[int, ...]:
        """Inputs, constants included, and neurons of each layer."""
        return (self.layers[0].inputs, *(layer.neurons for layer in self.layers))

    @property
    def places(self) -> tuple[int, ...]:
        """What the digits of biases and factors stand for: inputs that are always the same."""
        return places_of([number for layer in self.layers for number in layer.always])

    def encode(self, x: np.ndarray) -> np.ndarray:
        """Integers of raw inputs, shape (samples, inputs and constants)."""
        whole = np.rint(x * self.input_scale).astype(np.int32)
        return np.hstack([whole, np.broadcast_to(self.constants, (len(x), len(self.constants)))])

    def activities(self, encoded: np.ndarray) -> list[np.ndarray]:
        """What each hidden layer sends and the class scores, in plain integer arithmetic."""
        found = [encoded.astype(np.int64)]
        for layer in self.layers[:-1]:
            sums = layer.sums(found[-1])
            found.append(np.maximum(sums, 0) if layer.RECTIFIES else sums)
        return [*found[1:], self.layers[-1].sums(found[-1])]

    def scores(self, encoded: np.ndarray) -> np.ndarray:
        """Class scores, shape (samples, classes): the reference for what runs on a backend."""
        starts = range(0, len(encoded), BATCH)
        return np.vstack([self.activities(encoded[k : k + BATCH])[-1] for k in starts])

    def activity(self, encoded: np.ndarray) -> list[float]:
        """Share of the values that are not zero: of the inputs, then of each hidden layer."""
        shares = []
        for start in range(0, len(encoded), BATCH):
            part = encoded[start : start + BATCH]
            values = (part, *self.activities(part)[:-1])
            shares.append([len(part) * float(np.mean(each != 0)) for each in values])
        return [sum(column) / len(encoded) for column in zip(*shares, strict=True)]

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Classes of raw inputs."""
        return np.argmax(self.scores(self.encode(x)), axis=1)


def freeze(
    weights: list[np.ndarray],
    bias: np.ndarray,
    calibration: np.ndarray,
    input_scale: float | None = None,
) -> tuple[FrozenNetwork, tuple[str, ...]]:
    """Turn a trained network into integers.

    Parameters
    ----------
    weights : list of ndarray, shapes (n, inputs)
        From the first layer to the class scores. Integers of up to eight bits stay as they are.
    bias : ndarray, shape (n,)
        Of the first layer.
    calibration : ndarray, shape (samples, inputs)
        Raw inputs that the shifts are chosen by; training samples.
    input_scale : float, optional
        Where the network was trained on integers, those of its inputs over the raw ones.

    Returns
    -------
    FrozenNetwork
    tuple of str
        What comes near a limit, on the calibration samples; none if nothing does.
    """
    if input_scale is None:
        input_scale = INPUT_LIMIT / largest(calibration)
    whole, scales = zip(*(whole_weights(matrix) for matrix in weights), strict=True)
    columns, constants = _constant_inputs(bias * input_scale * scales[0])
    matrices = [np.hstack([whole[0], columns]), *whole[1:]]
    layers: list[FrozenDense] = []
    close: list[str] = []
    activity = FrozenNetwork((), input_scale, constants).encode(calibration).astype(np.int64)
    for number, matrix in enumerate(matrices, 1):
        sums = FrozenDense(matrix, 0).sums(activity)
        close += near_limit(f"sums of layer {number}", sums)
        last = number == len(matrices)
        shift = 0 if last else max(0, int(sums.max()).bit_length() - (ACTIVITY_BITS - 1))
        layers.append(FrozenDense(matrix, shift))
        activity = np.maximum(layers[-1].sums(activity), 0)
    return FrozenNetwork(tuple(layers), input_scale, constants), tuple(close)


def near_limit(what: str, sums: np.ndarray) -> list[str]:
    """A line if sums take half of a neuron's width or more."""
    most = int(np.abs(sums).max())
    return [f"{what} reach {most:,} of {STATE_LIMIT:,}"] if 2 * most >= STATE_LIMIT else []


def whole_weights(matrix: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights as integers, and the factor that made them so."""
    if matrix.dtype.kind == "i":
        span = max(int(matrix.max()), ~int(matrix.min()))
        scale = 2.0 ** -max(0, span.bit_length() - (WEIGHT_BITS - 1))
        return np.minimum(np.rint(matrix * scale), WEIGHT_LIMIT).astype(np.int32), scale
    scale = WEIGHT_LIMIT / largest(matrix)
    return np.rint(matrix * scale).astype(np.int32), scale


def largest(values: np.ndarray) -> float:
    """Largest magnitude; 1 if all are zero."""
    return float(np.abs(values).max(initial=0.0)) or 1.0


def _constant_inputs(bias: np.ndarray) -> tuple[np.ndarray, tuple[int, ...]]:
    """Write a bias as weights of two constant inputs, the second for what the first leaves."""
    if not np.any(bias):
        return np.zeros((len(bias), 0), dtype=np.int32), ()
    rest, columns, constants = bias, [], []
    for _ in range(2):
        constant = max(1, int(np.ceil(np.abs(rest).max() / WEIGHT_LIMIT)))
        columns.append(np.clip(np.rint(rest / constant), -WEIGHT_LIMIT, WEIGHT_LIMIT))
        constants.append(constant)
        rest = rest - constant * columns[-1]
    return np.stack(columns, axis=1).astype(np.int32), tuple(constants)


def shape_errors(network: FrozenNetwork) -> list[str]:
    """What does not go together in a network that comes from a file."""
    found = [
        f"layer {number}: {problem}"
        for number, layer in enumerate(network.layers, 1)
        for problem in layer.problems()
    ]
    if not found:
        for number, (before, after) in enumerate(pairwise(network.layers), 2):
            if after.inputs != before.neurons:
                found.append(
                    f"layer {number} has {after.inputs} inputs, the one before it "
                    f"{before.neurons} neurons"
                )
    return found
