"""The cores of a chip and how full they are, as one picture."""

from pathlib import Path
from typing import Any

from lava_ib.errors import InputError
from lava_ib.files import whole_file

_ROWS = 8
_SIDE = 0.9
_FORMATS = (".svg", ".png", ".pdf")


def save_picture(found: dict[str, Any], path: Path) -> None:
    """Draw each core as a box, filled from below by the share of its memory in use.

    Parameters
    ----------
    found : dict
        Of :func:`lava_ib.hardware.summary.dry_run`.
    path : Path
        Its suffix is the format: ``.svg``, ``.png`` or ``.pdf``.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    if path.suffix not in _FORMATS:
        raise InputError(f"--picture {path}: expected a name that ends in {', '.join(_FORMATS)}")
    # Here and not above: matplotlib takes a second to import.
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    cores = max(found["cores"], found["user_cores"])
    columns = -(-cores // _ROWS)
    colours = {layer["name"]: f"C{number}" for number, layer in enumerate(found["layers"])}
    figure = Figure(figsize=(0.55 * columns + 0.6, 0.55 * _ROWS + 1.4), layout="constrained")
    axes = figure.add_subplot(aspect="equal", xticks=[], yticks=[], frame_on=False)
    axes.set(xlim=(0, columns), ylim=(_ROWS, 0))

    def box(x: float, y: float, height: float, **style: Any) -> None:
        axes.add_patch(Rectangle((x, y), _SIDE, height, **style))

    for core in range(cores):
        edge = "0.6" if core < found["user_cores"] else "red"
        box(*_corner(core), _SIDE, fill=False, edgecolor=edge, linewidth=0.6)
    for run in found["per_core"]:
        height = _SIDE * min(run["memory_fraction"], 1.0)
        for core in range(run["first_core"], run["last_core"] + 1):
            x, y = _corner(core)
            box(x, y + _SIDE - height, height, facecolor=colours[run["layer"]])
            axes.text(x + 0.45, y + 0.45, str(core), ha="center", va="center", fontsize=6)
    for name in dict.fromkeys(run["layer"] for run in found["per_core"]):
        axes.plot([], [], "s", color=colours[name], label=name)
    title = f"{found['cores']} of {found['user_cores']} cores; filled: memory in use (estimate)"
    axes.set_title(title, fontsize=9)
    if found["per_core"]:
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, 0), fontsize=7, ncols=4)
    try:
        with whole_file(path) as temporary:
            figure.savefig(temporary, format=path.suffix[1:])
    except OSError as error:
        raise InputError(f"--picture {path}: cannot be written ({error.strerror})") from None


def _corner(core: int) -> tuple[float, float]:
    """Upper left corner of a core: columns of eight; where a core lies on the chip is not known."""
    return core // _ROWS + 0.05, core % _ROWS + 0.05
