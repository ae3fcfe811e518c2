"""A run's trained network with its data, as the chip needs it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lava_ib.deployment.modes import check_dense
from lava_ib.errors import InputError
from lava_ib.experiment.checkpoint import Checkpoint
from lava_ib.experiment.config import Config
from lava_ib.experiment.data import Dataset, check_fit, load_data
from lava_ib.experiment.run_folder import RunFolder
from lava_ib.hardware.frozen_network import FrozenNetwork, freeze
from lava_ib.rule.state import layout

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


def refuse_convolutions(config: Config) -> None:
    """Refuse networks that the inference graph and the modes do not have yet."""
    if config.network.convolutions:
        raise InputError(
            "network.convolutions: only dense networks are deployed so far; --layers FILE.json "
            "places convolutions"
        )


def load_trained(folder: Path) -> Trained:
    """Read a run's network and turn it into integers.

    Raises
    ------
    InputError
        If there is no such run, or its checkpoint or data cannot be used.
    """
    run = RunFolder.open(folder)
    config = run.config()
    refuse_convolutions(config)
    check_dense(config.settings, str(folder))
    data = load_data(config.data, config.seed)
    check_fit(data, config.network)
    checkpoint = Checkpoint.load(run.checkpoint_file)
    slots = layout(config.settings, "nothing", len(data.x_train))
    state = checkpoint.progress("learned", slots).state
    hidden = range(1, config.settings.hidden + 1)
    weights = [*(state[f"dense{number}/weights"] for number in hidden), state["readout/weights"]]
    # The first layer sees (x - mean) * scale; a positive factor of all changes no prediction.
    prepared = checkpoint.preparation
    bias = state["layer1/bias"] / prepared.scale - weights[0] @ prepared.mean
    whole = config.settings.fixed is not None and not prepared.mean.any()
    scale = prepared.scale if whole else None
    network, close = freeze(weights, bias, data.x_train[:CALIBRATION], scale)
    return Trained(config, data, network, close)
