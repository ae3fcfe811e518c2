"""Where the runs of a sweep go: Dask workers, on this machine or as jobs of SLURM.

A worker runs one network at a time, in the same supervised process group as any other run, so
nothing of Lava runs in the worker itself. A worker that dies takes its network with it and
nothing else.
"""

import inspect
import logging
import os
import shutil
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from lava_ib.errors import InputError

_JOB = {"cores": 1, "processes": 1, "memory": "4GB", "walltime": "24:00:00"}
_FREE_PORT = "127.0.0.1:0"  # of Dask's status page: two sweeps must not fight for one
_MISSING = "a sweep needs Dask: pip install 'lava-ib[sweep]'"


@dataclass(frozen=True)
class Workers:
    """Which workers.

    Attributes
    ----------
    count : int
        Networks trained at the same time; with SLURM, jobs.
    slurm : mapping, optional
        Parameters of ``dask_jobqueue.SLURMCluster``, such as ``queue`` and ``walltime``; what
        is not given is taken from Dask's own configuration (``jobqueue.slurm``), or else a job
        has one core, 4 GB and 24 hours. None: workers on this machine.
    """

    count: int = field(default_factory=lambda: os.cpu_count() or 1)
    slurm: Mapping[str, Any] | None = None

    @contextmanager
    def started(self, retries: int) -> Iterator[Any]:
        """Start them, and end them whatever happens.

        Parameters
        ----------
        retries : int
            How often a run may be tried again after the death of its worker.

        Yields
        ------
        distributed.Client

        Raises
        ------
        InputError
            If Dask is missing, or SLURM, or a parameter of SLURM's is unknown.
        """
        try:
            import dask
            import distributed
        except ImportError:
            raise InputError(_MISSING) from None
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        bounded = {"distributed.scheduler.allowed-failures": retries}
        with dask.config.set(bounded), self._cluster() as cluster:
            cluster.scale(self.count)
            with distributed.Client(cluster) as client:
                client.register_plugin(_preparation())
                yield client

    def _cluster(self) -> Any:
        if self.slurm is not None:
            if shutil.which("sbatch") is None:
                raise InputError("--slurm: no sbatch here; start it where SLURM takes jobs from")
            return self.slurm_cluster()
        from distributed import LocalCluster

        return LocalCluster(
            n_workers=0,
            threads_per_worker=1,
            processes=True,
            memory_limit=0,  # the networks run outside the workers, where Dask does not see them
            dashboard_address=_FREE_PORT,
            silence_logs=logging.CRITICAL,
        )

    def slurm_cluster(self) -> Any:
        """Cluster of ``dask_jobqueue``, with no job submitted yet; its ``job_script`` tells how."""
        try:
            import dask
            from dask_jobqueue import SLURMCluster
        except ImportError:
            raise InputError(_MISSING) from None
        configured = dask.config.get("jobqueue.slurm", {})
        ours: dict[str, Any] = {
            key: value for key, value in _JOB.items() if configured.get(key) is None
        }
        ours["scheduler_options"] = {"dashboard_address": _FREE_PORT}
        given = self.slurm or {}
        known = {
            name
            for kind in (*SLURMCluster.__mro__, *SLURMCluster.job_cls.__mro__)
            for name in inspect.signature(kind).parameters
        }
        for key in given.keys() - known:
            raise InputError(f"--slurm-set {key}: no parameter of dask_jobqueue.SLURMCluster")
        return SLURMCluster(**{**ours, **given})


def _preparation() -> Any:
    """Plugin that prepares each worker that starts, also in place of one that died."""
    from distributed import WorkerPlugin

    class Preparation(WorkerPlugin):
        def setup(self, worker: Any) -> None:
            # Ctrl-C in a terminal reaches the workers too, but is for the sweep to answer.
            signal.signal(signal.SIGINT, signal.SIG_IGN)

    return Preparation()


def reporter(topic: str) -> Callable[[Any], None]:
    """Give a function that sends messages from a worker to the clients that listen."""
    from distributed import get_worker

    worker = get_worker()
    return lambda message: worker.log_event(topic, message)
