"""Figures of many runs: means as lines, deviations as bands, one panel a question."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from lava_ib.experiment.plots import MARKERS, SERIES
from lava_ib.files import replace_file

_STYLE: dict[str, Any] = {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.2,
    "legend.frameon": False,
    "lines.markersize": 4.5,
    "svg.hashsalt": "lava_ib",
}


class Curve(NamedTuple):
    """One line.

    Attributes
    ----------
    x : sequence
        Numbers, or names that stand side by side.
    mean, deviation : sequence of float
    """

    x: Sequence[Any]
    mean: Sequence[float]
    deviation: Sequence[float]

    @classmethod
    def through(cls, samples: Mapping[Any, Sequence[float]]) -> "Curve":
        """Take mean and standard deviation of the samples at each x."""
        values = list(samples.values())
        spread = [float(np.std(v, ddof=1)) if len(v) > 1 else 0.0 for v in values]
        return cls(list(samples), [float(np.mean(v)) for v in values], spread)


@dataclass(frozen=True)
class Panel:
    """One pair of axes.

    Attributes
    ----------
    title, x_label, y_label : str
    curves : mapping of str to Curve
        By the names in the legend.
    levels : mapping of str to float
        Horizontal lines to compare with, by name.
    log : bool
        Whether x is drawn on a logarithmic axis.
    """

    title: str
    x_label: str
    y_label: str
    curves: Mapping[str, Curve]
    levels: Mapping[str, float]
    log: bool = False


def save_panels(panels: Sequence[Panel], path: Path, columns: int = 3) -> None:
    """Write the panels side by side as an SVG file."""
    columns = min(columns, len(panels))
    rows = -(-len(panels) // columns)
    with matplotlib.style.context(["default", _STYLE]):
        figure = Figure(figsize=(3.9 * max(columns, 1.7), 3.9 * rows), layout="constrained")
        places = figure.subplots(rows, columns, squeeze=False).flat
        for axes, panel in zip(places, panels, strict=False):
            _draw(axes, panel)
        for axes in list(figure.axes)[len(panels) :]:
            axes.set_axis_off()
        file = io.BytesIO()
        figure.savefig(file, format="svg", metadata={"Date": None})
    replace_file(path, file.getvalue())


def _draw(axes: Axes, panel: Panel) -> None:
    for number, (name, curve) in enumerate(panel.curves.items()):
        colour, marker = SERIES[number % len(SERIES)], MARKERS[number % len(MARKERS)]
        mean, spread = np.array(curve.mean), np.array(curve.deviation)
        style = "-" if number < len(SERIES) else "--"  # the colours begin again
        axes.plot(curve.x, mean, color=colour, marker=marker, ls=style, lw=1.5, label=name)
        axes.fill_between(curve.x, mean - spread, mean + spread, color=colour, alpha=0.15, lw=0)
    for number, (name, level) in enumerate(panel.levels.items()):
        axes.axhline(level, color="0.35", lw=1.0, ls=("--", ":", "-.")[number % 3], label=name)
    axes.set(title=panel.title, xlabel=panel.x_label, ylabel=panel.y_label)
    if panel.log:
        axes.set_xscale("log", base=2)
        ticks = sorted({x for curve in panel.curves.values() for x in curve.x})
        axes.set_xticks(ticks, [f"{x:g}" for x in ticks])
        axes.xaxis.set_minor_locator(NullLocator())
    if len(panel.curves) + len(panel.levels) > 1:
        below: dict[str, Any] = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.17)}
        axes.legend(fontsize="small", ncols=2, **below)
