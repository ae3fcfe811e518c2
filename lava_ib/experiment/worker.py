"""The supervised process: does one task and reports events.

``python -m lava_ib.experiment.worker FD``: the task comes as one line of JSON on standard
input, events leave on the file descriptor FD. When standard input closes, whoever asked
is gone, and the whole process group ends.
"""

import json
import os
import pkgutil
import select
import shutil
import signal
import sys
import threading
import traceback
from contextlib import suppress
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any, TextIO

from lava_ib.errors import InputError
from lava_ib.experiment.run_folder import RunFolder
from lava_ib.experiment.summary import write_results
from lava_ib.experiment.supervision import end_group
from lava_ib.experiment.training import Interrupted, Training
from lava_ib.lava_runtime import SimulationError

_HEARTBEAT_SECONDS = 1.0


class _Worker:
    def __init__(self, events: TextIO) -> None:
        self.events = events
        self.lock = threading.Lock()
        self.stop_requested = False
        self.task = json.loads(os.read(sys.stdin.fileno(), 65536))
        self.run_folder = RunFolder(Path(self.task["run"]))
        signal.signal(signal.SIGTERM, self._request_stop)
        threading.Thread(target=self._hold_lifeline, daemon=True).start()

    def emit(self, event: dict[str, Any]) -> None:
        with self.lock:
            self.events.write(json.dumps(event) + "\n")
            self.events.flush()

    def work(self) -> None:
        try:
            self.emit({"event": "done", "result": self._do_task()})
        except Interrupted:
            self.emit({"event": "interrupted"})
        except InputError as error:
            self.emit({"event": "input_error", "message": str(error)})
        except SimulationError as error:
            self.emit({"event": "failed", "message": str(error)})
        except Exception as error:
            traceback.print_exc()
            message = f"{type(error).__name__}: {error} (see {self.run_folder.log_file})"
            self.emit({"event": "failed", "message": message})

    def _do_task(self) -> Any:
        if self.task["task"] != "train":
            signal.signal(signal.SIGTERM, signal.SIG_DFL)  # nothing to save
            # Named, not imported: some tasks are in packages that import this one.
            do = pkgutil.resolve_name(self.task["task"])
            return do(self.run_folder, self.emit, **self.task["arguments"])
        training = Training(
            self.run_folder.config(),
            self.run_folder,
            self.emit,
            lambda: self.stop_requested,
            **self.task["arguments"],
        )
        training.run()
        return write_results(self.run_folder, training)

    def _request_stop(self, signum: int, frame: object) -> None:
        self.stop_requested = True

    def _hold_lifeline(self) -> None:
        while True:
            if select.select([sys.stdin], [], [], _HEARTBEAT_SECONDS)[0]:
                break  # nothing more is ever sent: the supervisor is gone
            with suppress(BrokenPipeError):  # then standard input closes as well
                self.emit({"event": "alive"})
        shutil.rmtree(self.task["scratch"], ignore_errors=True)
        end_group(os.getpgid(0))


if __name__ == "__main__":
    # Python's tracker removes blocks of shared memory once all who could use them have ended,
    # so it must not end with them: it is started before this process forms a group of its own.
    resource_tracker.ensure_running()
    os.setsid()
    _Worker(os.fdopen(int(sys.argv[1]), "w")).work()
