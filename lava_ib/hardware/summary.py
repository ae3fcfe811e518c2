"""A placement as plain data: the layers, each core, estimates, and what could not be checked."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from lava_ib.hardware.compilers import PRESENT, Compiler
from lava_ib.hardware.estimates import (
    STATIC_WATTS,
    Load,
    dynamic_energy,
    load,
    step_time,
    total_energy,
)
from lava_ib.hardware.layers import Layer
from lava_ib.hardware.limits import USER_CORES
from lava_ib.hardware.placement import PlacedLayer, Placement, place
from lava_ib.hardware.sample_estimates import sample_estimates
from lava_ib.hardware.workload import Workload


def dry_run(
    layers: Sequence[Layer],
    compiler: Compiler = PRESENT,
    static_watts: tuple[float, float] = STATIC_WATTS,
    workload: Workload | None = None,
    notes: Sequence[str] = (),
) -> dict[str, Any]:
    """Place a network and describe what came of it.

    Parameters
    ----------
    layers : sequence of Layer
        From input to output.
    compiler : Compiler
    static_watts : tuple of float
        Range of the chip's static power.
    workload : Workload, optional
        What is done with a sample, where that is known.
    notes : sequence of str
        What was not read or placed, for the list of what is not checked.

    Returns
    -------
    dict
        As ``dry_run.schema.json`` beside this file says.
    """
    placement = place(layers, compiler)
    placed = {entry.layer.name: entry for entry in placement.placed}
    whole = len(placed) == len(layers) and placement.cores <= USER_CORES
    step = _estimates(placement, static_watts) if whole else None
    return {
        "mode": workload.mode if workload else None,
        "cores": placement.cores,
        "user_cores": USER_CORES,
        "compiler": compiler.name,
        "layers": [_described(layer, placed.get(layer.name)) for layer in layers],
        "per_core": [run for entry in placement.placed for run in _runs(entry)],
        "violations": [asdict(violation) for violation in placement.violations],
        "estimates": step,
        "sample": sample_estimates(placement, step, workload) if step and workload else None,
        "host_links": [asdict(link) for link in workload.links] if workload else [],
        "not_checked": [
            *notes,
            *(workload.not_checked if workload else ()),
            *_not_checked(layers, placement),
        ],
    }


def _described(layer: Layer, entry: PlacedLayer | None) -> dict[str, Any]:
    common = {"name": layer.name, "kind": layer.kind, "words_basis": _words_basis(layer)}
    if entry is None:
        nothing = {"cores": 0, "first_core": None, "neurons_per_core": 0, "tile": None}
        return common | nothing | {"synapse_words_per_core": 0, "split_basis": None}
    return common | {
        "cores": entry.split.cores,
        "first_core": entry.first_core,
        "neurons_per_core": entry.neurons_per_core,
        "tile": entry.split.tile and list(entry.split.tile),
        "synapse_words_per_core": entry.synapse_words,
        "split_basis": entry.split.basis,
    }


def _words_basis(layer: Layer) -> str | None:
    """Rule and grade of the synapse words."""
    if layer.kind == "neurons":
        return None
    if layer.kind == "conv":
        return "R6 (A)"
    plastic = any(connection.plastic for connection in layer.connections)
    basis = "R1, R3 (A-, one network)" if plastic else "R1 (A)"
    scattered = layer.kind == "sparse" and layer.pattern == "even" and layer.density < 1.0
    return f"{basis}, as if the synapses lay evenly (D)" if scattered else basis


def _runs(entry: PlacedLayer) -> list[dict[str, Any]]:
    """Cores that are alike, in one entry."""
    runs = []
    core = entry.first_core
    for part in entry.split.parts:
        runs.append(
            {
                "first_core": core,
                "last_core": core + part.cores - 1,
                "layer": entry.layer.name,
                "neurons": part.neurons,
                "words": part.memory.words,
                "memory_fraction": round(part.memory.fraction, 4),
            }
        )
        core += part.cores
    return runs


def _estimates(placement: Placement, static_watts: tuple[float, float]) -> dict[str, Any]:
    """Of a time step in which each input sends with the probability ``activity``."""
    loads = [
        (part.cores, load(entry.layer, part.neurons), entry.layer.name)
        for entry in placement.placed
        for part in entry.split.parts
    ]
    _, busiest, name = max(loads, key=lambda entry: entry[1].nanoseconds)
    synaptic = sum(cores * each.synaptic_operations for cores, each, _ in loads)
    neural = sum(cores * each.neuron_operations for cores, each, _ in loads)
    time = step_time(busiest.nanoseconds)
    dynamic = dynamic_energy(synaptic, neural)
    return {
        "time_us": round(time, 3),
        "busiest_layer": name,
        "bound_by": _bound_by(busiest),
        "synaptic_operations": round(synaptic),
        "neuron_operations": round(neural),
        "dynamic_energy_uj": [round(bound, 4) for bound in dynamic],
        "total_energy_uj": [round(bound, 4) for bound in total_energy(dynamic, time, static_watts)],
        "static_watts": list(static_watts),
        "basis": _BASIS,
    }


def _bound_by(busiest: Load) -> str:
    synapses = busiest.nanoseconds > busiest.neuron_ns
    return "synaptic operations" if synapses else "neurons"


_BASIS = {
    "time_us": "R12 (C): 1.164 us floor + the busiest core, 0.66 ns a synaptic operation or 4 ns a "
    "neuron operation; five networks were within 35 %",
    "dynamic_energy_uj": "R13 (C): one equation of PilotNet LIF, all ways to share it between "
    "synapses and neurons; floor 27 to 44 nJ",
    "total_energy_uj": "with the static power of one chip",
}


def _not_checked(layers: Sequence[Layer], placement: Placement) -> list[str]:
    """Open points that bear on this network, and those that bear on any."""
    kinds = {layer.kind for layer in layers}
    climbed = [entry.layer.name for entry in placement.placed if "candidate" in entry.split.basis]
    points = [
        (
            bool(climbed),
            f"where the compiler cuts {', '.join(climbed)}: the rule of 2024 is a candidate (R8, "
            "D), in two of four known layers two rungs off, which is one core",
        ),
        (
            "conv" in kinds,
            "output axons and axon memory into convolutions and out of a last one: no rule is "
            "known, they are not counted, so these cores are fuller than shown",
        ),
        (
            "conv" in kinds or any(layer.shape for layer in layers),
            "which of several tiles with equally few cores is taken (R9, D); groups and dilation",
        ),
        (
            any(connection.plastic for layer in layers for connection in layer.connections),
            "time and energy of the learning phase: no stored profile has one",
        ),
        (
            any(layer.neuron_ns is None for layer in layers),
            "time of neurons in microcode: 26 ns was measured for PIPG, 58 ns for S4D neurons; "
            "neuron_ns sets it",
        ),
        (
            any(layer.activity == 1.0 and layer.inputs for layer in layers),
            "how many inputs send in a step: all, unless activity says less, so time and energy "
            "are upper bounds in that",
        ),
        (
            any(
                part.memory.fraction > 1 for entry in placement.placed for part in entry.split.parts
            ),
            "cores above 100 % of memory: the rule's base is not the same for all programs (R5, D)",
        ),
        (True, "traffic between cores, and more than one chip"),
        (
            all(layer.targets is None for layer in layers),
            "connections past the next layer in the list, each of which takes axons of its own",
        ),
    ]
    return [text for applies, text in points if applies]
