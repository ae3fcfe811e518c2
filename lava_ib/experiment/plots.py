"""Drawings of the report: each fills the axes it is given."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, PowerNorm
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator, PercentFormatter

from lava_ib.experiment.data import Dataset
from lava_ib.experiment.variants import TITLES

Records = list[dict[str, Any]]
# Stand for colours that the page defines, for light and for dark; the series are Okabe and Ito's.
INK, SURFACE = "#010203", "#fcfdfe"
SERIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#9467bd", "#8c564b")
MARKERS = ("o", "s", "^", "D", "v", "P")
_MOST_NUMBERED = 20

# Zero is transparent, so that it is the page's own background.
_BLUE, _ORANGE = (0.0, 0.447, 0.698), (0.835, 0.369, 0.0)
_SHARES = ListedColormap([(*_BLUE, alpha) for alpha in np.linspace(0, 1, 256)])
_SIGNED = ListedColormap(
    [(*(_BLUE if x < 0 else _ORANGE), abs(x)) for x in np.linspace(-1, 1, 255)]
)


def draw_curves(axes: Axes, curves: dict[str, Records]) -> None:
    """Draw accuracy by epoch, of each variant there is."""
    dashed: dict[str, Any] = {"lw": 0.9, "ls": (0, (4, 3))}
    for number, (variant, title) in enumerate(TITLES.items()):
        points = curves.get(variant, [])
        epochs = [record["epoch"] for record in points]
        if points:
            _line(axes, number, epochs, [r["test_accuracy"] for r in points], title)
            train = [record["train_accuracy"] for record in points]
            axes.plot(epochs, train, color=SERIES[number], **dashed)
    axes.plot([], [], color=INK, label="on training samples", **dashed)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    _finish_lines(axes, curves["learned"][-1]["epoch"], "accuracy")
    _legend(axes, columns=2)


def draw_layers(axes: Axes, records: Records, key: str) -> None:
    """Draw a value of each hidden layer by epoch."""
    epochs = [record["epoch"] for record in records]
    for index in range(len(records[0]["layers"])):
        line = [record["layers"][index][key] for record in records]
        _line(axes, index, epochs, line, f"layer {index + 1}")
    axes.set_ylim(bottom=0)
    _finish_lines(axes, epochs[-1], key.replace("_", " "))
    _legend(axes)


def _line(axes: Axes, number: int, x: Any, y: Any, label: str) -> None:
    colour, marker = SERIES[number % len(SERIES)], MARKERS[number % len(MARKERS)]
    marker = marker if len(x) <= 30 else ""
    axes.plot(x, y, color=colour, marker=marker, lw=1.8, label=label, zorder=3 - number / 10)


def _finish_lines(axes: Axes, last: int, title: str) -> None:
    margin = max(0.25, 0.03 * last)
    axes.set_xlim(1 - margin, last + margin)
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True, min_n_ticks=1))
    axes.set(xlabel="epoch", ylabel=title)
    axes.grid(axis="y")
    axes.spines[["top", "right"]].set_visible(False)


def _legend(axes: Axes, columns: int = 4) -> None:
    above: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0, 1), "borderpad": 0}
    axes.legend(ncols=columns, columnspacing=1.2, handlelength=1.6, **above)


def draw_confusion(axes: Axes, counts: np.ndarray) -> None:
    """Draw counts by class (row) and prediction (column)."""
    shares = counts / np.maximum(1, counts.sum(axis=1, keepdims=True))
    axes.imshow(shares, _SHARES, PowerNorm(0.5, 0, 1), interpolation="none")
    axes.set(xlabel="predicted class", ylabel="class")
    axes.spines[:].set_visible(False)
    if len(counts) <= _MOST_NUMBERED:
        _number_cells(axes, counts, shares)


def _number_cells(axes: Axes, counts: np.ndarray, shares: np.ndarray) -> None:
    classes = range(len(counts))
    recognised = axes.secondary_yaxis("right")
    recognised.spines[:].set_visible(False)
    recognised.set_yticks(classes, [f"{share:.0%}" for share in np.diag(shares)])
    axes.set(xticks=classes, yticks=classes)
    for side in (axes.xaxis, axes.yaxis, recognised.yaxis):
        side.set_tick_params(length=0)
    for edge in np.arange(1, len(counts)) - 0.5:
        axes.axhline(edge, color=SURFACE, lw=1.2)
        axes.axvline(edge, color=SURFACE, lw=1.2)
    for (row, column), count in np.ndenumerate(counts):
        ink = "#ffffff" if shares[row, column] > 0.55 else INK
        alpha = 1.0 if count else 0.3
        axes.text(column, row, f"{count}", color=ink, alpha=alpha, ha="center", va="center", size=9)


def draw_fields(axes: Axes, tiles: np.ndarray, scale: str = "weight") -> None:
    """Draw images of shape (neurons, height, width) side by side, on one colour scale."""
    count, height, width = tiles.shape
    columns = tile_columns(count)
    gap = max(1, round(width / 12))
    down, right = height + gap, width + gap
    canvas = np.full((-(-count // columns) * down - gap, columns * right - gap), np.nan)
    for index, tile in enumerate(tiles):
        top, left = down * (index // columns), right * (index % columns)
        canvas[top : top + height, left : left + width] = tile
        frame: dict[str, Any] = {"fill": False, "edgecolor": INK, "alpha": 0.25, "lw": 0.5}
        axes.add_patch(Rectangle((left - 0.5, top - 0.5), width, height, **frame))
    draw_matrix(axes, canvas, aspect="equal", scale=scale)
    axes.set_axis_off()


def tile_columns(count: int) -> int:
    """Tiles in a row of :func:`draw_fields`."""
    return int(np.ceil(np.sqrt(count)))


def draw_matrix(
    axes: Axes, weights: np.ndarray, aspect: Any = "auto", scale: str = "weight"
) -> None:
    """Draw weights, or what `scale` names, as colours: orange above zero, blue below."""
    finite = np.abs(weights[np.isfinite(weights)])
    limit = float(finite.max()) if finite.any() else 1.0
    image = axes.imshow(
        weights, _SIGNED, vmin=-limit, vmax=limit, interpolation="none", aspect=aspect
    )
    axes.set(xlabel="input", ylabel="neuron")
    assert axes.figure
    axes.figure.colorbar(image, ax=axes, label=scale, shrink=0.6, aspect=30, pad=0.02)


def draw_directions(axes: Axes, weights: np.ndarray, data: Dataset) -> None:
    """Draw weights of two inputs as arrows over the test samples."""
    x, y = data.x_test[:500], data.y_test[:500]
    for label in np.unique(y):
        style: dict[str, Any] = {"c": SERIES[label % 4], "marker": MARKERS[label % 5]}
        style |= {"s": 16, "lw": 0, "alpha": 0.65, "label": f"class {label}"}
        axes.scatter(x[y == label, 0], x[y == label, 1], **style)
    longest = np.linalg.norm(weights, axis=1).max()
    tips = weights * (np.linalg.norm(x, axis=1).max() / (longest if longest > 0 else 1.0))
    scale: dict[str, Any] = {"angles": "xy", "scale_units": "xy", "scale": 1}
    origin = np.zeros(len(tips))
    axes.quiver(origin, origin, *tips.T, color=INK, width=0.006, **scale)
    axes.update_datalim(tips)
    axes.autoscale_view()
    axes.set(xlabel="input 1", ylabel="input 2", aspect="equal")
    axes.grid()
    axes.spines[:].set_visible(False)
    _legend(axes)
