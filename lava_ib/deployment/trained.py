"""A run's trained network with its data, as the chip needs it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lava_ib.deployment.freezing_maps import freeze_maps
from lava_ib.experiment.config import Config
from lava_ib.experiment.data import Dataset
from lava_ib.experiment.deployed import trained_maps, trained_network
from lava_ib.experiment.run_folder import RunFolder
from lava_ib.hardware.frozen_network import FrozenNetwork, freeze

CALIBRATION = 1_000
"""Training samples that shifts and activity are measured on."""

PICTURES = 250
"""As many where the network has convolutions, whose maps take memory."""


@dataclass(frozen=True)
class Trained:
    """A trained network.

    Attributes
    ----------
    config : Config
    data : Dataset
    network : FrozenNetwork
        In integers.
    prepare : callable
        From raw inputs to those that `network` encodes.
    calibration : ndarray
        Raw training samples that scales were chosen by.
    close : tuple of str
        What comes near a limit of the chip.
    """

    config: Config
    data: Dataset
    network: FrozenNetwork
    prepare: Callable[[np.ndarray], np.ndarray]
    calibration: np.ndarray
    close: tuple[str, ...]

    def encode(self, x: np.ndarray) -> np.ndarray:
        """Integers of raw inputs, as the chip gets them."""
        return self.network.encode(self.prepare(x))

    @property
    def activity(self) -> list[float]:
        """Share of the values that are not zero: of the inputs, then of each hidden layer."""
        return self.network.activity(self.encode(self.calibration))


def load_trained(folder: Path) -> Trained:
    """Read a run's network and turn it into integers.

    Raises
    ------
    InputError
        If there is no such run, or its checkpoint or data cannot be used.
    """
    if RunFolder.open(folder).config().network.convolutions:
        return _load_maps(folder)
    trained = trained_network(folder)
    config, data, prepared = trained.config, trained.data, trained.preparation
    whole = config.settings.fixed is not None and not prepared.mean.any()
    scale = prepared.scale if whole else None
    calibration = data.x_train[:CALIBRATION]
    network, close = freeze(list(trained.network.weights), trained.network.bias, calibration, scale)
    return Trained(config, data, network, lambda x: x, calibration, close)


def _load_maps(folder: Path) -> Trained:
    trained = trained_maps(folder)
    preparation = trained.preparation

    def prepare(x: np.ndarray) -> np.ndarray:
        return preparation.scaled(x) - preparation.offset

    calibration = trained.data.x_train[:PICTURES]
    network, close = freeze_maps(trained.network, prepare(calibration))
    return Trained(trained.config, trained.data, network, prepare, calibration, close)
