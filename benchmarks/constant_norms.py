"""What the norms between the layers of a convolutional network are worth once it is trained.

Each map is divided by its root mean square, a number for each picture. Here it is replaced by its
mean over training pictures, which leaves a plain network of convolutions with biases.

Example
-------
    LAVA_IB_DATA=folder python benchmarks/constant_norms.py runs/cifar10
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from lava_ib.exchange.maps import MapLayer, MapNetwork
from lava_ib.experiment.checkpoint import Checkpoint
from lava_ib.experiment.data import load_data
from lava_ib.experiment.deployed import trained_maps
from lava_ib.experiment.run_folder import RunFolder

MEASURED, BATCH = 1000, 250


class Classifier:
    """A trained network on prepared pictures, shape (samples, channels, x, y)."""

    def __init__(self, network: MapNetwork) -> None:
        self.network = network
        self.norms: list[list[float]] = [[] for _ in network.layers[:-1]]

    def __call__(self, x: torch.Tensor, constant: bool) -> np.ndarray:
        """Predicted classes; norms are noted where they are not `constant`."""
        for number, layer in enumerate(self.network.layers[:-1]):
            x = _pooled(x, layer) - _single(layer.channel_mean)[:, None, None]
            norm = x.square().mean(dim=(1, 2, 3), keepdim=True).sqrt()
            if constant:
                norm = torch.tensor(np.mean(self.norms[number]), dtype=torch.float32)
            else:
                self.norms[number] += norm.flatten().tolist()
            x = x / norm
        across, along = (_single(cells) for cells in self.network.cells)
        cells = across @ _pooled(x, self.network.layers[-1]) @ along.T
        summary = cells.permute(0, 2, 3, 1).flatten(1) - _single(self.network.summary_mean)
        return (summary @ _single(self.network.readout).T).argmax(1).numpy()


def _single(array: np.ndarray) -> torch.Tensor:
    return torch.tensor(np.ascontiguousarray(array), dtype=torch.float32)


def _pooled(x: torch.Tensor, layer: MapLayer) -> torch.Tensor:
    kernels = _single(layer.weights[:, ::-1, ::-1].transpose(0, 3, 1, 2))
    drive = functional.conv2d(x, kernels, stride=layer.stride, padding=layer.padding)
    return functional.avg_pool2d(drive.relu(), layer.pool)


def main() -> None:
    """Print how the norms vary, and the test accuracy with them and without."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run", type=Path, help="run folder of a network with convolutions")
    run = RunFolder.open(parser.parse_args().run)
    config = run.config()
    data = load_data(config.data, config.seed)
    preparation = Checkpoint.load(run.checkpoint_file).preparation
    classifier = Classifier(trained_maps(run.path).network)

    def predicted(x: np.ndarray, constant: bool) -> np.ndarray:
        pictures = (preparation.scaled(x) - preparation.offset).reshape(
            -1, *classifier.network.image
        )
        parts = _single(pictures.transpose(0, 3, 1, 2)).split(BATCH)
        return np.concatenate([classifier(part, constant) for part in parts])

    with torch.no_grad():
        predicted(data.x_train[:MEASURED], constant=False)
        for number, norms in enumerate(classifier.norms, 1):
            print(f"layer {number}: norm {np.mean(norms):.3f}, deviation {np.std(norms):.3f}")
        plain = predicted(data.x_test, constant=True)
        own = predicted(data.x_test, constant=False)
    for name, found in (("norms of each picture", own), ("constant norms", plain)):
        print(f"{name}: test accuracy {np.mean(found == data.y_test):.4f}")
    print(f"predictions that agree: {np.mean(own == plain):.4f}")


if __name__ == "__main__":
    main()
