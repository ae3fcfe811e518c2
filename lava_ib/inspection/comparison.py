"""Two backends side by side: which models differ, what was expanded, which widths change."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from lava_ib.inspection.graph import (
    SCHEMA_VERSION,
    Connection,
    Graph,
    Port,
    ProcessNode,
    Variable,
)

ONE_ONLY = "on one only"


@dataclass(frozen=True)
class Difference:
    """What two graphs of the same network do not have in common.

    Attributes
    ----------
    process : str
    what : str
        ``model``, ``expanded``, ``on one only``, or the port or Var whose type changes.
    first, second : str
        What it is on either backend.
    """

    process: str
    what: str
    first: str
    second: str


@dataclass(frozen=True)
class Comparison:
    """Two graphs and their differences.

    Attributes
    ----------
    first, second : Graph
    differences : tuple of Difference
    """

    first: Graph
    second: Graph
    differences: tuple[Difference, ...]

    def to_dict(self) -> dict[str, Any]:
        """Everything as dicts and lists."""
        return {
            "schema": SCHEMA_VERSION,
            "backends": [self.first.backend, self.second.backend],
            "differences": [asdict(difference) for difference in self.differences],
            "graphs": [self.first.to_dict(), self.second.to_dict()],
        }

    def side_by_side(self) -> Graph:
        """One graph with a frame for each backend, for the formats that draw."""
        marks: dict[str, str] = {}
        for difference in self.differences:
            known = difference.what in ("model", "expanded", ONE_ONLY)
            marks.setdefault(difference.process, difference.what if known else "types")
        frames = [_framed(graph, marks) for graph in (self.first, self.second)]
        return replace(
            self.first,
            backend=f"{self.first.backend} and {self.second.backend}",
            processes=tuple(process for processes, _ in frames for process in processes),
            connections=tuple(link for _, links in frames for link in links),
        )


def compare(first: Graph, second: Graph) -> Comparison:
    """Find what changes from one backend to another.

    Parameters
    ----------
    first, second : Graph
        Of the same network.
    """
    there = {process.name: process for process in second.processes}
    here = {process.name: process for process in first.processes}
    found: list[Difference] = []
    for name in [*here, *(name for name in there if name not in here)]:
        found += _differences(name, here.get(name), there.get(name))
    return Comparison(first, second, tuple(found))


def _differences(
    name: str, first: ProcessNode | None, second: ProcessNode | None
) -> Iterator[Difference]:
    if first is None or second is None:
        yield Difference(name, ONE_ONLY, _model(first), _model(second))
        return
    if first.model != second.model:
        yield Difference(name, "model", _model(first), _model(second))
    if (first.kind == "hierarchy") != (second.kind == "hierarchy"):
        yield Difference(name, "expanded", _expanded(first), _expanded(second))
    there = _types(second)
    for member, kind in _types(first).items():
        other = there.get(member)
        if kind and other and kind != other:
            yield Difference(name, member, kind, other)


def _model(process: ProcessNode | None) -> str:
    return "not there" if process is None else process.model or "no model"


def _expanded(process: ProcessNode) -> str:
    return "into its parts" if process.kind == "hierarchy" else "one Process"


def _types(process: ProcessNode) -> dict[str, str | None]:
    members: tuple[Port | Variable, ...] = (*process.ports, *process.vars)
    return {
        member.name: f"{member.dtype}, {member.bits} bit" if member.dtype else None
        for member in members
    }


def _framed(graph: Graph, marks: dict[str, str]) -> tuple[list[ProcessNode], list[Connection]]:
    """Put a graph into a frame with its backend's name, and mark what differs."""
    frame = graph.backend
    outer = ProcessNode(
        name=frame,
        process_class="backend",
        module="",
        kind="hierarchy",
        model=None,
        tags=(),
        parent=None,
        layer=None,
        layers={},
        protocol=None,
        sync_domain=None,
        ports=(),
        vars=(),
        learning_rules={},
        cost=graph.total,
    )
    inside = [
        replace(
            process,
            name=f"{frame}/{process.name}",
            parent=f"{frame}/{process.parent}" if process.parent else frame,
            layer=f"{frame}: {process.layer or process.name.split('/')[0]}",
            layers={f"{frame}: {name}": cost for name, cost in process.layers.items()},
            difference=marks.get(process.name),
        )
        for process in graph.processes
    ]
    links = [
        replace(link, source=f"{frame}/{link.source}", target=f"{frame}/{link.target}")
        for link in graph.connections
    ]
    return [outer, *inside], links
