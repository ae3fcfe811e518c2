"""Vars that only the integer models of a Process have: counters and exponents."""

from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.process.variable import Var


def integer_vars(process: AbstractProcess, **sizes: int) -> None:
    """Give a Process its integer models' Vars, where it was made with ``fixed``.

    Parameters
    ----------
    process : AbstractProcess
        First values are taken from its ``proc_params``, zeros where there are none.
    **sizes : int
        Number of elements, by name.
    """
    params = process.proc_params
    if params.get("fixed") is not None:
        for name, size in sizes.items():
            setattr(process, name, Var(shape=(size,), init=params.get(name, 0)))
