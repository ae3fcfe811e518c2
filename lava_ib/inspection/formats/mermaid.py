"""A graph as a Mermaid flowchart, which code hosts and notebooks draw from plain text."""

from itertools import groupby

from lava_ib.inspection.graph import Graph, ProcessNode


def to_mermaid(graph: Graph) -> str:
    """Write leaves as boxes, hierarchies as frames, and one arrow for each pair of Processes."""
    ids = {process.name: f"p{number}" for number, process in enumerate(graph.processes)}
    lines = ["flowchart LR"]
    for process in graph.children(None):
        lines += _node(graph, process, ids, "    ")
    ordered = sorted(graph.connections, key=lambda link: (ids[link.source], ids[link.target]))
    for (source, target), links in groupby(ordered, key=lambda link: (link.source, link.target)):
        ports = ", ".join(dict.fromkeys(link.target_port for link in links))
        lines.append(f'    {ids[source]} -->|"{_escaped(ports)}"| {ids[target]}')
    troubled = [
        ids[process.name]
        for process in graph.processes
        if any(problem.level != "note" for problem in process.problems)
    ]
    if troubled:
        lines.append("    classDef problem stroke:#c62828,stroke-width:3px")
        lines.append(f"    class {','.join(troubled)} problem")
    return "\n".join(lines) + "\n"


def _node(graph: Graph, process: ProcessNode, ids: dict[str, str], indent: str) -> list[str]:
    title = f"{process.label}: {process.process_class}"
    if process.kind == "hierarchy":
        lines = [f'{indent}subgraph {ids[process.name]} ["{_escaped(title)}"]']
        for child in graph.children(process.name):
            lines += _node(graph, child, ids, f"{indent}    ")
        return [*lines, f"{indent}end"]
    text = f"{_escaped(title)}<br/>{_escaped(process.model or 'no model')}"
    text += "".join(
        f"<br/>{problem.level}: {_escaped(problem.message)}"
        for problem in process.problems
        if problem.level != "note"
    )
    return [f'{indent}{ids[process.name]}["{text}"]']


def _escaped(text: str) -> str:
    return text.replace("&", "#amp;").replace('"', "#quot;").replace("<", "#lt;")
