"""A dry run as tables and sentences."""

from typing import Any

from rich.bar import Bar
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from lava_ib.hardware.limits import CORE_LIMITS


def show_dry_run(found: dict[str, Any]) -> None:
    """Print what :func:`lava_ib.hardware.summary.dry_run` found."""
    console = Console(highlight=False)
    console.print(_layer_table(found))
    for title, key in (("cut", "split_basis"), ("synapse words by", "words_basis")):
        for basis, names in _by_basis(found["layers"], key).items():
            console.print(f"{title} {basis}: {', '.join(names)}", markup=False)
    if found["per_core"]:
        console.print()
        console.print(_core_table(found["per_core"]))
    if found["estimates"]:
        _show_estimates(console, found["estimates"])
    if found["sample"]:
        _show_sample(console, found["mode"], found["sample"])
    if found["host_links"]:
        console.print()
        console.print(_link_table(found["host_links"]))
    console.print("\n[bold]Not checked[/]")
    for point in found["not_checked"]:
        console.print(f"- {point}", markup=False)
    for violation in found["violations"]:
        console.print(f"\n[red]Does not fit[/]: {escape(_sentence(violation))}")
    if not found["violations"]:
        console.print(f"\nfits: {found['cores']} of {found['user_cores']} cores")


def _layer_table(found: dict[str, Any]) -> Table:
    title = f"{found['cores']} of {found['user_cores']} cores, compiler of {found['compiler']}"
    table = Table(title=title)
    for heading in ("layer", "kind", "cores", "neurons", "tile", "synapse words"):
        table.add_column(heading)
    for layer in reversed(found["layers"]):
        table.add_row(
            escape(layer["name"]),
            layer["kind"],
            str(layer["cores"]),
            f"{layer['neurons_per_core']:,}",
            " x ".join(map(str, layer["tile"])) if layer["tile"] else "",
            f"{layer['synapse_words_per_core']:,}",
        )
    table.caption = "from output to input; neurons and synapse words of the fullest core"
    return table


def _by_basis(layers: list[dict[str, Any]], key: str) -> dict[str, list[str]]:
    """Names of layers by the rule, with its grade, that they follow."""
    names: dict[str, list[str]] = {}
    for layer in layers:
        if layer[key] is not None:
            names.setdefault(layer[key], []).append(layer["name"])
    return names


def _core_table(runs: list[dict[str, Any]]) -> Table:
    table = Table(title="How full each core is (estimate, R5 (A))")
    for heading in ("core", "layer", "words", "", "memory"):
        table.add_column(heading, justify="right" if heading in ("words", "memory") else "left")
    for run in runs:
        first, last, share = run["first_core"], run["last_core"], run["memory_fraction"]
        table.add_row(
            f"{first}" if first == last else f"{first}-{last}",
            escape(run["layer"]),
            f"{run['words']['total']:,}",
            Bar(1.0, 0.0, min(share, 1.0), width=24),
            f"{100 * share:.1f} %",
        )
    return table


def _show_estimates(console: Console, found: dict[str, Any]) -> None:
    dynamic, total = found["dynamic_energy_uj"], found["total_energy_uj"]
    watts = " to ".join(f"{value:g}" for value in dict.fromkeys(found["static_watts"]))
    lines = [
        f"time of a step: about {found['time_us']:.4g} us, set by {found['bound_by']} of "
        f"{found['busiest_layer']}",
        f"  {found['basis']['time_us']}",
        f"dynamic energy of a step: {dynamic[0]:.3g} to {dynamic[1]:.3g} uJ",
        f"  {found['basis']['dynamic_energy_uj']}",
        f"with static power of {watts} W: {total[0]:.3g} to {total[1]:.3g} uJ",
    ]
    console.print("\n[bold]Estimates[/]")
    for line in lines:
        console.print(line, markup=False)


def _show_sample(console: Console, mode: str, found: dict[str, Any]) -> None:
    time, energy = found["time_us"], found["total_energy_uj"]
    learning, learned = found["learning_us"], found["learning_energy_uj"]
    basis, host = found["basis"], found["host_us"]
    kind = "training sample" if learning[1] else "sample"
    steps = "1 time step" if found["steps"] == 1 else f"{found['steps']} time steps"
    lines = [
        f"{steps} a sample, {found['latency_steps']} to its answer: {basis['workload']}",
        f"time: {_range(time)} us; {basis['steps']}",
        f"energy: {_range(energy)} uJ, {_range(found['dynamic_energy_uj'])} uJ of it dynamic",
    ]
    if learning[1]:
        lines.append(
            f"of these the learning phase: {_range(learning)} us, {_range(learned)} uJ; "
            f"{basis['learning']}"
        )
    milliseconds = _range([1e-3 * value for value in host])
    lines.append(f"host, if all values came from Python: {milliseconds} ms; {basis['host']}")
    lines += [
        f"published: {row['energy_uj'] / 1e3:g} mJ and {row['time_us'] / 1e3:g} ms: {row['what']} "
        f"({row['source']})"
        for row in found["published"]
    ]
    console.print(f"\n[bold]One {kind}[/], mode {mode}")
    for line in lines:
        console.print(line, markup=False)


def _range(bounds: list[float]) -> str:
    return f"{bounds[0]:.3g} to {bounds[1]:.3g}"


def _link_table(links: list[dict[str, Any]]) -> Table:
    table = Table(title="Host links")
    for heading in ("what", "layer", "direction", "values a sample", "messages a step"):
        table.add_column(heading, justify="right" if " a s" in heading else "left")
    for link in links:
        table.add_row(
            escape(link["name"]),
            escape(link["process"]),
            link["direction"],
            f"{link['values_per_sample']:,}",
            f"{link['messages_per_step']:,.1f}",
        )
    return table


def _sentence(violation: dict[str, Any]) -> str:
    words = " words of a core" if violation["limit"] in CORE_LIMITS else ""
    return (
        f"{violation['layer']}: {violation['limit']}: {violation['value']:,} of "
        f"{violation['allowed']:,}{words}; smallest change: {violation['change']}"
    )
