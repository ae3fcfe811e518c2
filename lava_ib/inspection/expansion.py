"""Which Processes there are under a run config: found and expanded as Lava's compiler does.

Lava's own compiler stops at the first Process without a model; here each one gets what is
wrong with it, and the rest goes on. Expanding connects ports and cannot be undone, so this
happens in a process that ends afterwards: see :mod:`lava_ib.inspection.isolation`.
"""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field

from lava.magma.compiler.compiler_graphs import ProcGroupDiGraphs
from lava.magma.core.model.model import AbstractProcessModel
from lava.magma.core.model.sub.model import AbstractSubProcessModel
from lava.magma.core.process.ports.ports import AbstractPort, AbstractVirtualPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.run_configs import RunConfig

from lava_ib.inspection.graph import Problem


@dataclass
class Expanded:
    """A Process with the model that the run config selects.

    Attributes
    ----------
    process : AbstractProcess
    model : type or None
        None where there is none for this run config.
    parent : Expanded or None
    label : str
        Name within its parent.
    problems : list of Problem
    hierarchical : bool
        Whether it was expanded into others.
    """

    process: AbstractProcess
    parent: "Expanded | None"
    label: str
    model: type[AbstractProcessModel] | None = None
    problems: list[Problem] = field(default_factory=list)
    hierarchical: bool = False


def expand(process: AbstractProcess, run_config: RunConfig) -> list[Expanded]:
    """Find all Processes connected to one, and what is inside them.

    Parameters
    ----------
    process : AbstractProcess
    run_config : RunConfig

    Returns
    -------
    list of Expanded
        Parents before their children, in the order in which they were made.
    """
    expansion = _Expansion(run_config)
    for found in _connected(process):
        named = type(found).__name__ if _is_default_name(found) else found.name
        expansion.add(found, None, named)
    _nest(expansion.found)
    return list(_parents_first(expansion.found, None))


class _Expansion:
    def __init__(self, run_config: RunConfig) -> None:
        self.run_config = run_config
        self.found: list[Expanded] = []
        self._models: dict[type, list[type[AbstractProcessModel]]] = {}

    def add(self, process: AbstractProcess, parent: Expanded | None, label: str) -> None:
        entry = Expanded(process, parent, label)
        self.found.append(entry)
        inside = self._inside(entry)
        for name, part in sorted(inside.items(), key=lambda pair: pair[1].id):
            self.add(part, entry, name if _is_default_name(part) else part.name)

    def _inside(self, entry: Expanded) -> dict[str, AbstractProcess]:
        """Select the model; if it is made of Processes, make them."""
        process = entry.process
        try:
            entry.model = process.model_class or self._select(process)
        except Exception as error:  # of a run config or model that may be anybody's
            message = f"no ProcessModel for this run config: {_first_line(error)}"
            entry.problems.append(Problem("error", message))
            return {}
        if not issubclass(entry.model, AbstractSubProcessModel):
            return {}
        if process.model_class:  # it was compiled before, and expanded then
            entry.hierarchical = True
            return dict(zip(process.procs.member_names, process.procs.members, strict=True))
        try:
            model = entry.model(process)
            ProcGroupDiGraphs._propagate_var_ports(process)
            inside = model.find_sub_procs()
            process.register_sub_procs(inside)
            process.validate_var_aliases()
        except Exception as error:
            message = f"{entry.model.__name__} cannot be built: {_first_line(error)}"
            entry.problems.append(Problem("error", message))
            return {}
        entry.hierarchical = True
        return inside

    def _select(self, process: AbstractProcess) -> type[AbstractProcessModel]:
        if type(process) not in self._models:
            with warnings.catch_warnings():
                # Lava runs every file in the folder, and warns of each that is no model.
                warnings.simplefilter("ignore")
                found = ProcGroupDiGraphs._find_proc_models(process)
            self._models[type(process)] = found
        return ProcGroupDiGraphs._select_proc_models(
            process, self._models[type(process)], self.run_config
        )


def _connected(process: AbstractProcess) -> list[AbstractProcess]:
    """All Processes that can be reached over ports; a part stands for what it is a part of."""
    found: dict[AbstractProcess, None] = {}
    waiting = [process]
    while waiting:
        current = waiting.pop()
        while current.parent_proc is not None:
            current = current.parent_proc
        if current in found:
            continue
        found[current] = None
        waiting.extend(_neighbours(current))
    return sorted(found, key=lambda entry: entry.id)


def _nest(entries: list[Expanded]) -> None:
    """Put Processes into those that hold them as attributes, as the blocks of netx do.

    To Lava they stand side by side: their models have no parts of their own.
    """
    by_process = {entry.process: entry for entry in entries}
    for owner in entries:
        if not owner.hierarchical:
            continue
        for name, part in _held(owner.process):
            entry = by_process.get(part)
            if entry is not None and entry.parent is None and entry not in _ancestors(owner):
                entry.parent, entry.label = owner, name


def _held(process: AbstractProcess) -> Iterator[tuple[str, AbstractProcess]]:
    own = {name: value for name, value in vars(process).items() if name != "parent_proc"}
    yield from ((name, part) for name, part in own.items() if isinstance(part, AbstractProcess))
    for name, parts in own.items():
        if isinstance(parts, (list, tuple)):
            for number, part in enumerate(parts):
                if isinstance(part, AbstractProcess):
                    yield f"{name}{number}", part


def _ancestors(entry: Expanded | None) -> list[Expanded]:
    return [] if entry is None else [entry, *_ancestors(entry.parent)]


def _parents_first(entries: list[Expanded], parent: Expanded | None) -> Iterator[Expanded]:
    for entry in entries:
        if entry.parent is parent:
            yield entry
            yield from _parents_first(entries, entry)


def _neighbours(process: AbstractProcess) -> Iterator[AbstractProcess]:
    """Processes that a message goes to or comes from, and those whose ports it passes."""
    for ports in (process.in_ports, process.out_ports, process.ref_ports, process.var_ports):
        for port in ports.members:
            yield from _owners(port, "in_connections")
            yield from _owners(port, "out_connections")


def _owners(port: AbstractPort, direction: str) -> Iterator[AbstractProcess]:
    for following in getattr(port, direction):
        if not isinstance(following, AbstractVirtualPort):
            yield following.process
        yield from _owners(following, direction)


def _is_default_name(process: AbstractProcess) -> bool:
    return process.name == f"Process_{process.id}"


def _first_line(error: Exception) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0]
