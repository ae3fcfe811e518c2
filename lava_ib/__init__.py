"""Learning with the information bottleneck on Intel's Lava and Loihi 2.

Everything the command line does is here as a function: :func:`load_config`,
:func:`train`, :func:`evaluate`, :func:`compare`, :func:`inspect`, :func:`export`. Importing this
package makes Lava importable on Python 3.11 and 3.12, so import it before anything of Lava.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from lava_ib import compat as compat  # first: nothing of Lava may be imported before

if TYPE_CHECKING:
    from lava_ib.deployment.bundle import bundle as bundle
    from lava_ib.deployment.deploying import deploy as deploy
    from lava_ib.deployment.dry_running import dry_run as dry_run
    from lava_ib.deployment.maps_data import write_maps as write_maps
    from lava_ib.deployment.unpacking import unpack as unpack
    from lava_ib.errors import InputError as InputError
    from lava_ib.experiment.config import Config as Config
    from lava_ib.experiment.config import load_config as load_config
    from lava_ib.experiment.config import make_config as make_config
    from lava_ib.experiment.deployed import export as export
    from lava_ib.experiment.runs import compare as compare
    from lava_ib.experiment.runs import evaluate as evaluate
    from lava_ib.experiment.runs import train as train
    from lava_ib.experiment.seeds import train_seeds as train_seeds
    from lava_ib.experiment.sweep import sweep as sweep
    from lava_ib.experiment.workers import Workers as Workers
    from lava_ib.inspection.inspector import inspect as inspect
    from lava_ib.inspection.isolation import InspectionError as InspectionError
    from lava_ib.lava_runtime import SimulationError as SimulationError
    from lava_ib.rule.settings import Settings as Settings
    from lava_ib.simulation import Simulation as Simulation

__version__ = "0.1.0"

# Loaded when asked for: the rule is of use where Lava is not installed.
_HOMES = {
    "Config": "lava_ib.experiment.config",
    "InputError": "lava_ib.errors",
    "InspectionError": "lava_ib.inspection.isolation",
    "Settings": "lava_ib.rule.settings",
    "Simulation": "lava_ib.simulation",
    "SimulationError": "lava_ib.lava_runtime",
    "Workers": "lava_ib.experiment.workers",
    "compare": "lava_ib.experiment.runs",
    "bundle": "lava_ib.deployment.bundle",
    "deploy": "lava_ib.deployment.deploying",
    "dry_run": "lava_ib.deployment.dry_running",
    "evaluate": "lava_ib.experiment.runs",
    "export": "lava_ib.experiment.deployed",
    "inspect": "lava_ib.inspection.inspector",
    "load_config": "lava_ib.experiment.config",
    "make_config": "lava_ib.experiment.config",
    "sweep": "lava_ib.experiment.sweep",
    "train": "lava_ib.experiment.runs",
    "train_seeds": "lava_ib.experiment.seeds",
    "unpack": "lava_ib.deployment.unpacking",
    "write_maps": "lava_ib.deployment.maps_data",
}
__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'lava_ib' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
