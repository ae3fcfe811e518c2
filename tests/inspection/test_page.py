"""The page in a real browser: all of the graph, offline, usable by mouse and by keyboard."""

import time

import pytest

import lava_ib
from lava_ib.inspection.comparison import compare
from lava_ib.inspection.formats.html import to_html

pytestmark = pytest.mark.slow


@pytest.fixture
def opened(browser, tmp_path):
    """Open a graph's page; it must not complain, nor ask anybody for anything."""
    pages = []

    def open_page(graph, **options):
        file = tmp_path / f"graph{len(pages)}.html"
        file.write_text(to_html(graph))
        page = browser.new_page(viewport={"width": 1500, "height": 800}, **options)
        page.complaints, page.requests = [], []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("request", lambda request: page.requests.append(request.url))
        page.goto(file.as_uri())
        page.wait_for_function("panzoom.getScale() !== 1 || panzoom.getPan().x !== 0")
        pages.append((page, file))
        return page

    yield open_page
    for page, file in pages:
        assert page.complaints == []
        assert [url for url in page.requests if not url.startswith("data:")] == [file.as_uri()]
        page.close()


@pytest.fixture
def page(opened, network):
    return opened(lava_ib.inspect(network))


def names(page, selector):
    return page.eval_on_selector_all(selector, "list => list.map((one) => one.dataset.name)")


@pytest.mark.parametrize("scheme, dark", [("light", False), ("dark", True)])
def test_all_processes_and_connections_are_there(opened, network, scheme, dark):
    graph = lava_ib.inspect(network)
    page = opened(graph, color_scheme=scheme)
    assert sorted(names(page, ".node")) == sorted(leaf.name for leaf in graph.leaves)
    assert names(page, ".frame") == ["network"]
    assert page.locator(".link").count() == len(graph.connections)
    ports = sum(len(leaf.ports) for leaf in graph.leaves)
    assert page.locator(".port").count() == ports
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, paper[4:-1].split(", "))) < 384) == dark
    assert page.locator("#legend span").all_inner_texts() == [
        "source",
        "connection",
        "neurons",
        "memory",
        "readout",
    ]


def test_everything_is_on_the_screen_at_first(page):
    stage = page.locator("#canvas").bounding_box()
    frame = page.locator(".frame > rect").bounding_box()
    assert stage["x"] <= frame["x"] and stage["y"] <= frame["y"]
    assert frame["x"] + frame["width"] <= stage["x"] + stage["width"]
    assert frame["y"] + frame["height"] <= stage["y"] + stage["height"]


def test_a_hierarchy_closes_and_opens(opened, networks):
    page = opened(lava_ib.inspect(networks["hierarchy"]()))
    assert page.locator(".node").count() == 6
    page.locator('[data-name="group1"] .toggle').click()
    assert names(page, ".node.closed") == ["group1"]
    assert page.locator(".node").count() == 5
    assert page.locator(".link").count() == 4  # the one inside is gone
    page.locator('[data-name="group1"] .toggle').click()
    assert page.locator(".node").count() == 6
    page.get_by_role("button", name="Collapse all").click()
    assert names(page, ".node") == ["group0", "group1", "group2"]
    assert page.locator(".link").count() == 2
    page.get_by_role("button", name="Expand all").click()
    assert page.locator(".link").count() == 5


def test_a_click_shows_details(page):
    page.locator('[data-name="network/dense1"] .title').click()
    details = page.locator("#details").inner_text()
    for text in (
        "PlasticDense",
        "PyPlasticDenseModelFloat",
        "LoihiProtocol",
        "s_in_y3",
        "tag_1",
        "dw = 0.05*(y2 - y3)*t",
        "network/layer1.s_out_bap",
        "float64, 64 bit",
    ):
        assert text in details
    assert page.locator(".link.near").count() == 6
    page.keyboard.press("Escape")
    assert "By layer" in page.locator("#details").inner_text()


def test_search_finds_by_name_class_and_model(page):
    page.get_by_label("Search").fill("memory")
    assert sorted(names(page, ".hit")) == ["network/memory1", "network/memory2"]
    assert page.locator("#hits").inner_text() == "2 found"
    page.get_by_label("Search").press("Enter")
    assert names(page, ".chosen") == ["network/memory1"]
    page.get_by_label("Search").press("Enter")
    assert names(page, ".chosen") == ["network/memory2"]
    page.get_by_label("Search").fill("PyRateLayer")
    assert sorted(names(page, ".hit")) == ["network/layer1", "network/layer2"]


def test_search_opens_what_a_hit_lies_in(page):
    page.get_by_role("button", name="Collapse all").click()
    page.get_by_label("Search").fill("dense2")
    assert names(page, ".hit") == ["network"]
    page.get_by_label("Search").press("Enter")
    assert names(page, ".chosen") == ["network/dense2"]


def test_keyboard_is_enough(page):
    page.keyboard.press("c")
    page.locator(".node").focus()
    page.keyboard.press("Enter")
    assert page.locator(".node").count() == 8
    page.locator('[data-name="network/dense1"]').focus()
    page.keyboard.press("ArrowRight")
    assert names(page, ".chosen") == ["network/layer1"]
    page.keyboard.press("ArrowLeft")
    assert names(page, ".chosen") == ["network/dense1"]
    before = page.evaluate("panzoom.getScale()")
    page.keyboard.press("+")
    assert page.evaluate("panzoom.getScale()") > before
    page.keyboard.press("f")
    assert page.evaluate("panzoom.getScale()") == pytest.approx(before)
    page.keyboard.press("/")
    page.keyboard.type("readout")
    assert names(page, ".hit") == ["network/readout"]


def test_wheel_zooms_and_drag_moves(page):
    scale, pan = page.evaluate("[panzoom.getScale(), panzoom.getPan().x]")
    page.mouse.move(700, 120)
    page.mouse.wheel(0, -200)
    assert page.evaluate("panzoom.getScale()") > scale
    pan = page.evaluate("panzoom.getPan().x")
    page.mouse.down()
    page.mouse.move(760, 120)
    page.mouse.up()
    assert page.evaluate("panzoom.getPan().x") > pan


@pytest.mark.parametrize(
    "mode, legend",
    [
        ("model", "PyRateLayerModelFloat"),
        ("cost", "multiply-adds a step"),
    ],
)
def test_colours_can_tell_something_else(page, mode, legend):
    page.get_by_label("Colour").select_option(mode)
    assert legend in page.locator("#legend").inner_text()


def test_theme_can_be_switched(page):
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Dark or light").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before


def test_problems_are_marked(opened, broken):
    page = opened(lava_ib.inspect(broken))
    marked = page.eval_on_selector_all(
        ".badge.error", "list => list.map((one) => one.parentElement.dataset.name)"
    )
    assert {"broken", "nothing"} <= set(marked)
    assert "no ProcessModel" in page.locator("#details").inner_text()
    assert page.locator(".link.refused").count() == 2


def test_two_backends_are_coloured_by_what_differs(opened, network):
    graphs = [lava_ib.inspect(network, backend) for backend in ("float", "fused")]
    page = opened(compare(*graphs).side_by_side())
    assert page.get_by_label("Colour").input_value() == "difference"
    assert "on one only" in page.locator("#legend").inner_text()
    assert names(page, ".frame") == ["float", "float/network", "fused"]


def test_five_hundred_processes_open_within_three_seconds(opened, many):
    graph = lava_ib.inspect(many(500))
    began = time.monotonic()
    page = opened(graph)
    opening = time.monotonic() - began
    assert page.locator(".node").count() == 500
    began = time.monotonic()
    page.get_by_label("Search").fill("relay499")
    page.get_by_label("Search").press("Enter")
    assert names(page, ".chosen") == ["relay499"]
    print(f"opened in {opening:.1f} s, searched in {time.monotonic() - began:.1f} s")


def test_large_hierarchies_open_closed(opened, make_settings):
    import numpy as np

    from lava_ib.processes import Network

    settings = make_settings(layers=(6, *[4] * 30, 3))
    page = opened(lava_ib.inspect(Network(settings, np.zeros((1, 6)), np.array([-1]))))
    assert names(page, ".node") == ["network"]
    page.locator(".node .toggle").click()
    assert page.locator(".node").count() == 92
