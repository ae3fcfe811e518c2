"""A graph as text, JSON, Mermaid, SVG or a page: one file a format."""

from collections.abc import Callable
from pathlib import Path

from lava_ib.errors import InputError
from lava_ib.inspection.formats.html import to_html
from lava_ib.inspection.formats.json import to_json
from lava_ib.inspection.formats.mermaid import to_mermaid
from lava_ib.inspection.formats.svg import to_svg
from lava_ib.inspection.formats.text import to_text
from lava_ib.inspection.graph import Graph

FORMATS: dict[str, Callable[[Graph], str]] = {
    "text": to_text,
    "json": to_json,
    "mermaid": to_mermaid,
    "svg": to_svg,
    "html": to_html,
}
_SUFFIXES = {".txt": "text", ".json": "json", ".mmd": "mermaid", ".svg": "svg", ".html": "html"}


def format_of(path: Path) -> str:
    """Name of the format that a file's name stands for.

    Raises
    ------
    InputError
        If it stands for none.
    """
    if path.suffix not in _SUFFIXES:
        raise InputError(f"{path}: the name of a format ends in {', '.join(_SUFFIXES)}")
    return _SUFFIXES[path.suffix]
