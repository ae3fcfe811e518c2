"""A run's trained network with its data, as the chip needs it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lava_ib.experiment.config import Config
from lava_ib.experiment.data import Dataset
from lava_ib.experiment.deployed import trained_network
from lava_ib.hardware.frozen_network import FrozenNetwork, freeze

CALIBRATION = 1_000
"""Training samples that shifts and activity are measured on."""


@dataclass(frozen=True)
class Trained:
    """A trained network.

    Attributes
    ----------
    config : Config
    data : Dataset
    network : FrozenNetwork
        In integers.
    close : tuple of str
        What comes near a limit of the chip.
    """

    config: Config
    data: Dataset
    network: FrozenNetwork
    close: tuple[str, ...]

    @property
    def activity(self) -> list[float]:
        """Share of the values that are not zero: of the inputs, then of each hidden layer."""
        encoded = self.network.encode(self.data.x_train[:CALIBRATION])
        hidden = self.network.activities(encoded)[:-1]
        return [float(np.mean(values != 0)) for values in (encoded, *hidden)]


def load_trained(folder: Path) -> Trained:
    """Read a run's network and turn it into integers.

    Raises
    ------
    InputError
        If there is no such run, or its checkpoint or data cannot be used.
    """
    trained = trained_network(folder)
    config, data, prepared = trained.config, trained.data, trained.preparation
    whole = config.settings.fixed is not None and not prepared.mean.any()
    scale = prepared.scale if whole else None
    network, close = freeze(
        list(trained.network.weights), trained.network.bias, data.x_train[:CALIBRATION], scale
    )
    return Trained(config, data, network, close)
