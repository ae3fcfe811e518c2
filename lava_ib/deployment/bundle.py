"""One archive with all that a trained network needs on a machine with Lava and the extension."""

import gzip
import io
import json
import tarfile
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

import lava_ib
from lava_ib.deployment.trained import Trained, load_trained
from lava_ib.errors import InputError
from lava_ib.experiment.run_folder import RunFolder
from lava_ib.files import replace_file
from lava_ib.hardware import manifest
from lava_ib.hardware.network_file import NetworkFile

_SCRIPTS = Path(__file__).with_name("scripts")
_PACKAGE = Path(lava_ib.__file__).parent
CODE = (
    "__init__.py",
    "compat.py",
    "errors.py",
    "lava_runtime.py",
    "hardware/__init__.py",
    "hardware/bundled.py",
    "hardware/chip.py",
    "hardware/frozen_layers.py",
    "hardware/frozen_network.py",
    "hardware/inference.py",
    "hardware/manifest.py",
    "hardware/network_file.py",
    "hardware/run_configs.py",
    "hardware/running.py",
    "hardware/sigma_delta.py",
    "hardware/host_link/process.py",
    "hardware/host_link/models.py",
    "rule/__init__.py",
    "rule/patches.py",
)
"""Files of this package that a bundle carries: what runs here is what runs there."""

PACKAGES = (
    "lava-nc",
    "numpy",
    "scipy",
    "scikit-learn",
    "joblib",
    "threadpoolctl",
    "asteval",
    "networkx",
    "h5py",
)
"""What that code and Lava import, with the versions found here."""


def bundle(run: Path | str, out: Path | str) -> dict[str, Any]:
    """Write the bundle of a run.

    Parameters
    ----------
    run : Path or str
        Run folder; the run must be finished.
    out : Path or str
        File to write, a ``.tar.gz``.

    Returns
    -------
    dict
        ``file``, ``bytes``, ``files``, and what was ``expected``.

    Raises
    ------
    InputError
        If the run cannot be used, or the file not be written.
    """
    run, out = Path(run), Path(out)
    trained = load_trained(run)
    expected = _expected(RunFolder.open(run), trained)
    files = _files(trained, expected)
    content = _archive(files | {manifest.MANIFEST: manifest.written(files)})
    try:
        replace_file(out, content)
    except OSError as error:
        raise InputError(f"{out}: cannot be written ({error.strerror})") from None
    return {
        "file": str(out),
        "bytes": len(content),
        "files": len(files) + 1,
        "expected": expected,
    }


def _expected(run: RunFolder, trained: Trained) -> dict[str, Any]:
    """The run's own accuracy, and that of its network in integers."""
    summary = run.summary()
    if summary is None:
        raise InputError(f"{run.path}: the run is not finished (it has no summary.json)")
    scores = trained.network.scores(trained.encode(trained.data.x_test))
    correct = np.argmax(scores, axis=1) == trained.data.y_test
    return {
        "test_accuracy": summary["test_accuracy"],
        "integer_accuracy": float(np.mean(correct)),
        "samples": len(correct),
        "lava_ib": lava_ib.__version__,
    }


def _files(trained: Trained, expected: dict[str, Any]) -> dict[str, bytes]:
    files = {
        "network.h5": _network(trained),
        "expected.json": json.dumps(expected, indent=1).encode(),
        "config.toml": trained.config.to_toml().encode(),
        "environment.txt": "".join(f"{name}=={version(name)}\n" for name in PACKAGES).encode(),
    }
    for name in ("setup.sh", "run.sh", "run.slurm"):
        files[name] = (_SCRIPTS / name).read_bytes()
    for name in CODE:
        files[f"code/lava_ib/{name}"] = (_PACKAGE / name).read_bytes()
    return files


def _network(trained: Trained) -> bytes:
    data, network = trained.data, trained.network
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.h5"
        NetworkFile(network, trained.encode(data.x_test), data.y_test).save(path)
        return path.read_bytes()


def _archive(files: dict[str, bytes]) -> bytes:
    """Pack files so that the same ones always give the same bytes."""
    packed = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w") as archive,
    ):
        for name, content in sorted(files.items()):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            entry.mode = 0o755 if name.endswith(".sh") else 0o644
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()
