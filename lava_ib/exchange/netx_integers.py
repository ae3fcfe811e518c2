"""A network in netx's integers: as many bits for each layer as a neuron's sum has room for.

A sigma-delta neuron sends by how much its rate changed, and the next layer sums that up. Lava's
fixed-point neuron shifts each message right by 6 bits; bits cut off a change are gone for good, so
errors would add up from sample to sample. Here none are cut off: inputs are multiples of 64 for
each hidden layer but the last, so every message is divided by 64 without rest. What a
network then answers is plain integer arithmetic, however many samples came before.
"""

from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from lava_ib.errors import InputError
from lava_ib.exchange.maps import MapNetwork
from lava_ib.exchange.network import DenseNetwork
from lava_ib.exchange.plain import (
    PlainConv,
    PlainLayer,
    activities,
    plain_dense,
    plain_maps,
    with_constant,
)

STATE_EXP = 6
"""Bits that a sigma-delta neuron of netx shifts its messages by (lava-dl 0.6, ``netx/hdf5.py``)."""

BIAS_EXP = 12
"""Bits that it shifts a bias left by (Lava, ``lava/proc/sdn/process.py``)."""

STATE_LIMIT = 2**23
"""A neuron's sum has 24 bits with a sign (Lava, ``lava/proc/sdn/models.py``)."""

WEIGHT_LIMIT = 127
"""Weights have 8 bits with a sign."""

_MARGIN, _LEAST_MARGIN = 1.25, 1.1
"""How much larger sums may become than they are on the training samples: as weights are chosen, and
what has to be left of it when they are rounded."""

_INPUT_LEVELS = (3, 4, 5, 7, 10, 15, 16, 31, 63, 127, 255)
"""Steps of an input that are tried: finer inputs leave fewer bits for the weights."""

_SHARES = (1.0, 0.5, 0.25, 0.125, 0.0625)
"""Of the room of the first layer's sums that is taken: what is left goes to the weights above."""

_LEAST_AGREEMENT = 0.8
"""Share of the predictions on training samples that have to stay as they are."""

_PICTURES = 250
"""Training samples that ranges of maps are measured on: maps take memory."""


@dataclass(frozen=True)
class NetxNetwork:
    """A network in netx's integers.

    Attributes
    ----------
    layers : tuple of PlainLayer
        Of whole numbers; the inputs are ``rint(x * levels)``.
    levels : float
    factor : int
        Inputs are multiplied by this last: a power of 64.
    """

    layers: tuple[PlainLayer, ...]
    levels: float
    factor: int

    def encode(self, x: np.ndarray) -> np.ndarray:
        """Integers to send for raw inputs, shape (samples, n)."""
        return np.rint(x * self.levels).astype(np.int64) * self.factor

    def activities(self, x: np.ndarray) -> list[np.ndarray]:
        """Rates of each hidden layer, then class scores, of raw inputs."""
        return list(activities(self.layers, np.rint(x * self.levels)))

    def scores(self, x: np.ndarray) -> np.ndarray:
        """Class scores of raw inputs, shape (samples, classes): what Lava answers."""
        return self.activities(x)[-1]


def in_integers(network: DenseNetwork | MapNetwork, inputs: np.ndarray) -> NetxNetwork:
    """Choose steps of inputs and weights so that no sum leaves its 24 bits.

    Parameters
    ----------
    network : DenseNetwork or MapNetwork
    inputs : ndarray, shape (samples, n)
        Training samples; the choice is the one whose scores on them are the most alike.

    Raises
    ------
    InputError
        If there are too many layers for any choice to predict alike, or maps that layers alone
        cannot make.
    """
    if isinstance(network, MapNetwork):
        inputs = inputs[:_PICTURES]
        layers, others = with_constant(plain_maps(network, inputs)), "onnx"
    else:
        layers, others = plain_dense(network), "nir or onnx"
    *_, wanted = activities(layers, inputs)
    largest = float(np.abs(inputs).max()) or 1.0
    factor = 1 << STATE_EXP * max(0, len(layers) - 2)
    candidates = []
    for levels, share in product(_INPUT_LEVELS, _SHARES):
        whole = _whole(layers, inputs, levels / largest, share)
        if whole is not None:
            candidates.append(NetxNetwork(whole, levels / largest, factor))
    if not candidates:
        raise InputError(
            f"--format netx: {len(layers) - 1} hidden layers: 24 bits hold the whole sums "
            f"of two; use {others}"
        )
    best = max(candidates, key=lambda chosen: _cosine(chosen.scores(inputs), wanted))
    stay = float(np.mean(best.scores(inputs).argmax(axis=1) == wanted.argmax(axis=1)))
    if stay < _LEAST_AGREEMENT:
        raise InputError(
            f"--format netx: {len(layers) - 1} hidden layers: in whole sums of 24 bits only "
            f"{stay:.0%} of the predictions on training samples stay; use {others}"
        )
    return best


def _cosine(some: np.ndarray, others: np.ndarray) -> float:
    size = float(np.linalg.norm(some) * np.linalg.norm(others)) or 1.0
    return float(np.vdot(some, others)) / size


def _whole(
    layers: tuple[PlainLayer, ...], inputs: np.ndarray, levels: float, share: float
) -> tuple[PlainLayer, ...] | None:
    """Weights as large as the sums allow, layer by layer; none if a layer gets no bit."""
    rates, unit = np.rint(inputs * levels), levels
    found: list[PlainLayer] = []
    for number, layer in enumerate(layers):
        bits = carried(len(layers), number)
        top = float(np.abs(layer.weights).max()) or 1.0
        sums = (layer.linear(rates) + layer.bias * unit) / top
        # Of a convolution Lava limits what it sends as well, changes, which may be twice as large.
        limit = STATE_LIMIT >> bits + isinstance(layer, PlainConv)
        room = limit / (_MARGIN * (float(np.abs(sums).max()) or 1.0))
        room *= share if number == 0 else 1.0
        for step in range(min(WEIGHT_LIMIT, int(room)), 0, -1):
            whole = _rounded(layer, step / top, unit, grain(bits))
            sums = whole.linear(rates) + whole.bias
            if _LEAST_MARGIN * np.abs(sums).max() < limit:
                break
        else:
            return None
        found.append(whole)
        unit *= step / top
        rates = np.maximum(sums, 0)
    return tuple(found)


def _rounded(layer: PlainLayer, scale: float, unit: float, step: float) -> PlainLayer:
    bias = step * np.rint(layer.bias * (unit * scale / step))
    return replace(layer, weights=np.rint(layer.weights * scale), bias=bias)


def carried(layers: int, number: int) -> int:
    """Bits that the sums of layer `number` of so many, from 0, carry along.

    6 for each shift that they and those behind them go through.
    """
    return STATE_EXP * (layers - 1 - number)


def grain(bits: int) -> float:
    """What one step of a bias in the file is of sums that carry so many bits along."""
    return 2.0 ** (BIAS_EXP - bits)
