"""A graph as one picture: the page's own drawing, made without a browser.

Layout and drawing stand once, in JavaScript, for the page lays out anew whenever a hierarchy
is collapsed. Here the same files run in V8 inside Python.
"""

import json
from functools import cache
from importlib.resources import files

from py_mini_racer import MiniRacer

from lava_ib.inspection.graph import Graph

VIEW = files("lava_ib.inspection") / "view"
DRAWING_SCRIPTS = ("vendor/dagre.min.js", "geometry.js", "drawing.js")


def to_svg(graph: Graph) -> str:
    """Draw all of a graph, every hierarchy expanded, coloured by kind.

    The picture takes light or dark colours after the reader's preference.
    """
    mode = "difference" if any(process.difference for process in graph.processes) else "kind"
    style = (VIEW / "graph.css").read_text()
    arguments = f"{json.dumps(graph.to_dict())}, {json.dumps(style)}, {json.dumps(mode)}, []"
    return str(_engine().eval(f"drawDocument({arguments})"))


@cache
def _engine() -> MiniRacer:
    engine = MiniRacer()
    # Dagre copies plain settings by it, which browsers bring and V8 alone does not.
    engine.eval("globalThis.structuredClone = (value) => JSON.parse(JSON.stringify(value))")
    for script in DRAWING_SCRIPTS:
        engine.eval((VIEW / script).read_text())
    return engine
