"""Each format has every Process and every connection, whatever their names are."""

import json
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest

import lava_ib
from lava_ib.inspection.formats import FORMATS

SVG = "{http://www.w3.org/2000/svg}"
NASTY = 'a<b>&"c"<script>'


@pytest.fixture(scope="module")
def graph(networks):
    return lava_ib.inspect(networks["hierarchy"]())


def elements(svg, css_class):
    root = ElementTree.fromstring(svg)
    return [e for e in root.iter() if css_class in e.get("class", "").split()]


def in_one_line(text):
    return re.sub(r"[\s│├└─]+", " ", text)


def renamed(graph):
    """The graph with a name that every format has to escape."""
    target = graph.leaves[0].name
    new = target.rsplit("/", 1)[0] + "/" + NASTY
    return replace(
        graph,
        processes=tuple(
            replace(node, name=new) if node.name == target else node for node in graph.processes
        ),
        connections=tuple(
            replace(
                link,
                source=new if link.source == target else link.source,
                target=new if link.target == target else link.target,
            )
            for link in graph.connections
        ),
    )


def test_json_holds_the_graph(graph):
    read = json.loads(FORMATS["json"](graph))
    assert read["schema"] == 1
    assert [node["name"] for node in read["processes"]] == [n.name for n in graph.processes]
    assert len(read["connections"]) == len(graph.connections)
    expected = {"name", "class", "model", "tags", "parent", "ports", "vars", "cost"}
    assert expected <= read["processes"][0].keys()
    assert read["total"]["neurons"] == 12


def test_json_of_every_backend_is_plain(network):
    for backend in ("float", "fused", "fixed_pt"):
        json.loads(FORMATS["json"](lava_ib.inspect(network, backend)))


def test_svg_draws_all_of_it(graph):
    svg = FORMATS["svg"](graph)
    assert len(elements(svg, "node")) == len(graph.leaves)
    assert len(elements(svg, "frame")) == 3
    assert len(elements(svg, "link")) == len(graph.connections)
    ports = [port for leaf in graph.leaves for port in leaf.ports]
    assert len(elements(svg, "port")) == len(ports)


def test_boxes_do_not_overlap(network):
    boxes = [
        tuple(float(box.get(key)) for key in ("x", "y", "width", "height"))
        for box in elements(FORMATS["svg"](lava_ib.inspect(network)), "box")
    ]
    for number, (x, y, width, height) in enumerate(boxes):
        for left, top, other_width, other_height in boxes[:number]:
            apart = x >= left + other_width or left >= x + width
            assert apart or y >= top + other_height or top >= y + height


def test_mermaid_has_a_line_for_each_process_and_pair(graph):
    text = FORMATS["mermaid"](graph)
    assert text.startswith("flowchart LR\n")
    assert len(re.findall(r"^ +p\d+\[", text, flags=re.MULTILINE)) == len(graph.leaves)
    assert text.count("subgraph") == text.count("    end") == 3
    assert text.count("-->") == len({(link.source, link.target) for link in graph.connections})


def test_text_names_everything(graph):
    text = FORMATS["text"](graph)
    for node in graph.processes:
        assert node.process_class in text
        assert node.model in text
    assert "reshape (2, 2), transpose (2, 2), reshape (4,)" in in_one_line(text)


def test_problems_show_in_every_format(broken):
    graph = lava_ib.inspect(broken)
    for name in ("text", "json", "mermaid", "svg", "html"):
        assert "cannot be built: no such file" in in_one_line(FORMATS[name](graph)), name


@pytest.mark.parametrize("name", FORMATS)
def test_names_are_escaped(graph, name):
    written = FORMATS[name](renamed(graph))
    if name == "svg":
        assert NASTY in {e.get("data-name").rsplit("/", 1)[-1] for e in elements(written, "node")}
    if name == "html":
        data = re.search(r'id="graph">(.*?)</script>', written, flags=re.DOTALL)[1]
        assert json.loads(data)["processes"]
    if name == "json":
        assert json.loads(written)["processes"]
    if name == "mermaid":
        assert "<script>" not in written


def test_notebook_shows_the_picture(graph):
    assert graph._repr_html_().startswith("<svg")


def test_page_carries_its_licences(graph):
    page = FORMATS["html"](graph)
    assert "@dagrejs/dagre" in page
    assert "Permission is hereby granted" in page
