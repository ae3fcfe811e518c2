"""Drawing of where backends part: deviation by sample, one panel a kind of array."""

import io
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lava_ib.experiment.comparison import Comparison
from lava_ib.experiment.plots import SERIES
from lava_ib.files import replace_file

SUFFIXES = (".png", ".svg")
_LINES = ("-", "--", ":")


def draw_comparisons(comparisons: list[Comparison], path: Path) -> None:
    """Write a plot with a panel for membranes, for modulators and so on, and a line a layer.

    Parameters
    ----------
    comparisons : list of Comparison
        All against the same reference.
    path : Path
        Ends in ``.png`` or ``.svg``.
    """
    kinds: dict[str, list[str]] = {}
    for name in comparisons[0].quantities:
        kinds.setdefault(name.partition("/")[2], []).append(name)
    columns = 2
    rows = -(-len(kinds) // columns)
    figure = Figure(figsize=(4.6 * columns, 2.5 * rows), layout="constrained", dpi=150)
    panels = figure.subplots(rows, columns, sharex=True, squeeze=False).ravel()
    for panel, (kind, names) in zip(panels, kinds.items(), strict=False):
        _draw_kind(panel, kind, names, comparisons)
    for panel in panels[len(kinds) :]:
        panel.set_axis_off()
    figure.supxlabel("sample")
    figure.supylabel(f"relative deviation from {comparisons[0].reference}")
    file = io.BytesIO()
    figure.savefig(file, format=path.suffix[1:])
    replace_file(path, file.getvalue())


def _draw_kind(axes: Axes, kind: str, names: list[str], comparisons: list[Comparison]) -> None:
    for line, comparison in zip(_LINES * len(comparisons), comparisons, strict=False):
        for colour, name in zip(SERIES, names, strict=False):
            deviations = comparison.deviations[:, comparison.quantities.index(name)]
            samples = np.arange(1, len(deviations) + 1)
            shown = np.where(deviations > 0.0, deviations, np.nan)
            label = f"{name.partition('/')[0]}, {comparison.other}"
            axes.semilogy(samples, shown, line, color=colour, lw=1.4, label=label)
    tolerance = comparisons[0].tolerance
    axes.axhline(tolerance, color="0.6", lw=0.8)
    if not any(np.isfinite(line.get_ydata()).any() for line in axes.lines[:-1]):
        middle = tolerance or 1e-6  # no logarithmic axis shows a tolerance of 0
        axes.set_autoscaley_on(False)
        axes.set_ylim(middle / 10, 10 * middle)
        axes.text(0.5, 0.2, "equal", transform=axes.transAxes, ha="center", color="0.4")
    axes.set_title(kind, fontsize="medium")
    axes.grid(alpha=0.15)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize="small")
