"""The tables of config keys in docs/running.md, made from the classes that check a config.

`python docs/config_table.py` writes them into the page; `tests/test_docs.py` fails when the page
and the classes differ.
"""

import dataclasses
import re
import types
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import (
    Annotated,
    Any,
    ClassVar,
    Literal,
    NamedTuple,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from annotated_types import Ge, Gt, Le, Lt, MinLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from lava_ib.experiment.config import Config
from lava_ib.rule.geometry import Convolution
from lava_ib.rule.memory import Memory

PAGE = Path(__file__).with_name("running.md")
BEGIN, END = "<!-- config keys -->", "<!-- end of config keys -->"
_BOUNDS = {Ge: ("ge", "at least"), Gt: ("gt", "over"), Le: ("le", "at most"), Lt: ("lt", "under")}


class Row(NamedTuple):
    """One key of a config file."""

    key: str
    default: str
    allowed: str
    meaning: str


def sections() -> Iterator[tuple[str, list[Row]]]:
    """Go through a config's sections, each with a title; a memory's keys depend on its kind."""
    hints = get_type_hints(Config, include_extras=True)
    nested = [name for name, value in Config() if is_section(value)]
    default = Config().memory
    yield "Top level", list(keys_of(Config, "", skip=nested))
    for name in nested:
        if name == "memory":
            default_first = sorted(get_args(Memory), key=lambda cls: cls is not type(default))
            for member in default_first:
                title = f'`[memory]` with `kind = "{member().kind}"`'
                yield title, list(keys_of(member, "memory.", skip=["kind"]))
        else:
            yield f"`[{name}]`", list(keys_of(hints[name], f"{name}."))
        if name == "network":
            yield "`[[network.convolutions]]`, one a layer", list(keys_of(Convolution, ""))


def is_section(value: Any) -> bool:
    """Whether a default is a table of its own."""
    return isinstance(value, BaseModel) or dataclasses.is_dataclass(value)


def keys_of(cls: type, prefix: str, skip: Sequence[str] = ()) -> Iterator[Row]:
    """One row a field."""
    needed = {"channels": 1} if cls is Convolution else {}
    default, meanings = cls(**needed), meanings_of(cls)
    for name, hint in get_type_hints(cls, include_extras=True).items():
        hidden = name == "model_config" or name.startswith("_") or hint is ClassVar
        if name not in skip and not hidden:
            value = "needed" if name in needed else value_of(getattr(default, name))
            yield Row(prefix + name, value, allowed(hint), meanings[name])


def meanings_of(cls: type) -> dict[str, str]:
    """Read the attributes out of a class's numpy docstring."""
    meanings: dict[str, str] = {}
    names: list[str] = []
    for line in re.split(r"-----+\n", cls.__doc__)[1].splitlines():
        if line.startswith("     "):
            for name in names:
                meanings[name] = f"{meanings.get(name, '')} {line.strip()}".strip()
        else:
            names = line.split(" :")[0].strip().split(", ")
    return {name: markdown(text) for name, text in meanings.items()}


def markdown(text: str) -> str:
    """Turn a docstring's markup into a table cell's."""
    return re.sub(r":\w+:`", "`", text.replace("``", "`")).replace("|", r"\|")


def value_of(default: Any) -> str:
    """Write a value as TOML does."""
    if default is None:
        return "none"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, tuple):
        return f"`[{', '.join(value_of(item).strip('`') for item in default)}]`"
    return f'`"{default}"`' if isinstance(default, str) else f"`{default!r}`"


def allowed(hint: Any) -> str:
    """Say which values a type stands for."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        bounds = [bound for item in arguments[1:] for bound in bounds_of(item)]
        return ", ".join([allowed(arguments[0]), *bounds])
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in arguments)
    if origin in (Union, types.UnionType):
        return f"{allowed(arguments[0])}, or absent"
    if origin is tuple:
        return f"list of: {allowed(arguments[0])}"
    if hint is Convolution:
        return "tables, see below"
    return {int: "whole number", float: "number", bool: "`true`, `false`", str: "text"}[hint]


def bounds_of(item: Any) -> list[str]:
    """Say what a piece of an annotation limits."""
    if isinstance(item, FieldInfo):
        return [bound for piece in item.metadata for bound in bounds_of(piece)]
    if isinstance(item, MinLen):
        return [f"{item.min_length} or more of them"]
    for kind, (attribute, word) in _BOUNDS.items():
        if isinstance(item, kind):
            return [f"{word} {getattr(item, attribute)}"]
    return []


def tables() -> str:
    """Return one Markdown table a section."""
    lines = []
    for title, rows in sections():
        lines += [f"### {title}", "", "| key | default | allowed | meaning |"]
        lines += ["| --- | --- | --- | --- |"]
        lines += [f"| `{row.key}` | {' | '.join(row[1:])} |" for row in rows]
        lines.append("")
    return "\n".join(lines)


def filled(page: str) -> str:
    """Return the page with its tables made anew."""
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}\n\n{tables()}\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
