"""What :func:`lava_ib.inspect` returns: a graph that can be saved and that a notebook draws."""

from pathlib import Path

from lava_ib.files import replace_file
from lava_ib.inspection.formats import FORMATS, format_of
from lava_ib.inspection.formats.svg import to_svg
from lava_ib.inspection.graph import Graph


class ShownGraph(Graph):
    """A :class:`~lava_ib.inspection.graph.Graph` that knows the formats."""

    def save(self, path: Path | str) -> None:
        """Write a file in the format of its name: .txt, .json, .mmd, .svg or .html.

        Raises
        ------
        InputError
            If the name stands for no format.
        """
        text = FORMATS[format_of(Path(path))](self)
        replace_file(Path(path), text.encode())

    def _repr_html_(self) -> str:
        """Picture for a notebook."""
        return to_svg(self)
