"""What a person sees while a network trains: a bar a network, then the result."""

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

_TITLES = {
    "learned": "network",
    "frozen": "control: frozen hidden layers",
    "linear": "control: linear readout",
}


class TrainingDisplay:
    """Progress bars on standard error, the result on standard output."""

    def __init__(self) -> None:
        self.console = Console(stderr=True)
        self.progress = Progress(
            TextColumn("{task.description:<29}"),
            BarColumn(bar_width=24),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[rate]:>7.0f} samples/s"),
            TextColumn("running accuracy {task.fields[accuracy]:.3f}"),
            TimeRemainingColumn(compact=True),
            console=self.console,
        )
        self.tasks: dict[str, TaskID] = {}

    def __enter__(self) -> "TrainingDisplay":
        self.progress.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.progress.stop()

    def show(self, event: dict[str, Any]) -> None:
        """Show an event of a training run."""
        variant = event["variant"]
        if event["event"] == "progress":
            if variant not in self.tasks:
                self.tasks[variant] = self.progress.add_task(
                    _TITLES[variant], total=event["total"], rate=0.0, accuracy=0.0
                )
            self.progress.update(
                self.tasks[variant],
                completed=event["samples"],
                rate=event["samples_per_second"],
                accuracy=event["running_accuracy"],
            )
        elif event["event"] == "compiled":
            if event["seconds"] > 1.0:
                self.progress.console.print(
                    f"compiled in {event['seconds']:.0f} s; the machine code is kept",
                    highlight=False,
                )
        elif event["event"] == "epoch" and variant == "learned":
            self.progress.console.print(
                f"epoch {event['epoch']}/{event['epochs']}: train accuracy "
                f"{event['train_accuracy']:.3f}, test accuracy {event['test_accuracy']:.3f}",
                highlight=False,
            )

    def conclude(self, summary: dict[str, Any]) -> None:
        """Print the result beside its controls; the last line is the test accuracy."""
        out = Console()
        table = Table("", "test accuracy", title=f"backend {summary['backend']}")
        table.add_row("network", f"{summary['test_accuracy']:.3f}")
        for variant, accuracy in summary["controls"].items():
            table.add_row(_TITLES[variant], f"{accuracy:.3f}")
        out.print(table)
        print(f"report: {Path(summary['run']) / 'report.html'}")
        print(f"test accuracy: {summary['test_accuracy']:.3f}")
