"""The model against what Intel's compiler and profiler printed, row by row.

``measured.json`` holds the rows, each with its source, the rules that predict it, and their grade.
Layers there are described as in any layer file, but with ``weights``, the range of the weights and
the power of two that divides them all, in place of their bits. A cell that no rule determines is
left out: what trained sparse weights take, and the axons of convolutions.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lava_ib.hardware.compilers import COMPILERS, Compiler
from lava_ib.hardware.estimates import Load, dynamic_energy, step_time
from lava_ib.hardware.layer_file import layer_from
from lava_ib.hardware.layers import Layer
from lava_ib.hardware.limits import CoreMemory, weight_bits
from lava_ib.hardware.memory import chunk_memory
from lava_ib.hardware.placement import place
from lava_ib.hardware.splitting import Excess, Split, split

FRACTION_ERROR = 0.003
TIME_ERROR = 0.35

_MEASURED = Path(__file__).with_name("measured.json")
_Row = dict[str, Any]


@dataclass(frozen=True)
class Comparison:
    """A row as predicted and as measured.

    Attributes
    ----------
    case, row : str
        Network, and what of it.
    check : str
        What is compared: ``placement``, ``core``, ``network``, ``total``, ``refusal``, which must
        be equal, and ``fraction``, ``time``, ``energy``, which are estimates.
    rule, grade : str
        Rules that predict it, and the grade of the least sure one.
    predicted, measured : dict
    partial : bool
        Whether the printed row has cells that no rule determines; they are not compared.
    reproduced : bool
        Equal, or within the bounds of an estimate.
    source : str
        Repository, path and commit.
    note : str
        Remarks: what was fitted or left out, or why the row is not reproduced.
    """

    case: str
    row: str
    check: str
    rule: str
    grade: str
    predicted: dict[str, Any]
    measured: dict[str, Any]
    partial: bool
    reproduced: bool
    source: str
    note: str

    @property
    def estimated(self) -> bool:
        """Whether it need not be equal."""
        return self.check in _ESTIMATES

    @property
    def failed(self) -> bool:
        """Whether a rule of grade A does not hold."""
        return self.grade == "A" and not self.reproduced


def compare_all() -> list[Comparison]:
    """Compare each stored row."""
    content = json.loads(_MEASURED.read_text(encoding="utf-8"))
    rows = [_with_layers(row, content["rows"]) for row in content["rows"]]
    return [_compare(row, content["sources"][row["case"]]) for row in rows]


def summary(rows: list[Comparison]) -> dict[str, Any]:
    """Counts, and the rows, as plain data."""
    exact = [row for row in rows if not row.estimated]
    estimates = [row for row in rows if row.estimated]
    return {
        "reproduced": sum(row.reproduced for row in exact),
        "rows": len(exact),
        "partial": sum(row.partial for row in exact),
        "estimates_within_bounds": sum(row.reproduced for row in estimates),
        "estimates": len(estimates),
        "failed": sum(row.failed for row in rows),
        "comparisons": [asdict(row) for row in rows],
    }


def _compare(row: _Row, source: _Row) -> Comparison:
    measured = row.get("printed") or {row["check"]: row["measured"]}
    if row["check"] in _ESTIMATES:
        predicted, within = _ESTIMATES[row["check"]](row)
    else:
        predicted = _EXACT[row["check"]](row, COMPILERS[source["compiler"]])
        within = predicted == measured
    file = " ".join(part for part in (source["repository"], source["path"]) if part)
    remarks = [f"{key}: {row[key]}" for key in ("fitted", "open") if key in row]
    remarks += [text for text in (row.get("note"), source["note"]) if text]
    return Comparison(
        case=row["case"],
        row=row["row"],
        check=row["check"],
        rule=row["rule"],
        grade=row["grade"],
        predicted=predicted,
        measured=measured,
        partial="open" in row,
        reproduced=within,
        source=f"{file} @ {source['commit']}" if file else "",
        note="; ".join(remarks),
    )


def _with_layers(row: _Row, rows: list[_Row]) -> _Row:
    """A network's own placement rows, which stand from output to input, are its layers."""
    if row["check"] != "network":
        return row
    own = [other for other in rows if (other["case"], other["check"]) == (row["case"], "placement")]
    return row | {"layers": [other["layers"][0] for other in reversed(own)]}


def _layers(row: _Row) -> list[Layer]:
    return [layer_from(_described(entry) | {"name": row["row"]}) for entry in row["layers"]]


def _described(entry: _Row) -> _Row:
    if "weights" not in entry:
        return entry
    bits = weight_bits(*entry["weights"])
    return {key: value for key, value in entry.items() if key != "weights"} | {"weight_bits": bits}


def _placement(row: _Row, compiler: Compiler) -> _Row:
    """A row of the table: over the cores, the mean, rounded down, or the maximum (R7)."""
    (layer,) = _layers(row)
    found = split(layer, compiler, row.get("outputs", 1))
    if isinstance(found, Excess):
        return {"refused": asdict(found)}
    cells = {kind: _over_cores(found, kind, row["shows"]) for kind in compiler.limits}
    shown = _as_printed(cells, row["printed"], compiler)
    shape = {"cores": found.cores, "tile": found.tile and list(found.tile)}
    return shown | {key: value for key, value in shape.items() if key in row["printed"]}


def _over_cores(found: Split, kind: str, shows: str) -> int:
    words = [(part.cores, part.memory.words[kind]) for part in found.parts]
    if shows == "mean":
        return sum(cores * count for cores, count in words) // found.cores
    return max(count for _, count in words)


def _core(row: _Row, compiler: Compiler) -> _Row:
    """One core with all connections that lead to its neurons."""
    parts = [
        chunk_memory(layer, 0, row.get("count", layer.neurons), compiler.index_bits)
        for layer in _layers(row)
    ]
    first = parts[0]
    merged = CoreMemory(
        input_axons=sum(part.input_axons for part in parts),
        neurons=first.neurons,
        synapses=sum(part.synapses for part in parts),
        output_axons=first.output_axons,
        neuron_groups=first.neuron_groups,
    )
    return _as_printed(merged.words, row["printed"], compiler)


def _as_printed(cells: dict[str, int], printed: _Row, compiler: Compiler) -> _Row:
    """The cells that are printed, in per cent of the limit where they are printed so."""
    shown: _Row = {}
    for kind, value in printed.items():
        if kind in cells:
            percent = isinstance(value, str)
            share = f"{100 * cells[kind] / compiler.limits[kind]:.2f} %"
            shown[kind] = share if percent else cells[kind]
    return shown


def _registers(row: _Row) -> CoreMemory:
    return CoreMemory(**{key.replace(" ", "_"): words for key, words in row["registers"].items()})


def _total(row: _Row, compiler: Compiler) -> _Row:
    return {"total": _registers(row).words["total"]}


def _refusal(row: _Row, compiler: Compiler) -> _Row:
    violations = place(_layers(row), compiler).violations
    return {} if not violations else {"limit": violations[0].limit, "value": violations[0].value}


def _network(row: _Row, compiler: Compiler) -> _Row:
    return {"cores": place(_layers(row), compiler).cores}


def _fraction(row: _Row) -> tuple[_Row, bool]:
    fraction = _registers(row).fraction
    return {"fraction": round(fraction, 5)}, abs(fraction - row["measured"]) <= FRACTION_ERROR


def _time(row: _Row) -> tuple[_Row, bool]:
    neuron_ns = row["neurons"] * row["neuron_ns"]
    time = step_time(Load(row["synaptic_operations"], 0.0, neuron_ns).nanoseconds)
    return {"time": round(time, 3)}, abs(time / row["measured"] - 1) <= TIME_ERROR


def _energy(row: _Row) -> tuple[_Row, bool]:
    low, high = dynamic_energy(
        row["synaptic_operations"], row["neuron_operations"], row["uncertainty"]
    )
    within = low <= min(row["measured"]) and max(row["measured"]) <= high
    return {"energy": [round(low, 3), round(high, 3)]}, within


_EXACT: dict[str, Callable[[_Row, Compiler], _Row]] = {
    "placement": _placement,
    "core": _core,
    "total": _total,
    "refusal": _refusal,
    "network": _network,
}
_ESTIMATES: dict[str, Callable[[_Row], tuple[_Row, bool]]] = {
    "fraction": _fraction,
    "time": _time,
    "energy": _energy,
}
