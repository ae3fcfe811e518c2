"""The command line: ``lava-ib``, one file a command."""

import sys

import typer
from typer.exceptions import Abort, TyperException

from lava_ib.cli.baseline import baseline
from lava_ib.cli.bundle import bundle
from lava_ib.cli.compare import compare
from lava_ib.cli.data import data
from lava_ib.cli.deploy import deploy
from lava_ib.cli.doctor import doctor
from lava_ib.cli.evaluate import evaluate
from lava_ib.cli.export import export
from lava_ib.cli.fidelity import fidelity
from lava_ib.cli.inspect import inspect
from lava_ib.cli.paper import paper
from lava_ib.cli.pretrain import pretrain
from lava_ib.cli.sweep import sweep
from lava_ib.cli.train import train
from lava_ib.errors import InputError
from lava_ib.inspection.isolation import InspectionError
from lava_ib.lava_runtime import SimulationError

_INTERRUPTED = 130

app = typer.Typer(
    name="lava-ib",
    help="Learning with the information bottleneck on Intel's Lava and Loihi 2.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
)
_COMMANDS = (
    train,
    evaluate,
    compare,
    pretrain,
    fidelity,
    inspect,
    export,
    deploy,
    bundle,
    doctor,
    sweep,
    paper,
    baseline,
)
for command in _COMMANDS:
    app.command()(command)
app.add_typer(data, name="data")


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
    resumed = (command.__name__ for command in _COMMANDS if "resume" in command.__annotations__)
    goes_on = sys.argv[1:2] and sys.argv[1] in resumed
    return "interrupted; a training run goes on with --resume" if goes_on else "interrupted"


def _fail(message: str, code: int) -> int:
    if message:  # there is none where the help was printed instead
        print(f"lava-ib: {message}", file=sys.stderr)
    return code
