"""Back-propagation as a control for the convolutional networks of configs/, whole or in blocks.

The same network (no biases, rectifier, average pooling, each map centred for each channel and
scaled by one number), the same prepared pictures, flips, label smoothing and number of epochs,
trained by PyTorch's SGD from the same kind of first weights. Weight changes of a layer are scaled
as in the local rule: a step is `eta sqrt(batch)` of the first norm of the weights.

`--block K` lets gradients run back through K layers only: each block has a softmax of its own on
what its last layer shows to its memory. With K = 1 every layer is on its own, as in the local rule
with `memory.units = 0`, so that what separates the two is the rule, and what separates K = 1 from
the whole is locality. Rates and label smoothing of a softmax are the readout's.
"""

import argparse
import json
import time
from dataclasses import replace

import numpy as np
import torch
from torch import nn

from lava_ib.experiment.config import Config, load_config
from lava_ib.experiment.data import Preparation, load_data
from lava_ib.rule.geometry import Geometry

BETA = 20.0


class Layer(nn.Module):
    """Convolution, rectifier, pooling; what is passed on is centred and scaled."""

    def __init__(self, geometry: Geometry) -> None:
        super().__init__()
        out, width, height, channels = geometry.weights
        self.geometry = geometry
        weights = torch.randn(out, channels, width, height) / (channels * width * height) ** 0.5
        self.weights = nn.Parameter(weights)
        self.register_buffer("mean", torch.zeros(out))

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return what is passed on, and the pooled map."""
        geometry = self.geometry
        u = nn.functional.conv2d(x, self.weights, stride=geometry.stride, padding=geometry.padding)
        pooled = nn.functional.avg_pool2d(u.relu(), geometry.pool)
        if self.training:
            _follow(self.mean, pooled.mean(dim=(2, 3)))
        centred = pooled - self.mean[:, None, None]
        power = centred.square().mean(dim=(1, 2, 3), keepdim=True)
        return centred / power.sqrt().clamp_min(1e-6), pooled


class Head(nn.Module):
    """Softmax on what a memory sees: a coarse map less its mean, as a unit vector."""

    def __init__(self, geometry: Geometry, classes: int) -> None:
        super().__init__()
        self.grid = geometry.grid
        self.prototypes = nn.Parameter(torch.zeros(classes, geometry.shown))
        self.register_buffer("mean", torch.zeros(geometry.shown))

    def forward(self, pooled: torch.Tensor) -> torch.Tensor:
        coarse = nn.functional.adaptive_avg_pool2d(pooled, self.grid).flatten(1)
        if self.training:
            _follow(self.mean, coarse)
        return BETA * nn.functional.normalize(coarse - self.mean) @ self.prototypes.T


def _follow(mean: torch.Tensor, batch: torch.Tensor) -> None:
    mean += 0.01 * (batch.detach().mean(dim=0) - mean)


class Network(nn.Module):
    """Layers in blocks, counted from the top, each block with a head that only it learns by."""

    def __init__(self, config: Config, block: int) -> None:
        super().__init__()
        geometries, classes = config.network.geometries, config.network.layers[-1]
        self.layers = nn.ModuleList(Layer(geometry) for geometry in geometries)
        ends = range(len(geometries) - 1, -1, -block)
        self.heads = nn.ModuleDict({str(end): Head(geometries[end], classes) for end in ends[::-1]})

    def forward(self, x: torch.Tensor) -> list[torch.Tensor]:
        """Return the scores of each head, the last one's last."""
        scores = []
        for number, layer in enumerate(self.layers):
            x, pooled = layer(x)
            if str(number) in self.heads:
                scores.append(self.heads[str(number)](pooled))
                x = x.detach()
        return scores


HELD_OUT = 5000


def train(
    config: Config, seed: int, batch: int, eta: float, validate: bool, block: int | None = None
) -> None:
    """Train, and print one JSON object an epoch; validation keeps some training pictures back."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    data = load_data(config.data, seed)
    preparation = Preparation.of(data, config.data)
    if validate:
        data = replace(
            data,
            x_train=data.x_train[:-HELD_OUT],
            y_train=data.y_train[:-HELD_OUT],
            x_test=data.x_train[-HELD_OUT:],
            y_test=data.y_train[-HELD_OUT:],
        )
    height, width, channels = config.network.image or (0, 0, 0)

    def pictures(x: np.ndarray) -> torch.Tensor:
        prepared = preparation.scaled(x) - preparation.offset
        shaped = prepared.reshape(-1, height, width, channels).transpose(0, 3, 1, 2)
        return torch.tensor(shaped, dtype=torch.float32)

    x, y = pictures(data.x_train), torch.tensor(data.y_train)
    network = Network(config, block or len(config.network.geometries))
    filters = [layer.weights for layer in network.layers]
    first = [weights.detach().norm() for weights in filters]
    power = [0.0 for _ in filters]
    loss_of = nn.CrossEntropyLoss(label_smoothing=config.readout.smoothing)
    epochs, step = config.training.epochs, 0
    steps = epochs * -(-len(x) // batch)
    for epoch in range(1, epochs + 1):
        network.train()
        began = time.process_time()
        for rows in torch.randperm(len(x)).split(batch):
            shown = x[rows]
            if config.network.flip:
                turned = torch.rand(len(rows)) < 0.5
                shown = torch.where(turned[:, None, None, None], shown.flip(3), shown)
            # The noise of a batch's gradient is smaller by the root of its size.
            factor, gain = batch**0.5 * (1.0 - step / steps), max(0.001, 1.0 / (step + 1))
            network.zero_grad()
            sum(loss_of(scores, y[rows]) for scores in network(shown)).backward()
            with torch.no_grad():
                for head in network.heads.values():
                    head.prototypes -= config.readout.alpha * factor / BETA * head.prototypes.grad
                for number, weights in enumerate(filters):
                    size = float(weights.grad.square().sum())
                    power[number] += gain * (size - power[number])
                    scale = eta * factor * first[number] / max(power[number], 1e-30) ** 0.5
                    weights -= scale * weights.grad
            step += 1
        seconds = time.process_time() - began
        network.eval()
        with torch.no_grad():
            parts = pictures(data.x_test).split(500)
            found = torch.cat([network(part)[-1].argmax(1) for part in parts])
        accuracy = float(np.mean(found.numpy() == data.y_test))
        print(
            json.dumps(
                {
                    "epoch": epoch,
                    "validation_accuracy" if validate else "test_accuracy": accuracy,
                    "microseconds_per_sample": 1e6 * seconds / len(x),
                }
            ),
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", help="such as configs/cifar10.toml")
    parser.add_argument("--set", action="append", metavar="KEY=VALUE", help="as in lava-ib train")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--batch", type=int, default=1, help="samples of a step (default 1)")
    parser.add_argument("--eta", type=float, default=0.01, help="size of a step (default 0.01)")
    parser.add_argument(
        "--validate",
        action="store_true",
        help=f"to choose eta: test on the last {HELD_OUT:,} training pictures, not trained on",
    )
    parser.add_argument(
        "--block", type=int, metavar="K", help="layers a gradient runs back through (default all)"
    )
    args = parser.parse_args()
    config = load_config(args.config, args.set)
    train(config, args.seed, args.batch, args.eta, args.validate, args.block)


if __name__ == "__main__":
    main()
