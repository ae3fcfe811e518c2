"""A graph as a tree for the terminal, with totals by layer."""

import io

from rich.console import Console, Group
from rich.markup import escape
from rich.table import Table
from rich.tree import Tree

from lava_ib.inspection.comparison import Comparison
from lava_ib.inspection.graph import Connection, Cost, Graph, ProcessNode

_STYLES = {"error": "bold red", "warning": "yellow", "note": "dim"}


def to_text(graph: Graph) -> str:
    """Write the tree and the totals as plain text, 100 columns wide."""
    return plain(to_renderable(graph))


def plain(content: Group) -> str:
    """Write something for a rich console as plain text."""
    text = io.StringIO()
    Console(file=text, width=100, color_system=None, highlight=False).print(content)
    return text.getvalue()


def to_renderable(shown: Graph | Comparison) -> Group:
    """Make the tree, or the table of differences, and the totals for a rich console."""
    return _compared(shown) if isinstance(shown, Comparison) else _listed(shown)


def _listed(graph: Graph) -> Group:
    leaves, links = len(graph.leaves), len(graph.connections)
    title = f"[bold]{escape(graph.title)}[/bold] on {escape(graph.backend)}: "
    tree = Tree(title + f"{_counted(leaves, 'Process')}, {_counted(links, 'connection')}")
    sent: dict[str, list[Connection]] = {}
    for link in graph.connections:
        sent.setdefault(link.source, []).append(link)
    for process in graph.children(None):
        _add(tree, graph, process, sent)
    return Group(tree, "", _totals(graph))


def _compared(comparison: Comparison) -> Group:
    first, second = comparison.first, comparison.second
    table = Table(title=f"{escape(first.title)}: what differs", title_justify="left")
    for heading in ("Process", "what", first.backend, second.backend):
        table.add_column(escape(heading), overflow="fold")
    for entry in comparison.differences:
        cells = (entry.process, entry.what, entry.first, entry.second)
        table.add_row(*(escape(cell) for cell in cells))
    problems = [
        f"[bold red]{escape(f'{graph.backend}: {process.name}: {problem.message}')}[/]"
        for graph in (first, second)
        for process in graph.processes
        for problem in process.problems
        if problem.level == "error"
    ]
    return Group(table, *problems, "", _totals(first, second))


def _add(tree: Tree, graph: Graph, process: ProcessNode, sent: dict[str, list[Connection]]) -> None:
    branch = tree.add(_headline(process))
    for problem in process.problems:
        style = _STYLES[problem.level]
        branch.add(f"[{style}]{problem.level}: {escape(problem.message)}[/{style}]")
    for key, rule in process.learning_rules.items():
        branch.add(f"[dim]{key} = {escape(rule)}[/dim]")
    for link in sent.get(process.name, []):
        branch.add(_arrow(link))
    for child in graph.children(process.name):
        _add(branch, graph, child, sent)


def _headline(process: ProcessNode) -> str:
    model = escape(process.model or "no model")
    tags = f" ({escape(', '.join(process.tags))})" if process.tags else ""
    text = f"[bold]{escape(process.label)}[/bold] {escape(process.process_class)}, {model}{tags}"
    cost = _short_cost(process.cost)
    difference = f" [yellow]{escape(process.difference)}[/yellow]" if process.difference else ""
    return text + (f" [cyan]{cost}[/cyan]" if cost else "") + difference


def _arrow(link: Connection) -> str:
    target = f"{link.target.rsplit('/', 1)[-1]}.{link.target_port}"
    kind = f" {link.dtype}, {link.bits} bit" if link.dtype else ""
    via = f" by {', '.join(link.via)}" if link.via else ""
    return f"[dim]{escape(f'{link.source_port} → {target} {link.shape}{kind}{via}')}[/dim]"


def _short_cost(cost: Cost) -> str:
    parts = []
    if cost.neurons:
        parts.append(_counted(cost.neurons, "neuron"))
    if cost.synapses:
        parts.append(_counted(cost.synapses, "synapse"))
    if "total" in cost.core_shares:
        share = cost.core_shares["total"]
        parts.append(f"{share:.2g} cores" if share >= 1 else f"{100 * share:.2g} % of a core")
    return ", ".join(parts)


def _counted(count: int, noun: str) -> str:
    ending = "" if count == 1 else "es" if noun.endswith("s") else "s"
    return f"{count:,} {noun}{ending}"


def _totals(*graphs: Graph) -> Table:
    table = Table(title="cost of a time step, everything active", title_justify="left")
    table.add_column("")
    headings = ("neurons", "synapses", "state bytes", "messages", "sent bytes", "multiply-adds")
    for heading in headings:
        table.add_column(heading, justify="right")
    on_core = any(graph.total.core_shares for graph in graphs)
    if on_core:
        table.add_column("cores", justify="right")
    for graph in graphs:
        if len(graphs) > 1:
            table.add_row(f"[bold]{escape(graph.backend)}[/bold]")
        for name, cost in [*graph.layers.items(), ("total", graph.total)]:
            shares = [f"{cost.core_shares.get('total', 0.0):.2g}"] if on_core else []
            table.add_row(escape(name), *_columns(cost), *shares, end_section=name == "total")
    return table


def _columns(cost: Cost) -> list[str]:
    counts = (cost.neurons, cost.synapses, cost.state_bytes, cost.messages, cost.bytes)
    return [*(f"{count:,}" for count in counts), f"{cost.multiply_adds:,.0f}"]
