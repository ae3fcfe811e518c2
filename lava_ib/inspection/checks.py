"""What a look at a graph can tell is wrong: one small function a rule.

A rule yields pairs of a Process's name and what is the matter; :func:`find_problems` runs all.
"""

from collections import Counter
from collections.abc import Callable, Iterator

import networkx

from lava_ib.inspection.graph import Connection, Graph, Problem

Finding = tuple[str, Problem]


def find_problems(graph: Graph) -> dict[str, list[Problem]]:
    """Problems by Process."""
    found: dict[str, list[Problem]] = {}
    for rule in RULES:
        for name, problem in rule(graph):
            if problem not in found.setdefault(name, []):
                found[name].append(problem)
    return found


def unconnected_process(graph: Graph) -> Iterator[Finding]:
    """A leaf whose ports all lead nowhere; alone in its graph it is meant to be so."""
    if len(graph.leaves) == 1:
        return
    linked = {name for link in graph.connections for name in (link.source, link.target)}
    for leaf in graph.leaves:
        if leaf.name not in linked:
            yield leaf.name, Problem("warning", "not connected to anything")


def connected_twice(graph: Graph) -> Iterator[Finding]:
    """One port that reaches the same port of another Process on two ways."""
    for (source, source_port, target, target_port), count in Counter(
        (link.source, link.source_port, link.target, link.target_port) for link in graph.connections
    ).items():
        if count > 1:
            message = f"{source_port} reaches {target}.{target_port} {count} times"
            yield source, Problem("warning", message)
            message = f"{target_port} is reached {count} times by {source}.{source_port}"
            yield target, Problem("warning", message)


def several_sources(graph: Graph) -> Iterator[Finding]:
    """An InPort with several sources, whose messages Lava adds."""
    sources: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for link in _messages(graph):
        key = (link.target, link.target_port)
        sources.setdefault(key, set()).add((link.source, link.source_port))
    for (target, port), origins in sources.items():
        if len(origins) > 1:
            yield target, Problem("note", f"{port} adds the messages of {len(origins)} ports")


def cycle(graph: Graph) -> Iterator[Finding]:
    """Processes that a message can return to."""
    digraph = networkx.DiGraph((link.source, link.target) for link in _messages(graph))
    for members in networkx.strongly_connected_components(digraph):
        if len(members) > 1 or any(digraph.has_edge(name, name) for name in members):
            message = f"in a cycle of {len(members)}"
            for name in sorted(members):
                yield name, Problem("note", message)


def refused_connection(graph: Graph) -> Iterator[Finding]:
    """A connection that Lava cannot run marks both its ends."""
    for link in graph.connections:
        for problem in link.problems:
            yield link.source, problem
            yield link.target, problem


RULES: tuple[Callable[[Graph], Iterator[Finding]], ...] = (
    unconnected_process,
    connected_twice,
    several_sources,
    cycle,
    refused_connection,
)


def _messages(graph: Graph) -> Iterator[Connection]:
    return (link for link in graph.connections if link.kind == "message")
