"""Describe a process graph: what runs where, with which model, and what it costs."""

from collections import defaultdict
from dataclasses import replace

from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.run_configs import RunConfig

from lava_ib.errors import InputError
from lava_ib.inspection.checks import find_problems
from lava_ib.inspection.cost import cost_of
from lava_ib.inspection.expansion import Expanded, expand
from lava_ib.inspection.graph import Connection, Cost, Graph, Kind, ProcessNode
from lava_ib.inspection.process_cost import layer_of, layers_of
from lava_ib.inspection.reading import (
    read_connections,
    read_learning_rules,
    read_ports,
    read_protocol,
    read_vars,
    unique_names,
)
from lava_ib.inspection.run_configs import RUN_CONFIGS
from lava_ib.processes import Network


def describe(process: AbstractProcess, run_cfg: RunConfig | str, title: str | None = None) -> Graph:
    """Describe what a Process and all connected to it are made of under a run config.

    It expands the Processes for good, so it is for a process that ends afterwards.

    Parameters
    ----------
    process : AbstractProcess
    run_cfg : RunConfig or str
        A run config of Lava's, or the name of an entry of
        :data:`lava_ib.inspection.run_configs.RUN_CONFIGS`.
    title : str, optional
        By default the name of the first Process.

    Raises
    ------
    InputError
        If there is no run config of that name.
    """
    if isinstance(run_cfg, str):
        if run_cfg not in RUN_CONFIGS:
            raise InputError(f"backend {run_cfg!r}: expected one of {', '.join(RUN_CONFIGS)}")
        backend, run_config = run_cfg, RUN_CONFIGS[run_cfg]()
    else:
        backend, run_config = type(run_cfg).__name__, run_cfg
    entries = expand(process, run_config)
    names = unique_names(entries)
    connections = read_connections(entries, names)
    sent: dict[str, list[Connection]] = defaultdict(list)
    for link in connections:
        sent[link.source].append(link)
    nodes = [_node(entry, names, run_config, sent[names[entry.process.id]]) for entry in entries]
    graph = Graph(title or nodes[0].name, backend, _with_sums(nodes), connections)
    problems = find_problems(graph)
    return replace(
        graph,
        processes=tuple(
            replace(node, problems=node.problems + tuple(problems.get(node.name, ())))
            for node in graph.processes
        ),
    )


def _node(
    entry: Expanded, names: dict[int, str], run_config: RunConfig, sent: list[Connection]
) -> ProcessNode:
    variables = read_vars(entry, names)
    protocol, domain = read_protocol(entry, run_config)
    tags = tuple(entry.model.tags) if entry.model else ()
    kind: Kind = "hierarchy"
    cost = Cost()
    if not entry.hierarchical:
        kind, cost = cost_of(entry, variables, sent, fixed_point="fixed_pt" in tags)
    return ProcessNode(
        name=names[entry.process.id],
        process_class=type(entry.process).__name__,
        module=type(entry.process).__module__,
        kind=kind,
        model=entry.model.__name__ if entry.model else None,
        tags=tags,
        parent=names[entry.parent.process.id] if entry.parent else None,
        layer=_layer(entry),
        layers=layers_of(entry, variables),
        protocol=protocol,
        sync_domain=domain,
        ports=read_ports(entry),
        vars=variables,
        learning_rules=read_learning_rules(entry),
        cost=cost,
        problems=tuple(entry.problems),
    )


def _layer(entry: Expanded) -> str | None:
    """Which layer of a network a Process counts for, be it a part of it or inside one."""
    if entry.parent is None:
        return None
    if isinstance(entry.parent.process, Network):
        return layer_of(entry.label)
    return _layer(entry.parent)


def _with_sums(nodes: list[ProcessNode]) -> tuple[ProcessNode, ...]:
    """Give each hierarchical Process the cost of its parts."""
    costs = {node.name: node.cost for node in nodes}
    for node in reversed(nodes):  # children come after their parents
        if node.parent is not None:
            costs[node.parent] = costs[node.parent] + costs[node.name]
    return tuple(replace(node, cost=costs[node.name]) for node in nodes)
