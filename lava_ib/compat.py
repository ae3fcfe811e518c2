"""Let Lava 0.10 start on Python 3.11 and 3.12, and in processes of multiprocessing.

Lava declares Python 3.10 only, and one thing in it needs that: the dataclasses
of ``lava.magma.compiler.var_model`` have instances of other dataclasses as
defaults. Python 3.11 refuses a default that cannot be hashed, and a dataclass
with ``__eq__`` cannot. Here that one module is imported with its dataclasses made
hashable; nothing of Lava is copied or changed on disk, and every other dataclass
stays as it is.

When Lava is imported it sets multiprocessing's start method, which fails in a process that
multiprocessing itself has started by another one than fork, such as a worker of Dask: there the
method is set already. It is unset first.

This module may go once Lava's own dataclasses have hashable defaults (or
``default_factory``), that is, once Lava itself supports Python > 3.10, and once it leaves the
start method alone.
"""

import dataclasses
import importlib
import multiprocessing
import sys
from typing import Any

import numpy as np

_VAR_MODEL = "lava.magma.compiler.var_model"
_STARTS_PROCESSES = "lava.magma.runtime.message_infrastructure.multiprocessing"


def enable_lava() -> None:
    """Make Lava importable on this Python, in this process; harmless where not needed.

    Raises
    ------
    ImportError
        If numpy is one that Lava hangs with.
    """
    if np.lib.NumpyVersion(np.__version__) >= "2.0.0":
        raise ImportError(f"lava_ib needs numpy<2 (Lava hangs with it), found {np.__version__}")
    # Not by parent_process(), which is not known yet while such a process imports its script.
    started = multiprocessing.current_process().name != "MainProcess"
    if started and _STARTS_PROCESSES not in sys.modules:
        multiprocessing.set_start_method(None, force=True)
    if sys.version_info < (3, 11) or _VAR_MODEL in sys.modules:
        return
    original = dataclasses.dataclass

    def dataclass(cls: type | None = None, /, **options: Any) -> Any:
        if cls is not None and cls.__module__ == _VAR_MODEL:
            options["unsafe_hash"] = True
        return original(cls, **options)

    dataclasses.dataclass = dataclass
    try:
        importlib.import_module(_VAR_MODEL)
    except ModuleNotFoundError:
        pass  # Lava, or something it needs, is missing: the first real use of it says so
    finally:
        dataclasses.dataclass = original


enable_lava()
