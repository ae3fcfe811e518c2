"""Drawings of how faithful memory networks are."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lava_ib.experiment.agreement import best_scale
from lava_ib.experiment.fidelity import Comparison
from lava_ib.experiment.plots import SERIES

_NEURONS, _LATEST = 3, 80  # that a trace shows


def draw_fidelity(axes: Axes, found: Sequence[dict[str, Any]]) -> None:
    """Draw R^2 against N, a line for each memory, size, number of steps, activity and layer."""
    lines: dict[str, list[dict[str, Any]]] = {}
    for row in found:
        name = f"{_name(row)}, {row['steps']} steps, {row['activity']} {row['layer']}"
        lines.setdefault(name, []).append(row)
    for name, rows in lines.items():
        axes.plot([r["samples"] for r in rows], [r["r2"] for r in rows], marker="o", label=name)
    axes.set(xscale="log", ylim=(-0.05, 1.05), xlabel="N, samples", ylabel="R² of the modulator")
    axes.legend(fontsize="x-small", frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))


def draw_trace(figure: Figure, found: Sequence[Comparison]) -> None:
    """Draw modulators over time beside the exact ones, a row a memory, a column a neuron.

    Of all comparisons those of the first activity, the last layer and the first N; the neurons
    that are asked to move most. What a memory gives is scaled by the one scale that fits best.
    """
    first = found[0].about
    asked = {
        "activity": first["activity"],
        "layer": max(c.about["layer"] for c in found),
        "samples": first["samples"],
    }
    chosen = [c for c in found if c.about == {**c.about, **asked}]
    neurons = np.argsort(np.sum(chosen[0].wanted ** 2, axis=0))[::-1][:_NEURONS]
    figure.set_size_inches(9.0, 0.5 + 1.6 * len(chosen))
    rows = figure.subplots(len(chosen), len(neurons), squeeze=False)
    for axes, comparison in zip(rows, chosen, strict=True):
        _draw_row(axes, comparison, neurons)
    lines, names = rows[0, 0].get_legend_handles_labels()
    figure.legend(lines, names, loc="outside upper right", ncols=2, frameon=False)


def _draw_row(row: Sequence[Axes], comparison: Comparison, neurons: np.ndarray) -> None:
    wanted, given = comparison.wanted, comparison.given
    given = best_scale(wanted, given) * given
    latest = np.arange(max(0, len(wanted) - _LATEST), len(wanted))
    for axis, neuron in zip(row, neurons, strict=True):
        axis.plot(latest, wanted[latest, neuron], color="0.6", lw=2.5, label="exact modulator")
        axis.plot(latest, given[latest, neuron], color=SERIES[1], lw=1.1, label="memory, scaled")
        axis.set_xlabel(comparison.unit, fontsize="small")
        axis.set_ylabel(f"neuron {neuron}", fontsize="small")
        axis.tick_params(labelsize="x-small")
    r2 = comparison.row()["r2"]
    row[0].set_title(f"{_name(comparison.about)}: R² = {r2:.2f}", loc="left", fontsize="medium")


def _name(about: dict[str, Any]) -> str:
    return about["memory"] + (f", {about['units']} units" if about["units"] else "")
