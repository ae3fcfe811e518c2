"""What a network does while it trains: rates, modulators and weight changes of its layers."""

import numpy as np

from lava_ib.rule.settings import Settings
from lava_ib.simulation import Simulation


class Pulse:
    """Measures the hidden layers between two looks.

    Parameters
    ----------
    settings : Settings
        Of the network.
    """

    def __init__(self, settings: Settings) -> None:
        self.layers, self.connection = settings.hidden, settings.connection
        self._before: dict[str, np.ndarray] = {}

    def take(self, simulation: Simulation, samples: int) -> list[dict[str, float]]:
        """Measure each layer.

        Parameters
        ----------
        simulation : Simulation
        samples : int
            Presentations since the last look.

        Returns
        -------
        list of dict
            ``rate``: mean over the neurons, at the last time step; ``active``: share of
            neurons above zero; ``modulator``: mean size over the samples;
            ``weight_change``: relative to the weights, over the samples.
        """
        return [self._layer(simulation, number, samples) for number in range(1, self.layers + 1)]

    def _layer(self, simulation: Simulation, number: int, samples: int) -> dict[str, float]:
        rates = np.maximum(simulation.read(f"layer{number}/u"), 0.0)
        modulators, earlier_modulators = self._step(simulation, f"layer{number}/modulator_sum")
        weights, earlier_weights = self._step(simulation, f"{self.connection}{number}/weights")
        change = np.linalg.norm(weights - earlier_weights) / np.linalg.norm(weights)
        return {
            "rate": float(rates.mean()),
            "active": float(np.mean(rates > 0.0)),
            "modulator": float((modulators - earlier_modulators).item() / samples),
            "weight_change": float(change),
        }

    def _step(self, simulation: Simulation, name: str) -> tuple[np.ndarray, np.ndarray]:
        now = simulation.read(name)
        before = self._before.get(name, now)
        self._before[name] = now
        return now, before
