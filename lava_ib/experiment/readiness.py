"""What this machine has of what the toolkit can use."""

import importlib.util
import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

from lava.utils import loihi

from lava_ib.backends import BACKENDS
from lava_ib.experiment.data import DATA_VARIABLE


class Finding(NamedTuple):
    """One thing that was looked for.

    Attributes
    ----------
    what, found : str
        What was looked for, and what is there.
    ok : bool
        Whether it can be used as it is.
    needed : bool
        Whether simulation needs it.
    advice : str
        What to do if it is missing; else empty.
    """

    what: str
    found: str
    ok: bool
    needed: bool
    advice: str


def findings() -> list[Finding]:
    """Look for Python, Lava, backends, data and the chip."""
    return [
        _python(),
        _package("lava-nc", True, "install it as the README says"),
        *(_backend(name) for name in BACKENDS),
        _shared_memory(),
        _data(),
        _package("lava-dl", False, "install it as docs/export.md says, for networks of lava-dl"),
        _package("distributed", False, "pip install 'lava-ib[sweep]' for lava-ib sweep"),
        loihi_extension(),
    ]


def _python() -> Finding:
    ok = (3, 10) <= sys.version_info[:2] <= (3, 12)
    advice = "" if ok else "use Python 3.10, 3.11 or 3.12: Lava's numpy ends there"
    return Finding("Python", platform.python_version(), ok, True, advice)


def _package(name: str, needed: bool, advice: str) -> Finding:
    try:
        return Finding(name, version(name), True, needed, "")
    except PackageNotFoundError:
        return Finding(name, "not installed", False, needed, advice)


def _backend(name: str) -> Finding:
    return Finding(f"backend {name}", BACKENDS[name].summary, True, True, "")


def _shared_memory() -> Finding:
    folder = Path("/dev/shm")
    if not folder.is_dir():
        return Finding("shared memory", "the system's own", True, True, "")
    ok = os.access(folder, os.W_OK)
    return Finding(
        "shared memory", str(folder), ok, True, "" if ok else f"make {folder} writable for Lava"
    )


def _data() -> Finding:
    folder = os.environ.get(DATA_VARIABLE)
    if folder and (Path(folder) / "mnist.npz").is_file():
        return Finding("data", f"{folder}: mnist.npz", True, False, "")
    advice = f"set {DATA_VARIABLE} to a folder with mnist.npz (lava-ib data fetch mnist)"
    return Finding("data", "no mnist.npz", False, False, advice)


def loihi_extension() -> Finding:
    """Intel's extension of Lava that runs networks on the chip."""
    if importlib.util.find_spec("lava.magma.core.model.nc") is None or not loihi.is_installed():
        return Finding(
            "Loihi extension",
            "not installed",
            False,
            False,
            "for the chip itself: join Intel's INRC and install lava-loihi (needs Python 3.10)",
        )
    return Finding("Loihi extension", "installed", True, False, "")
