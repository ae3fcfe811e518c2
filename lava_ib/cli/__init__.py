"""The command line: ``lava-ib``, one file a command."""

import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.exceptions import Abort, TyperException

from lava_ib.errors import InputError
from lava_ib.inspection.isolation import InspectionError
from lava_ib.lava_runtime import SimulationError

_INTERRUPTED = 130

_NAMES = (
    "train",
    "evaluate",
    "compare",
    "pretrain",
    "fidelity",
    "inspect",
    "export",
    "deploy",
    "bundle",
    "doctor",
    "sweep",
    "paper",
    "baseline",
    "data",
)


class _Commands(TyperGroup):
    """Imports a command's module, of the command's name, when it is asked for.

    All together take two seconds to import, which no command should wait for.
    """

    def list_commands(self, ctx: Any) -> list[str]:
        return list(_NAMES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        # For a name that is none, all: typer looks among them for what was meant.
        for name in [cmd_name] if cmd_name in _NAMES else _NAMES:
            self.commands[name] = self.commands.get(name) or _load(name)
        return super().get_command(ctx, cmd_name)


def _load(name: str) -> Any:
    found = getattr(import_module(f"lava_ib.cli.{name}"), name)
    if isinstance(found, typer.Typer):
        return typer.main.get_command(found)
    alone = typer.Typer(add_completion=False, rich_markup_mode="rich")
    alone.command()(found)
    return typer.main.get_command(alone)


app = typer.Typer(
    name="lava-ib",
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
)


@app.callback()
def _program() -> None:
    """Learning with the information bottleneck on Intel's Lava and Loihi 2."""


def main() -> None:
    """Run the command line; exit code 0: done, 1: a run failed, 2: bad input."""
    try:
        code = app(standalone_mode=False)
        if code == _INTERRUPTED:  # typer has turned Ctrl-C into this
            code = _fail(_interruption(), code)
    except InputError as error:
        code = _fail(str(error), 2)
    except TyperException as error:
        code = _fail(error.format_message(), 2)  # which names the option, unlike str
    except (SimulationError, InspectionError) as error:
        code = _fail(str(error), 1)
    except (KeyboardInterrupt, Abort):
        code = _fail(_interruption(), _INTERRUPTED)
    sys.exit(code or 0)


def _interruption() -> str:
    if sys.argv[1:2] and sys.argv[1] in _NAMES:
        parameters = _load(sys.argv[1]).params
        if any(parameter.name == "resume" for parameter in parameters):
            return "interrupted; a training run goes on with --resume"
    return "interrupted"


def _fail(message: str, code: int) -> int:
    if message:  # there is none where the help was printed instead
        print(f"lava-ib: {message}", file=sys.stderr)
    return code
