"""A process graph as plain data: Processes, their ports and Vars, and what connects them.

Nothing here knows Lava: a graph can be pickled, written as JSON, and drawn by every format.
Hierarchical Processes are nodes whose children name them as parent; connections join leaves,
as the channels do that Lava's compiler makes, and list the boundaries that they cross.
"""

from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

SCHEMA_VERSION = 1
Level = Literal["error", "warning", "note"]
Direction = Literal["in", "out", "ref", "var"]
Kind = Literal["source", "connection", "neurons", "memory", "readout", "other", "hierarchy"]


@dataclass(frozen=True)
class Problem:
    """What is wrong with a Process or a connection, or worth knowing.

    Attributes
    ----------
    level : {"error", "warning", "note"}
        ``error``: this run config cannot run it.
    message : str
    """

    level: Level
    message: str


@dataclass(frozen=True)
class Port:
    """One port of a Process.

    Attributes
    ----------
    name : str
    direction : {"in", "out", "ref", "var"}
        ``ref`` reads or writes a Var of another Process through that one's ``var`` port.
    shape : tuple of int
    dtype : str or None
        Type of a message's elements in the selected ProcessModel; None without one.
    bits : int or None
        Bits of an element: the declared precision, else those of the type.
    connected : bool
    """

    name: str
    direction: Direction
    shape: tuple[int, ...]
    dtype: str | None
    bits: int | None
    connected: bool


@dataclass(frozen=True)
class Variable:
    """One Var of a Process.

    Attributes
    ----------
    name : str
    shape : tuple of int
    dtype : str or None
    bits : int or None
    bytes : int
        In memory on the CPU; 0 for an alias, which is stored elsewhere.
    alias : str or None
        ``process.var`` that it stands for.
    values : tuple of float or None
        Smallest and largest initial value.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str | None
    bits: int | None
    bytes: int
    alias: str | None
    values: tuple[float, float] | None


@dataclass(frozen=True)
class Cost:
    """What a Process or a group of them costs.

    Attributes
    ----------
    neurons, synapses : int
    state_bytes : int
        All Vars, on the CPU.
    messages, bytes : int
        Elements sent in a time step, and their size, if every port sends to every target.
    multiply_adds : float
        Per time step, if every input and every neuron is active: an upper bound. What is
        done once a presentation counts by its share of a step.
    core_shares : dict of str to float
        For Loihi's fixed point: memory as a multiple of what one core has, by kind of memory.
    """

    neurons: int = 0
    synapses: int = 0
    state_bytes: int = 0
    messages: int = 0
    bytes: int = 0
    multiply_adds: float = 0.0
    core_shares: dict[str, float] = field(default_factory=dict)

    def __add__(self, other: "Cost") -> "Cost":
        total: dict[str, Any] = {
            entry.name: getattr(self, entry.name) + getattr(other, entry.name)
            for entry in fields(self)
            if entry.name != "core_shares"
        }
        kinds = [*self.core_shares, *(k for k in other.core_shares if k not in self.core_shares)]
        total["core_shares"] = {
            kind: self.core_shares.get(kind, 0.0) + other.core_shares.get(kind, 0.0)
            for kind in kinds
        }
        return Cost(**total)


@dataclass(frozen=True)
class ProcessNode:
    """One Process.

    Attributes
    ----------
    name : str
        Unique: the names from the outermost Process to this one, joined by ``/``.
    process_class, module : str
        Its class, and where that is defined.
    kind : str
        What it does, as far as class and Vars tell; ``hierarchy`` if it was expanded.
    model : str or None
        ProcessModel that the run config selects.
    tags : tuple of str
        Of the ProcessModel.
    parent : str or None
    layer : str or None
        Group of the totals that it counts for.
    layers : dict of str to Cost
        Of a network that runs as one Process: its cost by layer.
    protocol, sync_domain : str or None
    ports : tuple of Port
    vars : tuple of Variable
    learning_rules : dict of str to str
        ``dw``, ``dt``, ``dd`` and what they are.
    cost : Cost
        Of a hierarchical Process: the sum of its parts.
    problems : tuple of Problem
    difference : str or None
        In a comparison of two backends, what differs first: ``model``, ``expanded``,
        ``types``, or that it is on one only.
    """

    name: str
    process_class: str
    module: str
    kind: Kind
    model: str | None
    tags: tuple[str, ...]
    parent: str | None
    layer: str | None
    layers: dict[str, Cost]
    protocol: str | None
    sync_domain: str | None
    ports: tuple[Port, ...]
    vars: tuple[Variable, ...]
    learning_rules: dict[str, str]
    cost: Cost
    problems: tuple[Problem, ...] = ()
    difference: str | None = None

    @property
    def label(self) -> str:
        """Last part of the name."""
        return self.name.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Connection:
    """What one port of a leaf Process sends to one port of another.

    Attributes
    ----------
    source, source_port, target, target_port : str
        A ``ref`` port is the source of what it reads from or writes to.
    kind : {"message", "variable"}
        ``variable``: from a RefPort to a VarPort.
    shape : tuple of int
        As it arrives.
    dtype : str or None
    bits : int or None
    via : tuple of str
        Boundaries of hierarchical Processes and virtual ports on the way: ``reshape (4,)``.
    messages, bytes : int
        Per time step, if the port sends at every step.
    problems : tuple of Problem
    """

    source: str
    source_port: str
    target: str
    target_port: str
    kind: Literal["message", "variable"]
    shape: tuple[int, ...]
    dtype: str | None
    bits: int | None
    via: tuple[str, ...]
    messages: int
    bytes: int
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Graph:
    """Processes and connections, for one run config.

    Attributes
    ----------
    title : str
    backend : str
        Name of the backend, or of the run config.
    processes : tuple of ProcessNode
        Parents before their children.
    connections : tuple of Connection
    """

    title: str
    backend: str
    processes: tuple[ProcessNode, ...]
    connections: tuple[Connection, ...]

    @property
    def leaves(self) -> list[ProcessNode]:
        """Processes that run: all that were not expanded."""
        return [process for process in self.processes if process.kind != "hierarchy"]

    @property
    def total(self) -> Cost:
        """Cost of all leaves."""
        return sum((leaf.cost for leaf in self.leaves), Cost())

    @property
    def layers(self) -> dict[str, Cost]:
        """Cost by layer, in the order of the graph."""
        totals: dict[str, Cost] = {}
        depth = 1 if len(self.children(None)) == 1 else 0  # inside the one that holds all
        for leaf in self.leaves:
            own = leaf.layers or {leaf.layer or leaf.name.split("/")[: depth + 1][-1]: leaf.cost}
            for layer, cost in own.items():
                totals[layer] = totals.get(layer, Cost()) + cost
        return totals

    def children(self, name: str | None) -> list[ProcessNode]:
        """Processes directly inside one; outermost ones for None."""
        return [process for process in self.processes if process.parent == name]

    def to_dict(self) -> dict[str, Any]:
        """Everything as dicts and lists; docs/inspect.md has the schema."""
        return {"schema": SCHEMA_VERSION} | _plain(
            asdict(self)
            | {"total": asdict(self.total)}
            | {"layers": {name: asdict(cost) for name, cost in self.layers.items()}}
        )


def _plain(value: Any) -> Any:
    """Tuples as lists, and ``process_class`` as ``class``, which no Python name can be."""
    if isinstance(value, dict):
        return {("class" if k == "process_class" else k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(entry) for entry in value]
    return value
