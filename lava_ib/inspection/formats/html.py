"""A graph as one page that works without a network: everything it needs is inside."""

import json

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from lava_ib.inspection.formats.svg import DRAWING_SCRIPTS, VIEW
from lava_ib.inspection.graph import Graph

_PAGE_SCRIPTS = ("vendor/panzoom.min.js", *DRAWING_SCRIPTS, "details.js", "live.js", "page.js")


def to_html(graph: Graph, *, live: bool = False) -> str:
    """Write the page.

    Parameters
    ----------
    graph : Graph
    live : bool
        Whether the page asks the server that it came from for values of a training run.
    """
    environment = Environment(
        loader=PackageLoader("lava_ib.inspection", "view"),
        autoescape=True,
        undefined=StrictUndefined,
    )
    # "</script>" in a name would end the data early.
    data = json.dumps(graph.to_dict()).replace("<", "\\u003c")
    return environment.get_template("page.html.j2").render(
        graph=graph,
        live=live,
        data=Markup(data),
        graph_style=Markup((VIEW / "graph.css").read_text()),
        page_style=Markup((VIEW / "page.css").read_text()),
        scripts=[Markup((VIEW / script).read_text()) for script in _PAGE_SCRIPTS],
        licences=Markup((VIEW / "vendor/LICENSES.txt").read_text()),
    )
