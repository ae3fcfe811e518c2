"""What a person sees while a network trains: a bar a network, then the result."""

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from lava_ib.experiment.variants import TITLES


class TrainingDisplay:
    """Progress bars on standard error, the result on standard output."""

    def __init__(self) -> None:
        self.progress = Progress(
            TextColumn("{task.description:<29}"),
            BarColumn(bar_width=24),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[rate]:>7.0f} samples/s"),
            TextColumn("running accuracy {task.fields[accuracy]:.3f}"),
            TimeRemainingColumn(compact=True),
            console=Console(stderr=True),
        )
        self.tasks: dict[str, TaskID] = {}

    def __enter__(self) -> "TrainingDisplay":
        self.progress.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.progress.stop()

    def show(self, event: dict[str, Any]) -> None:
        """Show an event of a training run."""
        title = _title(event["variant"])
        if "seed" in event:
            title = f"seed {event['seed']}: {title}"
        if event["event"] == "progress":
            self._advance(title, event)
        elif event["event"] == "compiled" and event["seconds"] > 1.0:
            self._say(f"compiled in {event['seconds']:.0f} s; the machine code is kept")
        elif event["event"] == "scaled" and event["variant"] == "learned":
            self._say(
                f"{title}: inputs times {event['input_scale']:.4g} are 7 bits; membranes need "
                f"{_listed(event['membrane_bits'])} of 23 bits at weight_exp "
                f"{_listed(event['weight_exp'])}{_others(event)}"
            )
        elif event["event"] == "epoch" and event["variant"] == "learned":
            self._say(
                f"{title}, epoch {event['epoch']}/{event['epochs']}: train accuracy "
                f"{event['train_accuracy']:.4f}, test accuracy {event['test_accuracy']:.4f}"
            )
            if event["epoch"] == event["epochs"] and event.get("saturated"):
                self._say(f"{title}: cut off at a limit: {_counts(event['saturated'])}")

    def _advance(self, title: str, event: dict[str, Any]) -> None:
        if title not in self.tasks:
            self.tasks[title] = self.progress.add_task(
                title, total=event["total"], rate=0.0, accuracy=0.0
            )
        self.progress.update(
            self.tasks[title],
            completed=event["samples"],
            rate=event["samples_per_second"],
            accuracy=event["running_accuracy"],
        )

    def _say(self, text: str) -> None:
        self.progress.console.print(text, highlight=False)

    def conclude(self, summary: dict[str, Any]) -> None:
        """Print the result beside its controls; the last line is the test accuracy."""
        seeds = len(summary.get("seeds", [0]))
        deviation = f" ± {summary['test_accuracy_std']:.4f}" if seeds > 1 else ""
        title = f"backend {summary['backend']}"
        if seeds > 1:
            title += f", mean of {seeds} seeds"
        table = Table("", "test accuracy", title=title)
        table.add_row("network", f"{summary['test_accuracy']:.4f}{deviation}")
        for variant, accuracy in summary["controls"].items():
            table.add_row(_title(variant), f"{accuracy:.4f}")
        Console().print(table)
        report = "seed-*/report.html" if "seeds" in summary else "report.html"
        print(f"report: {Path(summary['run']) / report}")
        print(f"test accuracy: {summary['test_accuracy']:.3f}")


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers)) or "none"


def _others(scaled: dict[str, Any]) -> str:
    """Exponents of memories without prototypes."""
    names = [name for name in ("drive_exp", "modulator_exp") if name in scaled]
    return "".join(f", {name} {_listed(scaled[name])}" for name in names)


def _counts(saturated: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,} times" for name, count in saturated.items())


def _title(variant: str) -> str:
    return TITLES[variant] if variant == "learned" else f"control: {TITLES[variant]}"
