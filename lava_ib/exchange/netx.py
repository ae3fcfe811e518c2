"""netx, the HDF5 files of lava-dl: sigma-delta layers in integers, written and read by h5py alone.

A sigma-delta neuron sends by how much its rate changed, and the next layer sums that up. Lava's
fixed-point neuron shifts each message right by 6 bits; bits cut off a change are gone for good, so
errors would add up from sample to sample. Here none are cut off: inputs are multiples of 64 for
each hidden layer but the last, so every message is divided by 64 without rest. What a
network then answers is plain integer arithmetic, however many samples came before.
"""

from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from lava_ib.errors import InputError
from lava_ib.exchange.network import DenseNetwork, Metadata, chained

STATE_EXP = 6
"""Bits that a sigma-delta neuron of netx shifts its messages by (lava-dl 0.6, ``netx/hdf5.py``)."""

STATE_LIMIT = 2**23
"""A neuron's sum has 24 bits with a sign (Lava, ``lava/proc/sdn/models.py``)."""

WEIGHT_LIMIT = 127
"""Weights have 8 bits with a sign."""

_MARGIN = 1.25
"""How much larger sums may become than they are on the training samples."""

_INPUT_LEVELS = (3, 4, 5, 7, 10, 15, 16, 31, 63, 127, 255)
"""Steps of an input that are tried: finer inputs leave fewer bits for the weights."""


@dataclass(frozen=True)
class NetxNetwork:
    """A network in netx's integers.

    Attributes
    ----------
    network : DenseNetwork
        Of whole numbers; its inputs are ``rint(x * levels)``.
    levels : float
    factor : int
        Inputs are multiplied by this last: a power of 64.
    """

    network: DenseNetwork
    levels: float
    factor: int

    def encode(self, x: np.ndarray) -> np.ndarray:
        """Integers to send for raw inputs, shape (samples, n)."""
        return np.rint(x * self.levels).astype(np.int64) * self.factor

    def scores(self, x: np.ndarray) -> np.ndarray:
        """Class scores of raw inputs, shape (samples, classes): what Lava answers."""
        return self.network.activities(np.rint(x * self.levels))[-1]


def in_integers(network: DenseNetwork, inputs: np.ndarray) -> NetxNetwork:
    """Choose steps of inputs and weights so that no sum leaves its 24 bits.

    Parameters
    ----------
    network : DenseNetwork
    inputs : ndarray, shape (samples, n)
        Training samples; the choice is the one whose scores on them are the most alike.

    Raises
    ------
    InputError
        If there are too many layers for any choice.
    """
    wanted = network.activities(inputs)[-1]
    largest = float(np.abs(inputs).max()) or 1.0
    factor = 1 << STATE_EXP * (len(network.weights) - 2)
    candidates = []
    for levels in _INPUT_LEVELS:
        whole = _whole(network, inputs, levels / largest)
        if whole is not None:
            candidates.append(NetxNetwork(whole, levels / largest, factor))
    if not candidates:
        raise InputError(
            f"--format netx: {len(network.weights) - 1} hidden layers: 24 bits hold the whole sums "
            "of two; use nir or onnx"
        )
    return max(candidates, key=lambda chosen: _cosine(chosen.scores(inputs), wanted))


def _cosine(some: np.ndarray, others: np.ndarray) -> float:
    size = float(np.linalg.norm(some) * np.linalg.norm(others)) or 1.0
    return float(np.vdot(some, others)) / size


def _whole(network: DenseNetwork, inputs: np.ndarray, levels: float) -> DenseNetwork | None:
    """Weights as large as the sums allow, layer by layer; none if a layer gets no bit."""
    rates, unit = np.rint(inputs * levels), levels
    bias, matrices = network.bias, []
    for number, matrix in enumerate(network.weights):
        # A layer's sums carry 6 bits for each shift that they and those behind them go through.
        shifts = len(network.weights) - 1 - number
        top = float(np.abs(matrix).max()) or 1.0
        sums = rates @ matrix.T / top + (bias * (unit / top) if number == 0 else 0.0)
        room = (STATE_LIMIT >> STATE_EXP * shifts) / (_MARGIN * (float(np.abs(sums).max()) or 1.0))
        step = min(WEIGHT_LIMIT, int(room))
        if step < 1:
            return None
        matrices.append(np.rint(matrix * (step / top)))
        unit *= step / top
        if number == 0:
            bias = np.rint(bias * unit)
        rates = rates @ matrices[-1].T + (bias if number == 0 else 0.0)
        rates = np.maximum(rates, 0)
    return DenseNetwork(tuple(matrices), bias)


def write_netx(network: DenseNetwork, inputs: np.ndarray, metadata: Metadata, path: Path) -> None:
    """Write a netx HDF5 file, its first layer the one that encodes inputs.

    Parameters
    ----------
    network : DenseNetwork
    inputs : ndarray, shape (samples, n)
        Training samples that ranges are measured on.
    metadata : dict of str to str
        Become attributes of the file; netx does not read them.
    path : Path

    Raises
    ------
    InputError
        If the network has too many layers.
    """
    whole = in_integers(network, inputs)
    *hidden, _ = whole.network.sizes[1:]
    with h5py.File(path, "w") as file:
        file.attrs.update(
            {
                **metadata,
                "input_levels": whole.levels,
                "input_factor": whole.factor,
                "input": "send rint(x * input_levels) * input_factor, a new sample at any step",
            }
        )
        first = file.create_group("layer/0")
        first["type"] = np.array(["input"], dtype="S10")
        first["shape"] = np.array([whole.network.sizes[0]])
        _write_neuron(first)
        for number, matrix in enumerate(whole.network.weights, 1):
            group = file.create_group(f"layer/{number}")
            group["type"] = np.array(["dense"], dtype="S10")
            group["shape"] = np.array([len(matrix)])
            group["inFeatures"], group["outFeatures"] = matrix.shape[::-1]
            group["weight"] = matrix.astype(np.int32)
            if number == 1:
                group["bias"] = whole.network.bias.astype(np.int32)
            _write_neuron(group, last=number > len(hidden))


def _write_neuron(group: h5py.Group, *, last: bool = False) -> None:
    """A sigma-delta neuron of threshold 0, so that every change is sent; the last one only sums."""
    neuron = group.create_group("neuron")
    neuron["type"] = np.array(["SDNN"], dtype="S10")
    neuron["vThMant"] = 0
    if last:
        neuron["sigma_output"] = True


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
    except (OSError, KeyError, ValueError, TypeError, IndexError, AttributeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path}: not a netx HDF5 file ({error})") from None
    if weights:
        weights[0] = weights[0] * levels
    return chained(path, weights, biases)


def _kind(group: h5py.Group) -> str:
    (content,) = np.ravel(group["type"][()])
    return content.decode() if isinstance(content, bytes) else str(content)


def _weights(group: h5py.Group) -> np.ndarray:
    return np.asarray(group["weight"][()], dtype=float).reshape(int(np.prod(group["shape"])), -1)


def _bias(group: h5py.Group) -> np.ndarray:
    size = int(np.prod(group["shape"]))
    return np.ravel(group["bias"][()]).astype(float) if "bias" in group else np.zeros(size)
