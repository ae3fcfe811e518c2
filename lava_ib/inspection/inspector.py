"""Look at a process graph: of any Lava Process, a config, a run, or a function in a module.

Nothing runs, and what is looked at stays as it is: it can be compiled and run afterwards.
"""

import importlib
import sys
from pathlib import Path

import numpy as np
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.run_configs import RunConfig

from lava_ib.backends import BACKENDS
from lava_ib.errors import InputError
from lava_ib.experiment.checkpoint import Checkpoint
from lava_ib.experiment.config import Config, load_config, make_config
from lava_ib.experiment.run_folder import RunFolder
from lava_ib.inspection.description import describe
from lava_ib.inspection.graph import Graph
from lava_ib.inspection.isolation import apart
from lava_ib.inspection.shown_graph import ShownGraph
from lava_ib.processes import Network
from lava_ib.rule.state import State, layout


def inspect(
    what: AbstractProcess | Config | Path | str, run_cfg: RunConfig | str | None = None
) -> ShownGraph:
    """Show what a network is made of under a run config, and what it costs.

    Parameters
    ----------
    what : AbstractProcess, Config, Path or str
        Any Process of a network, ours or not; a config; or what the command line takes: a
        config file, a run folder, or ``module:function`` with a function that returns a
        Process.
    run_cfg : RunConfig or str, optional
        A run config of Lava's, or the name of a backend; ``fixed_pt`` is stock Lava's fixed
        point. By default a config's own, and ``float`` for anything else.

    Returns
    -------
    ShownGraph
        Plain data; in a notebook it shows its picture.

    Raises
    ------
    InputError
        If there is no such thing, it is no Process, or the backend is not known.
    InspectionError
        If it cannot be looked at.

    Examples
    --------
    >>> graph = lava_ib.inspect("configs/digits.toml")  # doctest: +SKIP
    >>> graph.save("graph.html")  # doctest: +SKIP
    """
    return ShownGraph(**vars(apart(lambda: _look(what, run_cfg))))


def _look(what: AbstractProcess | Config | Path | str, run_cfg: RunConfig | str | None) -> Graph:
    if isinstance(what, AbstractProcess):
        return describe(what, run_cfg or "float")
    if isinstance(what, Config):
        config = _for_backend(what, run_cfg)
        return describe(_network(config), run_cfg or config.backend, "network")
    path = Path(what)
    if path.is_dir():
        run = RunFolder.open(path)
        config = _for_backend(run.config(), run_cfg)
        # A state of floating-point numbers is none of a network in integers.
        same = BACKENDS[config.backend].fixed == BACKENDS[run.config().backend].fixed
        network = _network(config, _state(run, config) if same else None)
        return describe(network, run_cfg or config.backend, str(what))
    if path.is_file() or path.suffix == ".toml":
        config = _for_backend(load_config(path), run_cfg)
        return describe(_network(config), run_cfg or config.backend, path.stem)
    return describe(process_from(str(what)), run_cfg or "float", str(what))


def _for_backend(config: Config, run_cfg: RunConfig | str | None) -> Config:
    """The config as a backend runs it, where one is named."""
    if not isinstance(run_cfg, str) or run_cfg not in BACKENDS:
        return config
    return make_config({**config.model_dump(mode="json", exclude_none=True), "backend": run_cfg})


def _network(config: Config, state: State | None = None) -> Network:
    """Make a network without data: one sample stands for all where there is no state."""
    samples = 1 if state is None else len(state["readout/predictions"])
    inputs = np.broadcast_to(0.0, (samples, config.network.layers[0]))
    labels = np.full(samples, -1)
    return Network(config.settings, inputs, labels, seed=config.seed, state=state)


def _state(run: RunFolder, config: Config) -> State | None:
    """State of a run's network; none before the first checkpoint."""
    if not run.checkpoint_file.exists():
        return None
    checkpoint = Checkpoint.load(run.checkpoint_file)
    samples = len(checkpoint.networks["learned"].state["readout/predictions"])
    return checkpoint.progress("learned", layout(config.settings, "all", samples)).state


def process_from(target: str) -> AbstractProcess:
    """Call the function that ``module:function`` names.

    Raises
    ------
    InputError
        If there is none, or it returns no Process.
    """
    module_name, colon, function_name = target.partition(":")
    if not colon:
        raise InputError(f"{target}: neither a config file, nor a run folder, nor module:function")
    sys.path.insert(0, str(Path.cwd()))  # as `python -m` has it
    try:
        function = getattr(importlib.import_module(module_name), function_name)
    except (ModuleNotFoundError, AttributeError) as error:
        raise InputError(f"{target}: {error}") from None
    made = function()
    if not isinstance(made, AbstractProcess):
        raise InputError(f"{target} returned a {type(made).__name__}, expected a Lava Process")
    return made
