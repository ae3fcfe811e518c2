"""The rule stands alone: it needs neither Lava nor any other part of the toolkit."""

import ast
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import lava_ib.rule

RULE = Path(lava_ib.rule.__file__).parent
ROOT = RULE.parent.parent
SOURCES = sorted(RULE.rglob("*.py"))


def module_name(source: Path) -> str:
    parts = source.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(source: Path) -> Iterator[str]:
    """Absolute names of all modules that a file imports, wherever in it that happens."""
    package = ".".join(source.relative_to(ROOT).parent.parts)
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield importlib.util.resolve_name("." * node.level + (node.module or ""), package)


def is_outside(name: str) -> bool:
    top = name.split(".")[0]
    return top == "lava" or (top == "lava_ib" and not f"{name}.".startswith("lava_ib.rule."))


@pytest.mark.parametrize("source", SOURCES, ids=module_name)
def test_source_imports_neither_lava_nor_the_rest_of_the_toolkit(source):
    assert [name for name in imported(source) if is_outside(name)] == []


def test_rule_runs_without_lava():
    """In a fresh Python, with an empty package in place of the toolkit's own start."""
    modules = [module_name(source) for source in SOURCES]
    code = f"""
import importlib, sys, types
toolkit = types.ModuleType("lava_ib")
toolkit.__path__ = [{str(RULE.parent)!r}]
sys.modules.update({{"lava_ib": toolkit, "lava": None}})
for name in {modules!r}:
    importlib.import_module(name)
print(*(name for name in sys.modules if name.startswith(("lava.", "lava_ib."))))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert sorted(done.stdout.split()) == modules
