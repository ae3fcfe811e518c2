"""Back-propagation: the same layers of rectifiers, without biases, by plain gradient descent.

One sample at a time, as the rule learns, with its label smoothing, weight decay and schedule.
"""

from itertools import pairwise

import numpy as np
import torch

from lava_ib.experiment.config import Config
from lava_ib.rule.memory import Prototype

_RATE = 0.05
_DECAY_INTERVAL = 100  # samples


class Backprop:
    """Trains by ``torch.autograd``; see :class:`lava_ib.baselines.training.Trainer`."""

    normal = True

    def __init__(self, config: Config) -> None:
        torch.set_num_threads(1)
        generator = torch.Generator().manual_seed(config.seed)
        self._weights = [
            (torch.randn(post, pre, generator=generator) * (2.0 / pre) ** 0.5).requires_grad_()
            for pre, post in pairwise(config.network.layers)
        ]
        smoothing = config.memory.smoothing if isinstance(config.memory, Prototype) else 0.0
        self._loss = torch.nn.CrossEntropyLoss(label_smoothing=smoothing)
        self._decay = config.learning.weight_decay
        self._shown = 0

    def learn(self, x: np.ndarray, y: np.ndarray, step: float) -> np.ndarray:
        """Descend after each sample."""
        rate, found = _RATE * step, []
        samples, labels = torch.tensor(x, dtype=torch.float32), torch.tensor(y)
        for sample, label in zip(samples, labels, strict=True):
            scores = self._scores(sample)
            gradients = torch.autograd.grad(self._loss(scores, label), self._weights)
            found.append(int(scores.argmax()))
            self._shown += 1
            with torch.no_grad():
                for weights, gradient in zip(self._weights, gradients, strict=True):
                    weights -= rate * gradient
                    if self._shown % _DECAY_INTERVAL == 0:
                        weights *= 1.0 - _DECAY_INTERVAL * self._decay * rate
        return np.array(found)

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Classes of inputs, shape (samples,)."""
        with torch.no_grad():
            return self._scores(torch.tensor(x, dtype=torch.float32)).argmax(dim=-1).numpy()

    def weights(self) -> list[np.ndarray]:
        """Copies of the weights, shapes (n_post, n_pre)."""
        return [weights.detach().numpy().astype(float) for weights in self._weights]

    def _scores(self, x: torch.Tensor) -> torch.Tensor:
        for weights in self._weights[:-1]:
            x = (x @ weights.T).relu()
        return x @ self._weights[-1].T
