"""The public surface: names that others may rely on."""

import importlib.metadata
import subprocess
import sys

import pytest

import lava_ib

PUBLIC = {
    "Config",
    "InputError",
    "InspectionError",
    "Settings",
    "Simulation",
    "SimulationError",
    "Workers",
    "__version__",
    "bundle",
    "deploy",
    "dry_run",
    "compare",
    "evaluate",
    "export",
    "inspect",
    "load_config",
    "make_config",
    "sweep",
    "train",
    "train_seeds",
    "unpack",
    "write_maps",
}


def in_fresh_python(code: str) -> str:
    """Run code where nothing was imported yet."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_public_names_are_these():
    assert set(lava_ib.__all__) == PUBLIC
    assert len(lava_ib.__all__) == len(PUBLIC)
    assert set(dir(lava_ib)) >= PUBLIC


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_every_public_name_is_found_and_documented(name):
    value = getattr(lava_ib, name)
    assert name == "__version__" or value.__doc__


def test_a_star_import_brings_the_public_names():
    namespace: dict[str, object] = {}
    exec("from lava_ib import *", namespace)
    assert namespace.keys() >= PUBLIC


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'lava_ib' has no attribute 'nonsense'"):
        _ = lava_ib.nonsense
    assert not hasattr(lava_ib, "nonsense")
    with pytest.raises(ImportError):
        exec("from lava_ib import nonsense")


def test_the_errors_are_kinds_that_callers_expect():
    assert issubclass(lava_ib.SimulationError, RuntimeError)
    assert issubclass(lava_ib.InputError, ValueError)
    assert not issubclass(lava_ib.InputError, lava_ib.SimulationError)


@pytest.mark.parametrize(
    "module", ["cli", "experiment.worker", "processes", "simulation", "testing", "backends"]
)
def test_every_module_can_be_the_first_one_imported(module):
    in_fresh_python(f"import lava_ib.{module}")


def test_lava_can_be_imported_after_lava_ib():
    code = "import lava_ib; from lava.proc.lif.process import LIF; print(LIF.__name__)"
    assert in_fresh_python(code) == "LIF"


def test_importing_the_package_is_cheap():
    code = (
        "import sys, lava_ib; "
        "print([name for name in ('sklearn', 'h5py', 'pydantic', 'numba', 'torch', 'typer') "
        "if name in sys.modules])"
    )
    assert in_fresh_python(code) == "[]"


def test_the_version_is_that_of_the_installed_package():
    try:
        installed = importlib.metadata.version("lava-ib")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("lava-ib is not installed here, only on the path")
    assert installed == lava_ib.__version__
