"""A graph as JSON, by the schema in docs/inspect.md."""

import json

from lava_ib.inspection.graph import Graph


def to_json(graph: Graph) -> str:
    """Write everything that is known of a graph."""
    return json.dumps(graph.to_dict(), indent=1)
