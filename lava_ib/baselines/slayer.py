"""slayer of lava-dl: sigma-delta layers, trained by back-propagation through time steps.

An input is held for a few steps, and the class is the largest output at the last one.
"""

from itertools import pairwise

import numpy as np
import torch
from lava.lib.dl import slayer

from lava_ib.experiment.config import Config
from lava_ib.rule.memory import Prototype

_STEPS = 4
_BATCH = 32
_RATE = 0.002
_NEURON = {
    "threshold": 0.02,  # changes under it are not sent
    "tau_grad": 0.5,
    "scale_grad": 1.0,
    "requires_grad": False,
    "activation": torch.nn.functional.relu,
}


class Slayer:
    """Trains ``slayer.block.sigma_delta``; see :class:`lava_ib.baselines.training.Trainer`."""

    normal = False

    def __init__(self, config: Config) -> None:
        torch.set_num_threads(1)
        torch.manual_seed(config.seed)
        *hidden, last = pairwise(config.network.layers)
        blocks = slayer.block.sigma_delta
        self._network = torch.nn.Sequential(
            blocks.Input({**_NEURON, "activation": None}),
            *(blocks.Dense(_NEURON, pre, post) for pre, post in hidden),
            blocks.Output(_NEURON, *last),
        )
        smoothing = config.memory.smoothing if isinstance(config.memory, Prototype) else 0.0
        self._loss = torch.nn.CrossEntropyLoss(label_smoothing=smoothing)
        self._optimiser = torch.optim.Adam(self._network.parameters(), lr=_RATE)

    def learn(self, x: np.ndarray, y: np.ndarray, step: float) -> np.ndarray:
        """Descend after each batch."""
        self._optimiser.param_groups[0]["lr"] = _RATE * step
        found = []
        labels = torch.tensor(y)
        for start in range(0, len(x), _BATCH):
            rows = slice(start, start + _BATCH)
            scores = self._scores(x[rows])
            self._optimiser.zero_grad()
            self._loss(scores, labels[rows]).backward()
            self._optimiser.step()
            found.append(scores.argmax(dim=1).numpy())
        return np.concatenate(found)

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Classes of inputs, shape (samples,)."""
        with torch.no_grad():
            parts = [self._scores(part) for part in np.array_split(x, -(-len(x) // 500))]
        return torch.cat(parts).argmax(dim=1).numpy()

    def weights(self) -> list[np.ndarray]:
        """Copies of the weights, shapes (n_post, n_pre)."""
        return [
            weights.detach().numpy().squeeze((2, 3, 4)).astype(float)
            for name, weights in self._network.named_parameters()
            if name.endswith("synapse.weight")
        ]

    def _scores(self, x: np.ndarray) -> torch.Tensor:
        held = torch.tensor(x, dtype=torch.float32)[..., None].repeat(1, 1, _STEPS)
        return self._network(held)[..., -1]
