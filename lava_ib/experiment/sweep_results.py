"""What a sweep leaves beside its run folders: a table with a row a run, and a plot."""

import csv
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lava_ib.experiment.curves import Curve, Panel, save_panels
from lava_ib.files import replace_file

Row = dict[str, Any]


def value_text(value: Any) -> str:
    """A value in a word or two, for names, tables and plots."""
    if isinstance(value, Mapping):
        return " ".join(f"{key}={value_text(part)}" for key, part in value.items())
    if isinstance(value, (list, tuple)):
        return "-".join(map(value_text, value))
    return str(value)


def write_table(rows: Sequence[Row], path: Path) -> None:
    """Write CSV: a row a run, a column for each key, figure and control."""
    flat = [_flat(row) for row in rows]
    columns = list(dict.fromkeys(key for row in flat for key in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(flat)
    replace_file(path, text.getvalue().encode())


def _flat(row: Row) -> dict[str, Any]:
    flat = {"run": row["run"], "status": row["status"]}
    flat |= {key: value_text(value) for key, value in row["values"].items()}
    flat |= {key: value for key, value in row.items() if key not in ("values", "controls")}
    return flat | {f"control.{name}": value for name, value in row.get("controls", {}).items()}


def write_plot(rows: Sequence[Row], path: Path) -> None:
    """Draw test accuracy, mean and deviation over seeds, against the first key of numbers.

    Every combination of the other keys is a line. Without a key of numbers, the values of the
    first key stand side by side. Runs that have not that key, as the controls of an experiment, are
    left out.
    """
    rows = [row for row in rows if row["status"] == "finished"]
    if not rows:
        return
    axis = _axis(rows)
    lines: dict[str, dict[Any, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        values = row["values"]
        if axis not in values:
            continue
        others = [key for key in values if key not in (axis, "seed")]
        name = ", ".join(f"{key} {value_text(values[key])}" for key in others) or "network"
        x = values[axis] if _is_number(values[axis]) else value_text(values[axis])
        lines[name][x].append(row["test_accuracy"])
    curves = {name: Curve.through(points) for name, points in lines.items()}
    xs = {x for curve in curves.values() for x in curve.x}
    log = all(_is_number(x) and x > 0 for x in xs) and max(xs) > 20 * min(xs)
    save_panels([Panel("", axis, "test accuracy", curves, {}, log)], path)


def _axis(rows: Sequence[Row]) -> str:
    values: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        for key, value in row["values"].items():
            values[key].append(value)
    keys = [key for key in values if key != "seed"]
    numbers = [key for key in keys if all(map(_is_number, values[key]))]
    return next(iter([*numbers, *keys, "seed"]))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
