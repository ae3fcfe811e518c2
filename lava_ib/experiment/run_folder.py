"""A run's folder: the resolved config, metrics, the checkpoint and the report."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lava_ib.errors import InputError
from lava_ib.experiment.config import Config, load_config
from lava_ib.files import replace_file


def refuse_used(path: Path) -> None:
    """Refuse a folder that something new cannot go to without mixing with what is there.

    Raises
    ------
    InputError
        If it exists and is not empty.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise InputError(
            f"--out {path}: exists and is not empty; choose another folder, "
            "or go on with the run in it by --resume"
        )


class RunFolder:
    """Paths and small files of one run.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.config_file = path / "config.toml"
        self.metrics_file = path / "metrics.jsonl"
        self.checkpoint_file = path / "checkpoint.h5"
        self.report_file = path / "report.html"
        self.summary_file = path / "summary.json"
        self.log_file = path / "worker.log"

    @classmethod
    def create(cls, path: Path, config: Config) -> "RunFolder":
        """Start a new run.

        Raises
        ------
        InputError
            If the folder exists and is not empty, or cannot be made.
        """
        refuse_used(path)
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"--out {path}: cannot be made ({error.strerror})") from None
        run = cls(path)
        replace_file(run.config_file, config.to_toml().encode())
        return run

    @classmethod
    def open(cls, path: Path) -> "RunFolder":
        """Find a run that was started before.

        Raises
        ------
        InputError
            If there is none in this folder.
        """
        run = cls(path)
        if not run.config_file.is_file():
            raise InputError(f"{path}: no run in this folder (it has no config.toml)")
        return run

    def config(self) -> Config:
        """Read the config the run was started with."""
        return load_config(self.config_file)

    def metrics(self) -> list[dict[str, Any]]:
        """Read the record of each epoch, of the result and of its controls."""
        if not self.metrics_file.is_file():
            return []
        try:
            return [json.loads(line) for line in self.metrics_file.read_text().splitlines()]
        except ValueError as error:
            raise InputError(f"{self.metrics_file}: not a file of JSON lines ({error})") from None

    def summary(self) -> dict[str, Any] | None:
        """Read the summary; none before the run is finished."""
        if not self.summary_file.is_file():
            return None
        try:
            found = json.loads(self.summary_file.read_text(encoding="utf-8"))
            found["test_accuracy"] + 0.0
        except (ValueError, LookupError, TypeError) as error:
            raise InputError(f"{self.summary_file}: not a summary ({error})") from None
        return found

    def write_metrics(self, records: Iterable[dict[str, Any]]) -> None:
        """Replace all records."""
        text = "".join(json.dumps(record) + "\n" for record in records)
        replace_file(self.metrics_file, text.encode())
