"""netx, the HDF5 files of lava-dl: sigma-delta layers in integers, written and read by h5py alone.

A sigma-delta neuron sends by how much its rate changed, and the next layer sums that up. Lava's
fixed-point neuron shifts each message right by 6 bits; bits cut off a change are gone for good, so
errors would add up from sample to sample. Here none are cut off: inputs are multiples of 64 for
each hidden layer but the last, so every message is divided by 64 without rest. What a
network then answers is plain integer arithmetic, however many samples came before.
"""

from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import h5py
import numpy as np

from lava_ib.errors import InputError
from lava_ib.exchange.maps import MapNetwork
from lava_ib.exchange.network import DenseNetwork, Metadata, chained
from lava_ib.exchange.plain import (
    PlainConv,
    PlainDense,
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
        layers = with_constant(plain_maps(network, inputs))
    else:
        layers = plain_dense(network)
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
            "of two; use nir or onnx"
        )
    best = max(candidates, key=lambda chosen: _cosine(chosen.scores(inputs), wanted))
    stay = float(np.mean(best.scores(inputs).argmax(axis=1) == wanted.argmax(axis=1)))
    if stay < _LEAST_AGREEMENT:
        raise InputError(
            f"--format netx: {len(layers) - 1} hidden layers: in whole sums of 24 bits only "
            f"{stay:.0%} of the predictions on training samples stay; use nir or onnx"
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
        # A layer's sums carry 6 bits for each shift that they and those behind them go through.
        # Of a convolution Lava limits what it sends as well, changes, which may be twice as large.
        carried = STATE_EXP * (len(layers) - 1 - number)
        top = float(np.abs(layer.weights).max()) or 1.0
        sums = (layer.linear(rates) + layer.bias * unit) / top
        limit = STATE_LIMIT >> carried + isinstance(layer, PlainConv)
        room = limit / (_MARGIN * (float(np.abs(sums).max()) or 1.0))
        room *= share if number == 0 else 1.0
        for step in range(min(WEIGHT_LIMIT, int(room)), 0, -1):
            whole = _rounded(layer, step / top, unit, _grain(carried))
            sums = whole.linear(rates) + whole.bias
            if _LEAST_MARGIN * np.abs(sums).max() < limit:
                break
        else:
            return None
        found.append(whole)
        unit *= step / top
        rates = np.maximum(sums, 0)
    return tuple(found)


def _rounded(layer: PlainLayer, scale: float, unit: float, grain: float) -> PlainLayer:
    bias = grain * np.rint(layer.bias * (unit * scale / grain))
    return replace(layer, weights=np.rint(layer.weights * scale), bias=bias)


def _grain(carried: int) -> float:
    """What one step of a bias in the file is of sums that carry so many bits along."""
    return 2.0 ** (BIAS_EXP - carried)


def write_netx(
    network: DenseNetwork | MapNetwork, inputs: np.ndarray, metadata: Metadata, path: Path
) -> None:
    """Write a netx HDF5 file, its first layer the one that encodes inputs.

    Parameters
    ----------
    network : DenseNetwork or MapNetwork
    inputs : ndarray, shape (samples, n)
        Training samples that ranges are measured on.
    metadata : dict of str to str
        Become attributes of the file; netx does not read them.
    path : Path

    Raises
    ------
    InputError
        If the network has too many layers, or maps that layers alone cannot make.
    """
    whole = in_integers(network, inputs)
    with h5py.File(path, "w") as file:
        file.attrs.update(
            {
                **metadata,
                "input_levels": whole.levels,
                "input_factor": whole.factor,
                "input": "send rint(x * input_levels) * input_factor, a new sample at any step",
            }
        )
        groups = [file.create_group("layer/0")]
        _write_kind(groups[0], "input", _input_shape(whole.layers[0]))
        for number, layer in enumerate(whole.layers):
            behind_map = number > 0 and isinstance(whole.layers[number - 1], PlainConv)
            if isinstance(layer, PlainDense) and behind_map:
                groups.append(file.create_group(f"layer/{len(groups)}"))
                groups[-1]["type"] = np.array(["flatten"], dtype="S10")
                layer = _channels_first(layer, whole.layers[number - 1])
            groups.append(file.create_group(f"layer/{len(groups)}"))
            carried = STATE_EXP * (len(whole.layers) - 1 - number)
            _write_layer(groups[-1], layer, carried)


def _write_layer(group: h5py.Group, layer: PlainLayer, carried: int) -> None:
    if isinstance(layer, PlainConv):
        _write_kind(group, "conv", layer.shape)
        # netx has (out, in, y, x) and turns the kernel round itself.
        group["weight"] = layer.weights[:, ::-1, ::-1].transpose(0, 3, 2, 1).astype(np.int32)
        for name, value in (("stride", layer.stride), ("padding", layer.padding)):
            group[name] = [value, value]
        group["dilation"], group["groups"] = [1, 1], 1
        bias = layer.bias.reshape(layer.shape)
    else:
        _write_kind(group, "dense", (len(layer.weights),), last=carried == 0)
        group["inFeatures"], group["outFeatures"] = layer.weights.shape[::-1]
        group["weight"] = layer.weights.astype(np.int32)
        bias = layer.bias
    if np.any(bias):
        group["bias"] = (bias / _grain(carried)).astype(np.int32)


def _write_kind(
    group: h5py.Group, kind: str, shape: tuple[int, ...], *, last: bool = False
) -> None:
    """Kind, shape and neuron; netx has channels first.

    A sigma-delta neuron of threshold 0, so that every change is sent; the last one only sums.
    """
    group["type"] = np.array([kind], dtype="S10")
    group["shape"] = np.array(shape[::-1])
    neuron = group.create_group("neuron")
    neuron["type"] = np.array(["SDNN"], dtype="S10")
    neuron["vThMant"] = 0
    if last:
        neuron["sigma_output"] = True


def _channels_first(layer: PlainDense, below: PlainLayer) -> PlainDense:
    """Weights in the order that netx flattens the map below them in: (channels, y, x)."""
    assert isinstance(below, PlainConv)
    weights = layer.weights.reshape(-1, *below.shape).transpose(0, 3, 2, 1)
    return replace(layer, weights=weights.reshape(len(weights), -1))


def _input_shape(layer: PlainLayer) -> tuple[int, ...]:
    return layer.input_shape if isinstance(layer, PlainConv) else layer.weights.shape[1:]


def read_netx(path: Path) -> DenseNetwork:
    """Read the dense layers of a netx file, for inputs as the data set has them.

    Files that :func:`write_netx` wrote say how inputs become integers; for others inputs are taken
    as they are.

    Raises
    ------
    InputError
        If it is no netx file, or holds anything but dense layers.
    """
    try:
        with h5py.File(path, "r") as file:
            layers = [file["layer"][str(number)] for number in range(len(file["layer"]))]
            dense = [group for group in layers if _kind(group) not in ("input", "flatten")]
            for group in dense:
                if _kind(group) != "dense":
                    raise InputError(
                        f"{path}: holds a layer of type {_kind(group)!r}; expected dense"
                    )
            weights = [_weights(group) for group in dense]
            biases = [_bias(group) for group in dense]
            levels = float(file.attrs.get("input_levels", 1.0))
            carried = STATE_EXP * (len(dense) - 1) if "input_factor" in file.attrs else BIAS_EXP
    except (OSError, KeyError, ValueError, TypeError, IndexError, AttributeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path}: not a netx HDF5 file ({error})") from None
    if weights:
        weights[0] = weights[0] * levels
        biases[0] = biases[0] * _grain(carried)
    return chained(path, weights, biases)


def _kind(group: h5py.Group) -> str:
    (content,) = np.ravel(group["type"][()])
    return content.decode() if isinstance(content, bytes) else str(content)


def _weights(group: h5py.Group) -> np.ndarray:
    return np.asarray(group["weight"][()], dtype=float).reshape(int(np.prod(group["shape"])), -1)


def _bias(group: h5py.Group) -> np.ndarray:
    size = int(np.prod(group["shape"]))
    return np.ravel(group["bias"][()]).astype(float) if "bias" in group else np.zeros(size)
