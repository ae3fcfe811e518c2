"""What the documentation says can be followed: links, commands, code, tables."""

import importlib.util
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import lava_ib

pytest.importorskip("lava", reason="commands and tables are those of the whole toolkit")

REPOSITORY = Path(__file__).resolve().parents[1]
PAGES = sorted([*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").glob("*.md")])
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
DEPLOY = (REPOSITORY / "docs" / "deploy.md").read_text(encoding="utf-8")
RUNNING = (REPOSITORY / "docs" / "running.md").read_text(encoding="utf-8")

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def links(page: Path) -> list[str]:
    """Targets of links and pictures inside the repository."""
    found = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    return [target for target in found if "://" not in target]


def anchors(page: Path) -> set[str]:
    """Names that GitHub gives to a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def commands(text: str) -> list[str]:
    """Every `lava-ib` command of a page that stands on a line, or in a code span, of its own."""
    found = re.findall(r"^    (lava-ib .+)$|`(lava-ib [^`]+)`", text, flags=re.MULTILINE)
    lines = [line or span for line, span in found]
    return [line for line in lines if "[" not in line]  # that is a synopsis


@pages
def test_links_lead_somewhere(page):
    for link in links(page):
        file, _, anchor = link.partition("#")
        target = page.parent / file if file else page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


def test_every_page_of_the_docs_is_linked_from_the_readme():
    linked = {REPOSITORY / link.partition("#")[0] for link in links(REPOSITORY / "README.md")}
    assert {page for page in PAGES if page.parent.name == "docs"} <= linked


@pytest.mark.parametrize(
    "command", sorted({*commands(README), *commands(RUNNING), *commands(DEPLOY)})
)
def test_command_parses(command):
    from typer.main import get_command

    from lava_ib.cli import app

    _, name, *arguments = shlex.split(command)
    known = get_command(app).get_command(None, name)
    assert known is not None
    context = known.make_context(name, arguments)
    config = context.params.get("config")
    assert config is None or (REPOSITORY / config).is_file()


def test_every_command_and_option_is_in_the_docs():
    from typer.main import get_command

    from lava_ib.cli import app

    group = get_command(app)
    for name in group.list_commands(None):
        command = group.get_command(None, name)
        assert f"    lava-ib {name}" in RUNNING
        options = [option for parameter in command.params for option in parameter.opts]
        assert [option for option in options if option[0] == "-" and option not in RUNNING] == []


def test_config_tables_are_those_of_the_code():
    path = REPOSITORY / "docs" / "config_table.py"
    spec = importlib.util.spec_from_file_location("config_table", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.filled(RUNNING) == RUNNING, "run python docs/config_table.py"


def test_every_config_key_has_a_row():
    config = lava_ib.make_config({})
    keys = [
        f"{section}.{key}"
        for section in ("data", "network", "learning", "memory", "readout", "training")
        for key in vars(getattr(config, section))
        if key != "kind"
    ]
    assert len(keys) > 20
    assert [key for key in [*keys, "seed", "backend"] if f"| `{key}` |" not in RUNNING] == []


def test_every_backend_has_a_row_in_the_readme():
    from lava_ib.backends import BACKENDS

    assert [name for name in BACKENDS if f"\n| `{name}` |" not in README] == []


def test_summary_and_run_folder_are_described():
    from lava_ib.experiment.run_folder import RunFolder

    files = [path.name for path in vars(RunFolder(Path("run"))).values() if path.suffix]
    assert files
    assert [name for name in files if f"`{name}`" not in RUNNING] == []


def test_what_the_chip_model_reproduces_is_what_the_docs_say():
    from lava_ib.hardware.validation import compare_all, summary

    found = summary(compare_all())
    exact = f"{found['reproduced']} of {found['rows']}"
    assert f"{exact} printed rows exactly, {found['partial']} of them" in README
    assert f"    {exact} rows reproduced exactly\n" in DEPLOY
    assert f"    {found['partial']} of them have cells" in DEPLOY
    within = f"{found['estimates_within_bounds']} of {found['estimates']}"
    assert f"    {within} estimates within their bounds" in DEPLOY


def test_the_layers_in_the_docs_fit_and_each_key_is_described():
    from lava_ib.hardware.layer_file import KEYS, layers_from
    from lava_ib.hardware.summary import dry_run

    (example,) = re.findall(r"^```json\n(.*?)^```", DEPLOY, re.DOTALL | re.M)
    found = dry_run(layers_from(json.loads(example)))
    assert found["violations"] == []
    parts = [found, *(found[name][0] for name in ("layers", "per_core")), found["estimates"]]
    described = [*KEYS, *(key for part in parts for key in part)]
    assert [key for key in described if f"`{key}`" not in DEPLOY] == []


@pytest.mark.slow
@pytest.mark.parametrize("code", re.findall(r"^```python\n(.*?)^```", README, re.DOTALL | re.M))
def test_code_in_the_readme_runs(code, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY), prepend=os.pathsep)
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    (summary,) = tmp_path.glob("runs/*/summary.json")
    assert [key for key in json.loads(summary.read_text()) if f"`{key}`" not in RUNNING] == []
