"""What can be deployed: a run folder, a config, a netx file, or a function that makes a Process."""

from dataclasses import dataclass
from pathlib import Path

from lava_ib.deployment.modes import MemoryPlace, placed_network
from lava_ib.deployment.netx_layers import read_netx
from lava_ib.deployment.placed_maps import ASSUMED_PLACES, assumed_activity
from lava_ib.deployment.process_layers import process_layers
from lava_ib.deployment.trained import load_trained
from lava_ib.errors import InputError
from lava_ib.experiment.config import load_config
from lava_ib.hardware.layers import Layer
from lava_ib.hardware.workload import Mode, Workload

NETX_SUFFIXES = (".net", ".h5", ".hdf5")


@dataclass(frozen=True)
class Target:
    """A network to be placed.

    Attributes
    ----------
    layers : list of Layer
    workload : Workload, optional
        What it does with a sample, where that is known.
    notes : tuple of str
        What could not be read or placed.
    """

    layers: list[Layer]
    workload: Workload | None = None
    notes: tuple[str, ...] = ()


def read_target(what: str, mode: Mode | None, memory: MemoryPlace | None) -> Target:
    """Find out what is to be placed.

    Parameters
    ----------
    what : str
        Run folder, config file, netx file, or ``module:function``.
    mode : str, optional
        Of a run or config; ``inference`` by default.
    memory : {"chip", "host"}, optional

    Raises
    ------
    InputError
        If there is no such thing, or it cannot be read.
    """
    path = Path(what)
    if path.is_dir():
        return _run(path, mode or "inference", memory)
    if path.suffix == ".toml":
        return _config(path, mode or "inference", memory)
    if mode is not None or memory is not None:
        raise InputError(f"{what}: --mode and --memory go with a run folder or a config only")
    if path.suffix in NETX_SUFFIXES:
        layers, notes = read_netx(path)
        return Target(layers, notes=notes)
    if ":" in what:
        layers, notes = process_layers(what)
        return Target(layers, notes=notes)
    raise InputError(
        f"{what}: no such run folder; expected one, a config.toml, a netx file "
        f"({', '.join(NETX_SUFFIXES)}) or module:function"
    )


def _run(path: Path, mode: Mode, memory: MemoryPlace | None) -> Target:
    trained = load_trained(path)
    layers, workload = placed_network(
        trained.config.settings,
        mode,
        memory,
        trained.activity,
        len(trained.network.constants or trained.network.places),
        "activity measured on training samples in integers",
    )
    return Target(layers, workload, trained.close)


def _config(path: Path, mode: Mode, memory: MemoryPlace | None) -> Target:
    config = load_config(path)
    network = config.settings.network
    if network.convolutions:
        activity, constants = assumed_activity(network), ASSUMED_PLACES
    else:
        activity = [1.0] + [0.5] * config.settings.hidden
        constants = 2 if config.data.centre else 0
    layers, workload = placed_network(
        config.settings,
        mode,
        memory,
        activity,
        constants,
        "activity assumed: all inputs and half of the hidden neurons, since nothing is trained yet",
    )
    return Target(layers, workload)
