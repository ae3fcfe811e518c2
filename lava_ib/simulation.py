"""A network running in Lava, that never hangs.

Lava's own ``run`` waits for ever when a ProcessModel fails while another one waits for its
message. Here the run is started without blocking and watched: a model that raised or died
ends it with the cause, and so does a network that stops making progress.
"""

import shutil
import tempfile
import time
from pathlib import Path
from types import TracebackType

import numpy as np
from lava.magma.core.run_conditions import RunSteps

from lava_ib.backends import Backend, backend_named
from lava_ib.lava_runtime import LavaRuntime
from lava_ib.processes import Network
from lava_ib.processes.mapped_state import map_state, write_state
from lava_ib.rule.settings import Learn, Settings
from lava_ib.rule.state import State

_POLL_SECONDS = 0.002


class Simulation:
    """One network in one Lava runtime.

    Parameters
    ----------
    settings : Settings
    x : ndarray, shape (samples, n)
    labels : ndarray of int, shape (samples,)
    memory_labels : ndarray of int, shape (samples,), optional
        What the memories are told instead of the labels.
    offset : ndarray, shape (n,), optional
        Subtracted from every input.
    backend : str or Backend
        By name an entry of :data:`lava_ib.backends.BACKENDS`.
    learn, seed, total_samples, state
        See :class:`lava_ib.processes.Network`.
    stall_seconds : float
        How long a run may make no progress.

    Raises
    ------
    ValueError
        If data or state do not fit the settings, or the backend cannot run them.

    Examples
    --------
    >>> with Simulation(settings, x, labels) as simulation:  # doctest: +SKIP
    ...     simulation.present(100)
    ...     weights = simulation.state["dense1/weights"]
    """

    def __init__(
        self,
        settings: Settings,
        x: np.ndarray,
        labels: np.ndarray,
        *,
        memory_labels: np.ndarray | None = None,
        offset: np.ndarray | None = None,
        backend: str | Backend = "float",
        learn: Learn = "all",
        seed: int = 0,
        total_samples: int = 0,
        state: State | None = None,
        stall_seconds: float = 60.0,
    ) -> None:
        chosen = backend_named(backend)
        settings = chosen.settings(settings)
        self.steps_per_sample = chosen.steps(settings)
        self.stall_seconds = stall_seconds
        self._folder = Path(tempfile.mkdtemp(prefix="lava_ib-"))
        try:
            self.network = Network(
                settings,
                x,
                labels,
                memory_labels=memory_labels,
                offset=offset,
                learn=learn,
                seed=seed,
                total_samples=total_samples,
                state=state,
                state_folder=self._folder,
            )
            first_state = self.network.proc_params["state"]
            write_state(self._folder, first_state)
            self._mapped = map_state(self._folder, list(first_state))
            self._runtime = LavaRuntime(self.network, chosen.run_config())
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise

    @property
    def presented(self) -> int:
        """Samples presented so far, readable while the network runs."""
        return int(self._mapped["source/sample"][0])

    @property
    def state(self) -> State:
        """Copy of the network's whole state; consistent only between two runs."""
        return {name: np.array(array) for name, array in self._mapped.items()}

    def read(self, name: str) -> np.ndarray:
        """Copy of one array of the state, ``"readout/predictions"`` say."""
        return np.array(self._mapped[name])

    def present(self, samples: int) -> None:
        """Present samples, learning from them as the network does.

        Parameters
        ----------
        samples : int
            How many, at least 1.

        Raises
        ------
        SimulationError
            If a ProcessModel failed or the network made no progress; nothing of it is left
            running.
        """
        self._runtime.start(RunSteps(samples * self.steps_per_sample, blocking=False))
        seen, since = self.presented, time.monotonic()
        while not self._runtime.finished():
            if self.presented != seen:
                seen, since = self.presented, time.monotonic()
            elif time.monotonic() - since > self.stall_seconds:
                self._runtime.fail_stalled(self.stall_seconds)
            time.sleep(_POLL_SECONDS)

    def stop(self, at_once: bool = False) -> None:
        """End the network's processes and free what they held.

        Parameters
        ----------
        at_once : bool
            Without waiting for them.
        """
        self._runtime.stop(at_once)
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> "Simulation":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop(at_once=kind is not None)
