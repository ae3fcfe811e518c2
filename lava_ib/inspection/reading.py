"""From Lava's objects to plain data: ports, Vars, and where each port leads."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from lava.magma.core.model.py.model import AbstractPyProcessModel
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.process.ports.ports import (
    AbstractPort,
    AbstractVirtualPort,
    ConcatPort,
    ReshapePort,
    TransposePort,
)
from lava.magma.core.process.variable import Var
from lava.magma.core.run_configs import RunConfig
from lava.magma.core.sync.protocols.async_protocol import AsyncProtocol

from lava_ib.inspection.expansion import Expanded
from lava_ib.inspection.graph import Connection, Direction, Port, Problem, Variable

_DIRECTIONS: dict[str, Direction] = {
    "in_ports": "in",
    "out_ports": "out",
    "ref_ports": "ref",
    "var_ports": "var",
}


def unique_names(entries: list[Expanded]) -> dict[int, str]:
    """Name each Process by its path; keys are the ids of the Lava Processes."""
    names: dict[int, str] = {}
    taken: set[str] = set()
    for entry in entries:
        path = entry.label.replace("/", "_")
        if entry.parent is not None:
            path = f"{names[entry.parent.process.id]}/{path}"
        name, count = path, 1
        while name in taken:
            count += 1
            name = f"{path}-{count}"
        taken.add(name)
        names[entry.process.id] = name
    return names


def read_ports(entry: Expanded) -> tuple[Port, ...]:
    """All ports of a Process, with the types that its model declares."""
    ports = []
    for collection, direction in _DIRECTIONS.items():
        for port in getattr(entry.process, collection).members:
            dtype, bits = _declared(entry, port.name)
            linked = bool(port.in_connections or port.out_connections)
            ports.append(Port(port.name, direction, _shape(port), dtype, bits, linked))
    return tuple(ports)


def read_vars(entry: Expanded, names: dict[int, str]) -> tuple[Variable, ...]:
    """All Vars of a Process."""
    return tuple(_variable(entry, var, names) for var in entry.process.vars.members)


def _variable(entry: Expanded, var: Var, names: dict[int, str]) -> Variable:
    array = _values(var.init)
    dtype, bits = _declared(entry, var.name)
    if dtype is None and array is not None:
        dtype, bits = str(array.dtype), array.dtype.itemsize * 8
    alias = None
    if var.aliased_var is not None:
        owner = var.aliased_var.process
        alias = f"{names.get(owner.id, owner.name)}.{var.aliased_var.name}"
    size = 0 if alias or dtype is None else math.prod(_shape(var)) * _itemsize(dtype)
    span = None
    if array is not None and array.size and array.dtype.kind in "iufb":
        span = (float(array.min()), float(array.max()))
    return Variable(var.name, _shape(var), dtype, bits, size, alias, span)


def _shape(member: Any) -> tuple[int, ...]:
    """Shape of a port or Var in plain numbers; networks from files have numpy's."""
    return tuple(int(size) for size in member.shape)


def _values(initial: Any) -> np.ndarray | None:
    """Initial values as an array; a sparse matrix's are those that it stores."""
    array = np.asarray(getattr(initial, "data", initial))
    return None if array.dtype == object else array


def _declared(entry: Expanded, name: str) -> tuple[str | None, int | None]:
    """Type and bits of a port or Var as the model declares them."""
    declared = getattr(entry.model, name, None)
    if not isinstance(declared, LavaPyType) or declared.d_type is None:
        return None, None
    try:
        dtype = np.dtype(declared.d_type)
    except TypeError:
        return getattr(declared.d_type, "__name__", str(declared.d_type)), declared.precision
    if dtype.kind == "O":
        return "object", declared.precision
    return str(dtype), declared.precision or (1 if dtype.kind == "b" else dtype.itemsize * 8)


def _itemsize(dtype: str) -> int:
    try:
        return np.dtype(dtype).itemsize
    except TypeError:
        return 0


def read_protocol(entry: Expanded, run_config: RunConfig) -> tuple[str | None, str | None]:
    """Protocol and sync domain, named as the compiler names them."""
    if entry.model is None or entry.hierarchical:
        return None, None
    protocol = entry.model.implements_protocol or AsyncProtocol
    for domain in run_config.custom_sync_domains:
        if entry.process in domain.processes:
            return protocol.__name__, domain.name
    on_python = issubclass(entry.model, AbstractPyProcessModel)
    return protocol.__name__, f"{protocol.__name__}{'' if on_python else '_Nc_C'}_SyncDomain"


def read_learning_rules(entry: Expanded) -> dict[str, str]:
    """Rules of a connection that learns, as strings: Lava's own, or what the Process states."""
    rules = getattr(entry.process, "learning_rules", None)
    if rules is not None:
        return dict(rules)
    rule = entry.process.proc_params._parameters.get("learning_rule")
    pairs = {key: getattr(rule, f"{key}_str", None) for key in ("dw", "dt", "dd")}
    return {key: " ".join(text.split()) for key, text in pairs.items() if text}


def read_connections(entries: list[Expanded], names: dict[int, str]) -> tuple[Connection, ...]:
    """What every port of a leaf sends to the ports of other leaves."""
    leaves = {entry.process.id: entry for entry in entries if not entry.hierarchical}
    found: list[Connection] = []
    for entry in leaves.values():
        for port in entry.process.out_ports.members + entry.process.ref_ports.members:
            dtype, bits = _declared(entry, port.name)
            for last, via, problems in _paths(port, names):
                if last.process.id in leaves:
                    found.append(
                        Connection(
                            source=names[entry.process.id],
                            source_port=port.name,
                            target=names[last.process.id],
                            target_port=last.name,
                            kind="message"
                            if port in entry.process.out_ports.members
                            else "variable",
                            shape=_shape(last),
                            dtype=dtype,
                            bits=bits,
                            via=via,
                            messages=math.prod(_shape(port)),
                            bytes=math.prod(_shape(port)) * _itemsize(dtype) if dtype else 0,
                            problems=problems,
                        )
                    )
    return tuple(found)


_Path = tuple[AbstractPort, tuple[str, ...], tuple[Problem, ...]]


def _paths(
    port: AbstractPort,
    names: dict[int, str],
    via: tuple[str, ...] = (),
    problems: tuple[Problem, ...] = (),
) -> Iterator[_Path]:
    for following in port.out_connections:
        step, trouble = _step(following, names)
        if following.out_connections:
            yield from _paths(following, names, (*via, step), problems + trouble)
        elif not isinstance(following, AbstractVirtualPort):
            yield following, via, problems


def _step(port: AbstractPort, names: dict[int, str]) -> tuple[str, tuple[Problem, ...]]:
    """Name a port that is passed on the way."""
    if isinstance(port, ConcatPort):
        message = "Lava 0.10 can connect a concatenation, but not run it"
        return f"concatenate {_shape(port)}", (Problem("error", message),)
    if isinstance(port, TransposePort):
        return f"transpose {_shape(port)}", ()
    if isinstance(port, ReshapePort):
        return f"reshape {_shape(port)}", ()
    return f"{names.get(port.process.id, port.process.name)}.{port.name}", ()
