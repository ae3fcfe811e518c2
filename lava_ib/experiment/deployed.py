"""A run's network for inference alone, fed with inputs as the data set has them, and as a file."""

from pathlib import Path
from typing import Any, NamedTuple

import lava_ib
from lava_ib.errors import InputError
from lava_ib.exchange.maps import MapLayer, MapNetwork, PictureSteps
from lava_ib.exchange.network import DenseNetwork, Write
from lava_ib.exchange.netx import write_netx
from lava_ib.exchange.nir import write_nir
from lava_ib.exchange.onnx import write_onnx
from lava_ib.experiment.checkpoint import Checkpoint
from lava_ib.experiment.config import Config
from lava_ib.experiment.data import Dataset, Preparation, check_fit, load_data
from lava_ib.experiment.pictures import SMALLEST_DEVIATION, Pictures
from lava_ib.experiment.run_folder import RunFolder
from lava_ib.files import whole_file
from lava_ib.rule.fixed.map_equivalent import maps_in_real_numbers
from lava_ib.rule.state import State, layout
from lava_ib.rule.summary import cell_averages

FORMATS: dict[str, Write] = {"netx": write_netx, "nir": write_nir, "onnx": write_onnx}
WITH_MAPS = ("netx", "onnx")
"""Formats that hold convolutions."""

MEASURED = 2_000
"""Training samples that formats measure ranges on."""


class TrainedNetwork(NamedTuple):
    """A run's network for raw inputs, and what it was trained with."""

    config: Config
    data: Dataset
    network: DenseNetwork
    preparation: Preparation


class TrainedMaps(NamedTuple):
    """A run's network of convolutions for raw pictures, and what it was trained with."""

    config: Config
    data: Dataset
    network: MapNetwork
    preparation: Preparation


class _Trained(NamedTuple):
    config: Config
    data: Dataset
    state: State
    preparation: Preparation


def trained_network(folder: Path) -> TrainedNetwork:
    """Read a run's network, with its config and data.

    The first layer sees ``(x - mean) * scale``. Its bias takes the mean in; the scale, a positive
    factor of everything, changes no prediction and is left out.

    Parameters
    ----------
    folder : Path
        Run folder.

    Raises
    ------
    InputError
        If there is no such run, or its checkpoint or data cannot be used.
    """
    config, data, state, prepared = _trained(folder)
    if config.network.convolutions:
        raise InputError(
            f"{folder}: network.convolutions: only dense networks are exported so; "
            "lava-ib export --format onnx takes convolutions, netx up to two hidden layers"
        )
    hidden = range(1, config.settings.hidden + 1)
    weights = (*(state[f"dense{number}/weights"] for number in hidden), state["readout/weights"])
    if prepared.pictures is not None:
        raise InputError(
            f"{folder}: data.contrast and data.whiten: pictures so prepared have no place in a "
            "network of dense layers alone; only networks without them are deployed or exported"
        )
    bias = state["layer1/bias"] / prepared.scale - weights[0] @ prepared.mean
    return TrainedNetwork(config, data, DenseNetwork(weights, bias), prepared)


def trained_maps(folder: Path) -> TrainedMaps:
    """Read a run's network of convolutions for raw pictures; see :func:`trained_network`."""
    config, data, state, prepared = _trained(folder)
    geometries = config.settings.network.geometries
    layers = tuple(
        MapLayer(
            state[f"conv{number}/weights"],
            geometry.stride,
            geometry.padding,
            geometry.pool,
            state[f"pool{number}/channel_mean"],
        )
        for number, geometry in enumerate(geometries, 1)
    )
    last = geometries[-1]
    pictures = prepared.pictures
    assert config.network.image is not None
    network = MapNetwork(
        image=config.network.image,
        steps=None if pictures is None else _steps(pictures),
        scale=prepared.scale,
        offset=prepared.offset,
        layers=layers,
        cells=(cell_averages(last.pooled[0], last.grid), cell_averages(last.pooled[1], last.grid)),
        summary_mean=state[f"pool{len(layers)}/summary_mean"],
        readout=state["readout/weights"],
    )
    return TrainedMaps(config, data, network, prepared)


def _steps(pictures: Pictures) -> PictureSteps:
    deviation = SMALLEST_DEVIATION if pictures.contrast else None
    return PictureSteps(pictures.channel_mean, deviation, pictures.whitening)


def _trained(folder: Path) -> _Trained:
    run = RunFolder.open(folder)
    config = run.config()
    data = load_data(config.data, config.seed)
    check_fit(data, config.network)
    checkpoint = Checkpoint.load(run.checkpoint_file)
    slots = layout(config.settings, "nothing", len(data.x_train))
    state, prepared = checkpoint.progress("learned", slots).state, checkpoint.preparation
    if config.settings.fixed is not None and config.network.convolutions:
        state, prepared = maps_in_real_numbers(state, config.settings), prepared.in_real_numbers()
    return _Trained(config, data, state, prepared)


def export(run: Path | str, form: str, out: Path | str) -> DenseNetwork | MapNetwork:
    """Write the frozen network of a run in another format.

    Parameters
    ----------
    run : Path or str
        Run folder.
    form : {"netx", "nir", "onnx"}
    out : Path or str
        File, replaced if it is there.

    Returns
    -------
    DenseNetwork or MapNetwork
        What the file holds, in floating point.

    Raises
    ------
    InputError
        If the run or the file cannot be used, or the format cannot hold the network.
    """
    if form not in FORMATS:
        raise InputError(f"--format {form}: expected one of {', '.join(FORMATS)}")
    path = Path(out)
    if not path.parent.is_dir():
        raise InputError(f"-o {path}: no such folder {path.parent}")
    config = RunFolder.open(Path(run)).config()
    network: Any
    read: Any = trained_network
    if form in WITH_MAPS and config.network.convolutions:
        read = trained_maps
    _, data, network, _ = read(Path(run))
    measured = data.x_train[:MEASURED]
    metadata = {
        "lava_ib": lava_ib.__version__,
        "rule": "information-bottleneck three-factor Hebbian rule, doi 10.3389/fncom.2024.1240348",
        "preparation": "inputs as the data set has them: mean and scale are in the first layer",
        "config": config.to_toml(),
    }
    with whole_file(path) as temporary:
        FORMATS[form](network, measured, metadata, temporary)
    return network
