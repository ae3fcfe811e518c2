"""A child process group that can be ended from outside, whatever happens inside it.

The worker runs Lava in a session of its own. It reports events, one JSON object a line,
through a pipe, and holds the other end of a lifeline: when the supervisor is killed, the
worker notices and ends its whole group. The tracker of its shared memory stays outside that
group and outlives it: it removes what the group can no longer remove.
"""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from typing import Any

import psutil

from lava_ib.errors import InputError
from lava_ib.experiment.run_folder import RunFolder
from lava_ib.lava_runtime import SimulationError

Event = dict[str, Any]
_SILENT_SECONDS = 30.0
_POLL_SECONDS = 0.5


def supervise(
    run: RunFolder,
    task: str,
    arguments: dict[str, Any],
    on_event: Callable[[Event], None] = lambda event: None,
    stop: threading.Event | None = None,
) -> Event:
    """Run a task in a worker process group and wait for its end.

    Parameters
    ----------
    run : RunFolder
    task : str
        What :mod:`lava_ib.experiment.worker` is to do: ``train``, or ``module:function``. The
        function receives the run folder, a function that reports events, and the arguments.
    arguments : dict
        Of the task; values of JSON.
    on_event : callable
        Receives every event but the last.
    stop : threading.Event, optional
        Asks for the same end as Ctrl-C, for runs that are supervised from other threads.

    Returns
    -------
    dict
        The last event, ``done``, whose ``result`` is what the task returned.

    Raises
    ------
    InputError
        If the worker refused its input.
    KeyboardInterrupt
        After Ctrl-C, once the worker has written a checkpoint; a second Ctrl-C does not wait.
    SimulationError
        If the run failed.
    """
    # A short path: sockets below it may have names of no more than 107 bytes.
    scratch = tempfile.mkdtemp(prefix="lava_ib-")
    events_in, events_out = os.pipe()
    with run.log_file.open("ab") as log:
        worker = subprocess.Popen(
            [sys.executable, "-m", "lava_ib.experiment.worker", str(events_out)],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            pass_fds=[events_out],
            # A dozen processes share few cores: threads inside each would only get in the way.
            env={
                **os.environ,
                "TMPDIR": scratch,
                "OPENBLAS_NUM_THREADS": "1",
                "OMP_NUM_THREADS": "1",
                "MKL_NUM_THREADS": "1",
            },
        )
    os.close(events_out)
    try:
        assert worker.stdin is not None
        given = {"run": str(run.path), "scratch": scratch, "task": task, "arguments": arguments}
        worker.stdin.write(json.dumps(given).encode() + b"\n")
        worker.stdin.flush()
        with os.fdopen(events_in, "rb", buffering=0) as pipe:
            return _follow(worker, pipe.fileno(), run, on_event, stop)
    finally:
        end_group(worker.pid)
        worker.kill()  # it may not have formed its group yet
        worker.wait()
        if worker.stdin is not None:
            worker.stdin.close()
        shutil.rmtree(scratch, ignore_errors=True)


def _follow(
    worker: "subprocess.Popen[bytes]",
    pipe: int,
    run: RunFolder,
    on_event: Callable[[Event], None],
    stop: threading.Event | None,
) -> Event:
    interrupted = False
    pending = b""
    heard = time.monotonic()
    while True:
        try:
            if stop is not None and stop.is_set() and not interrupted:
                raise KeyboardInterrupt
            ended = worker.poll() is not None  # asked before the last look into the pipe
            if select.select([pipe], [], [], 0.0 if ended else _POLL_SECONDS)[0]:
                heard = time.monotonic()
                received = os.read(pipe, 65536)
                if not received:
                    break
                *lines, pending = (pending + received).split(b"\n")
                for event in map(json.loads, lines):
                    if event["event"] == "done":
                        return event
                    _raise_if_last(event)
                    if event["event"] != "alive":
                        on_event(event)
            elif ended:
                break
            elif time.monotonic() - heard > _SILENT_SECONDS:
                raise SimulationError(f"the worker has been silent for {_SILENT_SECONDS:g} s")
        except KeyboardInterrupt:
            if interrupted or worker.poll() is not None:
                raise
            interrupted = True
            worker.terminate()  # asks it to write a checkpoint and end
    if interrupted:
        raise KeyboardInterrupt
    raise SimulationError(
        f"the worker ended with exit code {worker.wait()}; its output is in {run.log_file}"
    )


def _raise_if_last(event: Event) -> None:
    if event["event"] == "input_error":
        raise InputError(event["message"])
    if event["event"] == "failed":
        raise SimulationError(event["message"])
    if event["event"] == "interrupted":
        raise KeyboardInterrupt


def end_group(group: int) -> None:
    """Kill a process group and wait for its end."""
    members = [process for process in psutil.process_iter() if _group_of(process) == group]
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return  # all have ended
    psutil.wait_procs([process for process in members if process.pid != os.getpid()], timeout=5)


def _group_of(process: psutil.Process) -> int | None:
    try:
        return os.getpgid(process.pid)
    except ProcessLookupError:
        return None
