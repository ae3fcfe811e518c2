"""The report of a run: one HTML file that needs nothing besides itself."""

import io
import re
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NamedTuple

import matplotlib.style
import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from matplotlib.figure import Figure

import lava_ib
from lava_ib.experiment import plots
from lava_ib.experiment.config import Config
from lava_ib.experiment.data import Dataset
from lava_ib.experiment.plots import INK, SERIES, SURFACE, Records
from lava_ib.experiment.run_folder import RunFolder
from lava_ib.experiment.variants import TITLES
from lava_ib.files import replace_file

_STYLE: dict[str, Any] = {
    **dict.fromkeys(("text.color", "axes.edgecolor", "axes.labelcolor"), INK),
    **dict.fromkeys(("xtick.color", "ytick.color", "grid.color"), INK),
    "axes.facecolor": "none",
    "axes.linewidth": 0.6,
    "grid.alpha": 0.15,
    "legend.frameon": False,
    "lines.markersize": 5,
    "svg.fonttype": "none",
    "svg.hashsalt": "lava_ib",
}
_PAGE_COLOURS = {INK: "currentColor", SURFACE: "var(--surface)"} | {
    colour: f"var(--series-{number})" for number, colour in enumerate(SERIES, 1)
}
_MOST_NEURONS, _MOST_INPUTS, _MOST_PIXELS, _MOST_CHANNELS = 64, 1024, 150_000, 16


class _FirstLayer(NamedTuple):
    """How the first layer's weights are shown: as ``fields``, ``arrows`` or ``matrix``."""

    kind: str
    neurons: int
    inputs: int
    svg: Markup


class _Maps(NamedTuple):
    """So many channels are shown of all."""

    channels: int
    all: int
    svg: Markup


def write_report(
    run: RunFolder,
    config: Config,
    data: Dataset,
    records: Records,
    first_weights: np.ndarray,
    summary: dict[str, Any],
    maps: Sequence[np.ndarray] = (),
) -> None:
    """Write ``report.html``.

    Parameters
    ----------
    run : RunFolder
    config : Config
    data : Dataset
        With the inputs that reach the first layer.
    records : list of dict
        One an epoch of the network, and of those controls that were trained. The network's
        last one may hold ``confusion``, counts by class and prediction.
    first_weights : ndarray, shape (neurons, inputs)
        Of the first layer.
    summary : dict
        What ``summary.json`` holds.
    maps : sequence of ndarray, shape (height, width, channels)
        Of one test sample in a network with convolutions: the picture, and the pooled rates of
        each convolution.
    """
    curves = {name: [r for r in records if r["variant"] == name] for name in TITLES}
    curves = {name: group for name, group in curves.items() if group}
    learned = curves["learned"]
    counts = np.array(learned[-1]["confusion"]) if "confusion" in learned[-1] else None
    environment = Environment(
        loader=PackageLoader("lava_ib.experiment"), autoescape=True, undefined=StrictUndefined
    )
    environment.filters["percent"] = lambda share: f"{100 * share:.1f}\u202f%"
    page = environment.get_template("report.html.j2").render(
        config=config,
        summary=summary,
        name=run.path.name,
        curves=curves,
        titles=TITLES,
        best=max(learned, key=lambda record: record["test_accuracy"]),
        tested=len(data.y_test),
        standard_error=_standard_error(summary["test_accuracy"], len(data.y_test)),
        verdict=verdict(summary["test_accuracy"], summary["controls"], len(data.y_test)),
        versions={"Lava": _version("lava-nc"), "lava_ib": lava_ib.__version__},
        figures=_figures(curves, counts),
        mistake=None if counts is None else _mistake(counts),
        first=_first_layer(first_weights, data),
        first_shape=first_weights.shape,
        maps=[_maps(number, shown) for number, shown in enumerate(maps)],
    )
    replace_file(run.report_file, page.encode())


def verdict(accuracy: float, controls: dict[str, float], tested: int) -> tuple[str, str]:
    """Say whether the network beats its controls.

    Parameters
    ----------
    accuracy : float
    controls : dict of str to float
        Test accuracy of each control.
    tested : int
        Number of test samples.

    Returns
    -------
    mark : {"yes", "unclear", "no"}
    sentence : str
    """
    if not set(controls) - {"exact"}:
        return "unclear", "No control was trained beside it, so nothing says what the rule adds."
    rivals = {name: other for name, other in controls.items() if name != "exact"}
    leads = {TITLES[name]: accuracy - other for name, other in rivals.items()}
    behind = [title for title, lead in leads.items() if lead <= 0]
    if behind:
        return "no", f"No better than {' and '.join(behind)}: this run shows no gain from the rule."
    ahead = " and ".join(f"{title} by {100 * lead:.1f}" for title, lead in leads.items())
    if min(leads.values()) < 2 * _standard_error(accuracy, tested):
        return "unclear", f"Beats {ahead} points, too little to be sure of from this many samples."
    return "yes", f"Beats {ahead} points."


def _standard_error(accuracy: float, tested: int) -> float:
    # Two hits and two misses are added (Agresti and Coull), else it would be 0 at 100 %.
    share = (accuracy * tested + 2) / (tested + 4)
    return float(np.sqrt(share * (1.0 - share) / (tested + 4)))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _figures(curves: dict[str, Records], counts: np.ndarray | None) -> dict[str, Markup]:
    learned = curves["learned"]
    first, last = learned[0], learned[-1]
    label = f"Test accuracy from {first['test_accuracy']:.1%} to {last['test_accuracy']:.1%}"
    figures = {"curves": _svg("curves", label, (5.3, 3.6), plots.draw_curves, curves)}
    # Baselines have no modulators.
    for key in (key for key in ("weight_change", "modulator") if key in last["layers"][0]):
        ends = ", ".join(
            f"layer {number} from {before[key]:.3g} to {after[key]:.3g}"
            for number, (before, after) in enumerate(
                zip(first["layers"], last["layers"], strict=True), 1
            )
        )
        label = f"{key.replace('_', ' ').capitalize()}: {ends}"
        figures[key] = _svg(key, label, (4.4, 3.0), plots.draw_layers, learned, key)
    if counts is not None:
        side = float(np.clip(1.4 + 0.33 * len(counts), 2.8, 6.4))
        label, size = f"Confusion matrix of {len(counts)} classes", (side, side - 0.2)
        figures["confusion"] = _svg("confusion", label, size, plots.draw_confusion, counts)
    return figures


def _mistake(counts: np.ndarray) -> tuple[int, int, int, int] | None:
    """Return the most frequent mistake: class, prediction, how often, of how many."""
    wrong = counts - np.diag(np.diag(counts))
    true, taken = np.unravel_index(wrong.argmax(), wrong.shape)
    return (int(true), int(taken), wrong.max(), counts[true].sum()) if wrong.any() else None


def _first_layer(weights: np.ndarray, data: Dataset) -> _FirstLayer:
    inputs = weights.shape[1]
    shape = data.image_shape
    if shape is not None and len(shape) == 2:
        count = min(len(weights), _MOST_NEURONS, max(1, _MOST_PIXELS // inputs))
        columns = plots.tile_columns(count)
        height = 4.7 * -(-count // columns) / columns * shape[0] / shape[1]
        label = f"Receptive fields of {count} neurons"
        tiles = weights[:count].reshape(count, *shape)
        svg = _svg("fields", label, (5.6, height), plots.draw_fields, tiles)
        return _FirstLayer("fields", count, inputs, svg)
    shown = weights[:_MOST_NEURONS, :_MOST_INPUTS]
    if inputs == 2:
        label = f"Weights of {len(shown)} neurons as arrows over the test samples"
        svg = _svg("arrows", label, (5.0, 4.8), plots.draw_directions, shown, data)
        return _FirstLayer("arrows", len(shown), inputs, svg)
    label = f"Weights of {len(shown)} neurons from {shown.shape[1]} inputs"
    svg = _svg("matrix", label, (5.6, 3.8), plots.draw_matrix, shown)
    return _FirstLayer("matrix", len(shown), shown.shape[1], svg)


def _maps(number: int, shown: np.ndarray) -> _Maps:
    """Channels of a map side by side."""
    tiles = shown.transpose(2, 0, 1)[:_MOST_CHANNELS]
    what = f"layer {number}" if number else "the picture"
    columns = plots.tile_columns(len(tiles))
    size = 4.4, 3.6 * -(-len(tiles) // columns) / columns * shown.shape[0] / shown.shape[1]
    label = f"Maps of {what}, {len(tiles)} channels"
    scale = "rate" if number else "input"
    svg = _svg(f"maps{number}", label, size, plots.draw_fields, tiles, scale)
    return _Maps(len(tiles), shown.shape[2], svg)


def _svg(
    name: str, label: str, size: tuple[float, float], draw: Callable[..., None], *content: Any
) -> Markup:
    """Draw a figure as an SVG element that takes its colours from the page around it."""
    file = io.StringIO()
    with matplotlib.style.context(["default", _STYLE]):
        figure = Figure(figsize=size, layout="constrained")
        draw(figure.subplots(), *content)
        figure.savefig(file, format="svg", transparent=True)
    text = file.getvalue()
    text = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>", "", text, flags=re.DOTALL)
    text = re.sub(r'( id="|"#|url\(#)', rf"\g<1>{name}-", text)
    for colour, on_page in _PAGE_COLOURS.items():
        text = text.replace(colour, on_page)
    inside = text[text.index(">", text.index("<svg")) + 1 :]
    width, height = (72 * inches for inches in size)
    return Markup(
        f'<svg viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(label)}" '
        f'style="max-width: {108 * size[0]:g}px">{inside}'
    )
