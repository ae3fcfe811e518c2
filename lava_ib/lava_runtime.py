"""Lava's runtime with the ends that Lava leaves open: failures, stalls, leftovers.

Lava 0.10 was the last release, so what is private in it stays as it is. This module and
:mod:`lava_ib.inspection.expansion`, which finds Processes as the compiler does, reach into it.
"""

import faulthandler
import gc
import logging
import os
import re
import signal
import tempfile
import time
from contextlib import suppress
from itertools import takewhile
from multiprocessing import resource_tracker
from typing import Any

from lava.magma.core.process.process import AbstractProcess, LogConfig, ProcessServer
from lava.magma.core.process.variable import VarServer
from lava.magma.core.run_conditions import RunSteps
from lava.magma.core.run_configs import RunConfig
from lava.magma.runtime.mgmt_token_enums import MGMT_RESPONSE, enum_equal

_PHASES = {
    "build": "construction",
    "_spike": "spiking phase",
    "_pre_mgmt": "pre-learning management phase",
    "_lrn": "learning phase",
    "_post_mgmt": "post-learning management phase",
    "_run_async": "asynchronous run",
}
# Garbage collectors of actors leave alone what they inherit: they would write to each object, and
# each page written to is copied.
os.register_at_fork(after_in_child=gc.freeze)

_FRAME = re.compile(r'File "([^"]+)", line (\d+),? in (\w+)')
_POLL_SECONDS = 0.01
_REPORT_SECONDS = 1.0


class SimulationError(RuntimeError):
    """A network failed while it ran; the message names process, phase and cause."""


class LavaRuntime:
    """Runs a Process and everything connected to it under a run config.

    Parameters
    ----------
    process : AbstractProcess
    run_config : RunConfig
    """

    def __init__(self, process: AbstractProcess, run_config: RunConfig) -> None:
        self.process = process
        self.run_config = run_config
        self._running = False
        self._stopped = False
        self._stacks = tempfile.TemporaryFile(mode="w+")  # noqa: SIM115

    def start(self, condition: RunSteps) -> None:
        """Compile at the first call, then run without blocking."""
        if self.process.runtime is None:
            # Inherited by the actors, which fork now: on the signal each writes where it
            # stands, even while it waits for a message.
            faulthandler.register(signal.SIGUSR1, file=self._stacks, all_threads=False)
        self._running = True
        # Inherited as well: Ctrl-C, which a terminal sends to all of a group, is for us to answer.
        # Python's tracker would let it through again when Lava's shared memory starts it.
        resource_tracker.ensure_running()
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self.process.run(condition, self.run_config)
        except Exception as error:
            runtime = self.process.runtime
            if runtime is not None and runtime._messaging_infrastructure is not None:
                # Lava may hear of it a moment before the actor's own report arrives.
                deadline = time.monotonic() + _REPORT_SECONDS
                while time.monotonic() < deadline:
                    self._raise_failure()
                    time.sleep(_POLL_SECONDS)
            self._kill()
            raise SimulationError(f"{type(error).__name__} while starting: {error}") from error
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)

    def finished(self) -> bool:
        """Whether the run has ended; raises :class:`SimulationError` if a model failed."""
        self._raise_failure()
        ports = self.process.runtime.service_to_runtime
        if not all(port.probe() for port in ports):
            return False
        if any(enum_equal(port.peek(), MGMT_RESPONSE.ERROR) for port in ports):
            # The service reports before the model's own exception arrives.
            time.sleep(_POLL_SECONDS)
            return False
        self.process.wait()
        self._running = False
        return True

    def fail_stalled(self, seconds: float) -> None:
        """End a run that makes no progress, saying where each of its processes stands."""
        lines = []
        for name, actor in self._actors():
            start = self._stacks.seek(0, os.SEEK_END)
            os.kill(actor.pid, signal.SIGUSR1)
            time.sleep(0.05)
            self._stacks.seek(start)
            lines.append(f"  {name}: {_place(self._stacks.read())}")
        self._kill()
        raise SimulationError(f"no progress for {seconds:g} s\n" + "\n".join(lines))

    def stop(self, at_once: bool = False) -> None:
        """Stop the network; a second call, or one after a failure, does nothing.

        Parameters
        ----------
        at_once : bool
            Do not wait for the network's own end, as after Ctrl-C.
        """
        if self._stopped:
            return
        if self.process.runtime is None:
            self._release()
        elif at_once or self._running or self._an_actor_ended():
            self._kill()  # Lava's stop would wait for an answer that may never come
        else:
            self.process.stop()
            self._release()

    def _an_actor_ended(self) -> bool:
        return any(actor.exitcode is not None for _, actor in self._actors())

    def _actors(self) -> list[tuple[str, Any]]:
        runtime = self.process.runtime
        names = [process.name for process in runtime._executable.proc_builders]
        actors = runtime._messaging_infrastructure.actors
        names += ["runtime service"] * (len(actors) - len(names))
        return list(zip(names, actors, strict=False))  # fewer where the start failed

    def _raise_failure(self) -> None:
        actors = self._actors()
        if all(actor.exception is None and actor.exitcode is None for _, actor in actors):
            return
        # When one fails, Lava may end others before the exception arrives.
        deadline = time.monotonic() + _REPORT_SECONDS
        while all(actor.exception is None for _, actor in actors) and not any(
            actor.exitcode for _, actor in actors
        ):
            if time.monotonic() > deadline:
                break
            time.sleep(_POLL_SECONDS)
        name, cause = _first_failure(actors)
        self._kill()
        raise SimulationError(f"process {name} failed {cause}")

    def _kill(self) -> None:
        """End the actors without asking: some of them wait for messages that never come."""
        runtime = self.process.runtime
        if runtime is not None and runtime._messaging_infrastructure is not None:
            for actor in runtime._messaging_infrastructure.actors:
                actor.kill()
            runtime.join()
            runtime._is_started = False  # or its finaliser would wait for the dead
            with suppress(AttributeError):  # of shared memory that never came to be
                runtime._messaging_infrastructure.stop()
        self._release()

    def _release(self) -> None:
        """Give back what Lava keeps for the life of the interpreter.

        Its servers hold every Process and Var ever made, and each Process adds a handler to
        the root logger: building networks in a loop would fill memory (lava issue #336).
        """
        self._stopped = True
        faulthandler.unregister(signal.SIGUSR1)
        self._stacks.close()
        ours = set(_family(self.process))
        if self.process.runtime is not None:
            for process in self.process.runtime._executable.proc_builders:
                ours.update(_family(process))
        processes, variables = ProcessServer(), VarServer()
        processes.processes = [p for p in processes.processes if p not in ours]
        variables.vars = [var for var in variables.vars if var.process not in ours]
        root = logging.getLogger()
        for handler in list(root.handlers):
            if handler.formatter and handler.formatter._fmt == LogConfig().format:
                root.removeHandler(handler)


def _family(process: AbstractProcess) -> list[AbstractProcess]:
    """Return a Process and all that contain it."""
    family = [process]
    while family[-1].parent_proc is not None:
        family.append(family[-1].parent_proc)
    return family


def _first_failure(actors: list[tuple[str, Any]]) -> tuple[str, str]:
    """Name of the process that failed, and how: an exception says more than an exit code."""
    for name, actor in actors:
        if actor.exception is not None:
            error, trace = actor.exception
            return name, f"in {_place(trace)}: {type(error).__name__}: {error}"
    dead = [(name, actor.exitcode) for name, actor in actors if actor.exitcode is not None]
    name, code = max(dead, key=lambda pair: pair[1] != 0)
    return name, f"with exit code {code}"


def _place(trace: str) -> str:
    """Say in which phase a stack trace was taken, and where in the model's own code.

    Lava's command handlers name the phase; the model's code is what follows, up to where it
    calls Lava again.
    """
    frames = _FRAME.findall(trace)
    if "most recent call first" in trace:
        frames.reverse()
    phases = [number for number, frame in enumerate(frames) if frame[2] in _PHASES]
    if not phases:
        return "no phase"
    own = list(takewhile(lambda frame: "/lava/magma/" not in frame[0], frames[phases[0] + 1 :]))
    place = f" ({own[-1][0]}:{own[-1][1]})" if own else ""
    return _PHASES[frames[phases[0]][2]] + place
