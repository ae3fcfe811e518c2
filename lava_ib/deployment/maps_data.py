"""What a run's filters make of its pictures, as a data set for layers that learn above them.

The learning engine has no filters, but layers above them learn by it: on ``fixed``, on
``loihi2-sim``, and by ``deploy``. So filters learn elsewhere once, stay as the integers that are
deployed, and what they send becomes the input of a network of dense layers.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from lava_ib.deployment.freezing_maps import factor
from lava_ib.deployment.trained import Trained, load_trained
from lava_ib.errors import InputError
from lava_ib.files import whole_file
from lava_ib.hardware.frozen_layers import FrozenPool
from lava_ib.hardware.frozen_network import BATCH, FrozenNetwork

LARGEST = 255
"""Values have eight bits, as pixels have."""

_SHARE = 0.9995
"""Of the values on training samples that are not cut off at :data:`LARGEST`."""


def write_maps(
    run: Path | str,
    out: Path | str,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, Any]:
    """Write the pooled rates of a run's last convolution for each of its pictures.

    Parameters
    ----------
    run : Path or str
        Folder of a run with ``network.convolutions``.
    out : Path or str
        A ``.npz`` file for ``data.source``: ``x_train`` and ``x_test`` of shape (samples, n), from
        0 to 255, and their classes.
    on_progress : callable
        Receives how many pictures are done, and how many there are.

    Returns
    -------
    dict
        ``file``, ``samples`` (training and test) and ``inputs`` (n).

    Raises
    ------
    InputError
        If the run cannot be used or has no filters, or the file cannot be written.
    """
    out = Path(out)
    if out.suffix != ".npz":
        raise InputError(f"--out {out}: expected a file that ends in .npz")
    if not out.parent.is_dir():
        raise InputError(f"--out {out}: no such folder {out.parent}")
    trained = load_trained(Path(run))
    if not trained.config.network.convolutions:
        raise InputError(f"{run}: has no network.convolutions, and so no filters")
    data, filters = trained.data, _filters(trained)
    total, done = len(data.x_train) + len(data.x_test), 0
    found: dict[str, np.ndarray] = {}
    for part, x in (("x_train", data.x_train), ("x_test", data.x_test)):
        sent = []
        for values in _sent(trained, filters, x):
            sent.append(np.minimum(values, LARGEST).astype(np.uint8))
            done += len(values)
            on_progress(done, total)
        found[part] = np.vstack(sent)
    try:
        with whole_file(out) as temporary, temporary.open("wb") as file:
            np.savez(file, **found, y_train=data.y_train, y_test=data.y_test)
    except OSError as error:
        raise InputError(f"--out {out}: cannot be written ({error.strerror})") from None
    samples = [len(found["x_train"]), len(found["x_test"])]
    return {"file": str(out), "samples": samples, "inputs": found["x_train"].shape[1]}


def _filters(trained: Trained) -> FrozenNetwork:
    """The deployed network up to its last pooling, which sends rates of eight bits there."""
    layers = trained.network.layers
    last = max(k for k, layer in enumerate(layers) if isinstance(layer, FrozenPool))
    pool = layers[last]
    assert isinstance(pool, FrozenPool)
    plain = replace(pool, bias=None, multiplier=1, shift=0)
    whole = replace(trained.network, layers=(*layers[:last], plain))
    pooled = np.vstack(list(_sent(trained, whole, trained.calibration)))
    multiplier, shift = factor(int(np.quantile(pooled, _SHARE)), LARGEST + 1)
    scaled = replace(plain, multiplier=multiplier, shift=shift)
    return replace(whole, layers=(*layers[:last], scaled))


def _sent(trained: Trained, filters: FrozenNetwork, x: np.ndarray) -> Iterator[np.ndarray]:
    for start in range(0, len(x), BATCH):
        pictures = trained.prepare(x[start : start + BATCH])
        yield filters.scores(filters.encode(pictures))
