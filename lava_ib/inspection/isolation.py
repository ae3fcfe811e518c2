"""A look that leaves no trace: work in a process that ends afterwards.

Expanding a SubProcessModel connects ports for good, so that a Process which was looked at
could not be compiled any more. A forked process has a copy to spoil.
"""

import multiprocessing
import traceback
import warnings
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from lava_ib.errors import InputError

Result = TypeVar("Result")


class InspectionError(RuntimeError):
    """A Process could not be looked at; the message says why."""


def apart(task: Callable[[], Result]) -> Result:
    """Do something in a forked process and return what it returned.

    Parameters
    ----------
    task : callable
        Its result must be picklable.

    Raises
    ------
    InputError
        If the task raised one.
    InspectionError
        If it raised anything else, or its process died.
    """
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(task, sender))
    with warnings.catch_warnings():
        # Python 3.12 warns of forks beside threads; the child starts none and takes no locks.
        warnings.simplefilter("ignore", DeprecationWarning)
        process.start()
    sender.close()
    try:
        kind, content = receiver.recv()
    except EOFError:
        process.join()
        raise InspectionError(f"inspection ended with exit code {process.exitcode}") from None
    process.join()
    if kind == "input":
        raise InputError(content)
    if kind == "error":
        raise InspectionError(content)
    return content


def _work(task: Callable[[], Any], sender: Connection) -> None:
    try:
        sender.send(("result", task()))
    except InputError as error:
        sender.send(("input", str(error)))
    except BaseException as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        message = f"{type(error).__name__}: {error} ({place.filename}:{place.lineno})"
        sender.send(("error", message))
