"""Files of memory networks that were trained a priori on random numbers, and never on data."""

from pathlib import Path

import h5py
import numpy as np

from lava_ib.errors import InputError
from lava_ib.experiment.a_priori import Trained, train_features, train_reservoir
from lava_ib.experiment.config import Config
from lava_ib.files import whole_file
from lava_ib.rule.memory import Features, Reservoir
from lava_ib.rule.state import State

FORMAT = "lava_ib memories trained a priori"


def pretrain(config: Config, path: Path, kernel_sigma: float = 0.3) -> dict[str, dict[str, float]]:
    """Train the memory of each hidden layer, and write a file.

    Parameters
    ----------
    config : Config
        With a feature or a reservoir memory; neither its data nor its learning rates matter.
    path : Path
        HDF5 file to write.
    kernel_sigma : float
        Width of the Gaussian kernels whose sums feature memories learn.

    Returns
    -------
    dict of str to dict
        By layer, ``layer1``: figures of :mod:`lava_ib.experiment.a_priori`.

    Raises
    ------
    InputError
        If the config's memory has no readout to train, or the file cannot be written.
    """
    if not isinstance(config.memory, Features | Reservoir):
        raise InputError(
            f"memory.kind = {config.memory.kind!r}: only features and reservoir have a readout "
            "to train"
        )
    found = {}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as temporary, h5py.File(temporary, "w") as file:
            file.attrs["format"] = FORMAT
            file.attrs["kernel_sigma"] = kernel_sigma
            for number in range(1, config.settings.hidden + 1):
                arrays, figures = trained(config, number, kernel_sigma)
                group = file.create_group(f"memory{number}")
                for name, array in arrays.items():
                    group[name] = array
                group.attrs.update(figures)
                found[f"layer{number}"] = figures
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error})") from None
    return found


def trained(config: Config, number: int, kernel_sigma: float = 0.3) -> Trained:
    """Train the memory of one hidden layer on random numbers, from the config's seed.

    Memories without a readout of their own have no such arrays.
    """
    memory, network = config.memory, config.network
    neurons, classes = config.settings.shown[number - 1], network.layers[-1]
    rng = np.random.default_rng([config.seed, 4, number])
    if isinstance(memory, Features):
        return train_features(memory, neurons, kernel_sigma, rng)
    if isinstance(memory, Reservoir):
        return train_reservoir(memory, neurons, classes, network.steps_per_sample, rng)
    return {}, {}


def pretrained(config: Config) -> State:
    """Read what a config's memories start with; the file is made where it is not there.

    Returns
    -------
    State
        What was trained of each memory; nothing if the config names no file.

    Raises
    ------
    InputError
        If the file is something else, or does not fit the config.
    """
    memory, network = config.memory, config.network
    if not isinstance(memory, Features | Reservoir) or not memory.readout_file:
        return {}
    path = Path(memory.readout_file)
    if not path.exists():
        pretrain(config, path)
    found = _read(path, memory.A_PRIORI, config.settings.hidden)
    for number, neurons in enumerate(config.settings.shown, 1):
        slots = memory.slots(neurons, network.layers[-1], 1)
        for name in memory.A_PRIORI:
            shape = found[f"memory{number}/{name}"].shape
            if shape != slots[name].shape:
                raise InputError(
                    f"{path}: {name} of memory {number} has shape {shape}, the config's has "
                    f"{slots[name].shape}: pretrain again to another file"
                )
    return found


def _read(path: Path, names: tuple[str, ...], hidden: int) -> State:
    try:
        with h5py.File(path) as file:
            if file.attrs.get("format") != FORMAT:
                raise InputError(f"{path}: not a file of lava-ib pretrain")
            return {
                f"memory{number}/{name}": np.array(file[f"memory{number}/{name}"])
                for number in range(1, hidden + 1)
                for name in names
            }
    except (OSError, KeyError) as error:
        raise InputError(
            f"{path}: not a file of lava-ib pretrain for this memory ({error})"
        ) from None
