"""netx, the HDF5 files of lava-dl: sigma-delta layers, written and read by h5py alone."""

from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np

from lava_ib.errors import InputError
from lava_ib.exchange.maps import MapNetwork
from lava_ib.exchange.network import DenseNetwork, Metadata, chained
from lava_ib.exchange.netx_integers import BIAS_EXP, carried, grain, in_integers
from lava_ib.exchange.plain import PlainConv, PlainDense, PlainLayer


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
            _write_layer(groups[-1], layer, carried(len(whole.layers), number))


def _write_layer(group: h5py.Group, layer: PlainLayer, bits: int) -> None:
    if isinstance(layer, PlainConv):
        _write_kind(group, "conv", layer.shape)
        # netx has (out, in, y, x) and turns the kernel round itself.
        group["weight"] = layer.weights[:, ::-1, ::-1].transpose(0, 3, 2, 1).astype(np.int32)
        for name, value in (("stride", layer.stride), ("padding", layer.padding)):
            group[name] = [value, value]
        group["dilation"], group["groups"] = [1, 1], 1
        bias = layer.bias.reshape(layer.shape)
    else:
        _write_kind(group, "dense", (len(layer.weights),), last=bits == 0)
        group["inFeatures"], group["outFeatures"] = layer.weights.shape[::-1]
        group["weight"] = layer.weights.astype(np.int32)
        bias = layer.bias
    if np.any(bias):
        group["bias"] = (bias / grain(bits)).astype(np.int32)


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
            bits = carried(len(dense), 0) if "input_factor" in file.attrs else BIAS_EXP
    except (OSError, KeyError, ValueError, TypeError, IndexError, AttributeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path}: not a netx HDF5 file ({error})") from None
    if weights:
        weights[0] = weights[0] * levels
        biases[0] = biases[0] * grain(bits)
    return chained(path, weights, biases)


def _kind(group: h5py.Group) -> str:
    (content,) = np.ravel(group["type"][()])
    return content.decode() if isinstance(content, bytes) else str(content)


def _weights(group: h5py.Group) -> np.ndarray:
    return np.asarray(group["weight"][()], dtype=float).reshape(int(np.prod(group["shape"])), -1)


def _bias(group: h5py.Group) -> np.ndarray:
    size = int(np.prod(group["shape"]))
    return np.ravel(group["bias"][()]).astype(float) if "bias" in group else np.zeros(size)
