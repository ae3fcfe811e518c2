"""First weights that come from a file, in place of random ones.

The size of a layer's weights changes no prediction, but it does change how far a step of learning
goes. So each layer of the file is brought to the size that random first weights have.
"""

from pathlib import Path

import numpy as np

from lava_ib.errors import InputError
from lava_ib.exchange.network import DenseNetwork
from lava_ib.exchange.netx import read_netx
from lava_ib.exchange.nir import read_nir
from lava_ib.experiment.config import Config
from lava_ib.experiment.data import Preparation
from lava_ib.rule.state import State

_READERS = {".nir": read_nir, ".net": read_netx, ".netx": read_netx, ".h5": read_netx}


def start_network(config: Config) -> DenseNetwork | None:
    """Read the network that ``training.start`` names, if it names one.

    Raises
    ------
    InputError
        If the file cannot be read, or its layers are not the config's.
    """
    if config.training.start is None:
        return None
    path = Path(config.training.start)
    if path.suffix not in _READERS:
        raise InputError(
            f"training.start = {str(path)!r}: expected a name ending in {', '.join(_READERS)}"
        )
    if config.settings.fixed is not None or config.network.convolutions:
        raise InputError(
            "training.start: only dense networks in floating point start from a file; "
            "use backend float or fused"
        )
    if not path.is_file():
        raise InputError(f"training.start = {str(path)!r}: no such file")
    network = _READERS[path.suffix](path)
    if network.sizes != config.network.layers:
        raise InputError(
            f"training.start = {str(path)!r}: its layers are {list(network.sizes)}, "
            f"network.layers is {list(config.network.layers)}"
        )
    return network


def start_from(network: DenseNetwork, state: State, preparation: Preparation) -> None:
    """Put a network's weights into a first state, in place.

    Parameters
    ----------
    network : DenseNetwork
        For raw inputs.
    state : State
        With random first weights, whose sizes the new ones take over.
    preparation : Preparation
        How raw inputs reach the first layer; its bias makes up for the mean.
    """
    *hidden, readout = network.weights
    for number, matrix in enumerate(hidden, 1):
        name = f"dense{number}/weights"
        size = _size(state[name]) / _size(matrix)
        if number == 1:
            bias = (network.bias + matrix @ preparation.mean) * preparation.scale
            state["layer1/bias"] = bias * size
        state[name] = matrix * size
    longest = np.linalg.norm(readout, axis=1).max()
    state["readout/weights"] = readout / (longest or 1.0)


def _size(matrix: np.ndarray) -> float:
    return float(np.sqrt(np.mean(matrix**2))) or 1.0
