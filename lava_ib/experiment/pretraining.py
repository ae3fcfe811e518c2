"""Readouts of feature memories, trained a priori on random numbers and never on data.

A feature memory reads kernel sums from products of features and averages. Analytically every
product counts the same; here the delta rule learns how much each should count to give the sums
of exact Gaussian kernels, on random outputs of a layer. What comes out drives the learning of
any data set.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from lava_ib.errors import InputError
from lava_ib.experiment.config import Config
from lava_ib.rule.kernels import log_gaussian
from lava_ib.rule.memory import Features
from lava_ib.rule.memory.features import expand
from lava_ib.rule.state import State

FORMAT = "lava_ib feature memories"
_SAMPLES, _TESTED = 20_000, 2_000
_FIRST_RATE = 0.1
_WINDOW = 1_000  # samples of which exact sums are taken; a longer horizon looks the same


@dataclass(frozen=True)
class Fidelity:
    """How well a trained readout gives the exact kernel sums, on new random outputs.

    Attributes
    ----------
    r2 : float
        Share of the sums' variance that it explains.
    analytic_r2 : float
        The same without training, with the one scale that fits best.
    """

    r2: float
    analytic_r2: float


def pretrain(config: Config, path: Path, kernel_sigma: float = 0.3) -> dict[str, Fidelity]:
    """Train the readout of each hidden layer's memory, and write a file.

    Parameters
    ----------
    config : Config
        With a feature memory; neither its data nor its learning rates matter.
    path : Path
        HDF5 file to write.
    kernel_sigma : float
        Width of the Gaussian kernels whose sums are learned.

    Returns
    -------
    dict of str to Fidelity
        By layer: ``layer1``.

    Raises
    ------
    InputError
        If the config's memory has no readout to train, or the file cannot be written.
    """
    settings = config.memory
    if not isinstance(settings, Features):
        raise InputError(f"memory.kind = {settings.kind!r}: only features have a trained readout")
    found = {}
    temporary = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with h5py.File(temporary, "w") as file:
            file.attrs["format"] = FORMAT
            file.attrs["kernel_sigma"] = kernel_sigma
            for number, neurons in enumerate(config.settings.shown, 1):
                rng = np.random.default_rng([config.seed, 4, number])
                expansion = rng.normal(size=(settings.units, neurons))
                readout, fidelity = _train(expansion, settings, kernel_sigma, rng)
                group = file.create_group(f"memory{number}")
                group["expansion"], group["readout"] = expansion, readout
                group.attrs.update(vars(fidelity))
                found[f"layer{number}"] = fidelity
        temporary.replace(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error})") from None
    return found


def pretrained(config: Config) -> State:
    """Read what a config's memories start with; the file is made where it is not there.

    Returns
    -------
    State
        Expansion and readout of each memory; nothing if the config names no file.

    Raises
    ------
    InputError
        If the file is something else, or does not fit the config.
    """
    settings = config.memory
    if not isinstance(settings, Features) or not settings.readout_file:
        return {}
    path = Path(settings.readout_file)
    if not path.exists():
        pretrain(config, path)
    try:
        with h5py.File(path) as file:
            if file.attrs.get("format") != FORMAT:
                raise InputError(f"{path}: not a file of lava-ib pretrain")
            found = {
                f"memory{number}/{name}": np.array(file[f"memory{number}/{name}"])
                for number in range(1, config.settings.hidden + 1)
                for name in ("expansion", "readout")
            }
    except (OSError, KeyError) as error:
        raise InputError(f"{path}: not a file of lava-ib pretrain ({error})") from None
    for number, neurons in enumerate(config.settings.shown, 1):
        shape = found[f"memory{number}/expansion"].shape
        if shape != (settings.units, neurons):
            raise InputError(
                f"{path}: memory {number} has {shape[0]} units for {shape[1]} neurons, the "
                f"config has {settings.units} for {neurons}: pretrain again to another file"
            )
    return found


def _train(
    expansion: np.ndarray, settings: Features, kernel_sigma: float, rng: np.random.Generator
) -> tuple[np.ndarray, Fidelity]:
    """Normalised delta rule, at a rate that falls linearly to zero."""
    readout = np.zeros(settings.units)
    for number, (products, exact) in enumerate(
        _examples(expansion, settings, kernel_sigma, _SAMPLES, rng)
    ):
        power = np.dot(products, products)
        if power == 0.0:  # rectified features may all be silent
            continue
        if not readout.any():
            readout[:] = exact / np.sum(products)
        rate = _FIRST_RATE * (1.0 - number / _SAMPLES)
        error = exact - np.dot(readout, products)
        readout += rate * error * products / power
    tested = list(_examples(expansion, settings, kernel_sigma, _TESTED, rng))
    every, sums = np.array([p for p, _ in tested]), np.array([s for _, s in tested])
    analytic = every.sum(axis=1)
    scale = np.dot(analytic, sums) / np.dot(analytic, analytic)
    return readout, Fidelity(_r2(sums, every @ readout), _r2(sums, scale * analytic))


def _r2(exact: np.ndarray, found: np.ndarray) -> float:
    return float(1.0 - np.sum((exact - found) ** 2) / np.sum((exact - exact.mean()) ** 2))


def _examples(
    expansion: np.ndarray,
    settings: Features,
    kernel_sigma: float,
    count: int,
    rng: np.random.Generator,
) -> Iterator[tuple[np.ndarray, float]]:
    """Products of features and averages, and the exact sum of kernels, for random outputs."""
    size = int(min(settings.horizon, _WINDOW))
    window = _outputs(size, expansion.shape[1], rng)
    features = np.array([expand(expansion @ c, settings.code, settings.sigma) for c in window])
    average = features.mean(axis=0)
    for number in range(count):
        (z,) = _outputs(1, expansion.shape[1], rng)
        phi = expand(expansion @ z, settings.code, settings.sigma)
        yield phi * average, float(np.exp(log_gaussian(z, window, kernel_sigma)).mean())
        row = number % size
        average += (phi - features[row]) / size
        window[row], features[row] = z, phi


def _outputs(count: int, neurons: int, rng: np.random.Generator) -> np.ndarray:
    """Random outputs of a layer: rectified, normalised, and centred by their expected mean."""
    rates = np.maximum(rng.normal(size=(count, neurons)), 0.0)
    rates[~rates.any(axis=1), 0] = 1.0
    z = rates / np.linalg.norm(rates, axis=1, keepdims=True)
    # A rectified unit Gaussian has the mean 1 / sqrt(2 pi), and n of them the norm sqrt(n / 2).
    return z - 1.0 / np.sqrt(np.pi * neurons)


def describe(found: dict[str, Fidelity]) -> dict[str, Any]:
    """Fidelities as plain numbers."""
    return {layer: vars(fidelity) for layer, fidelity in found.items()}
