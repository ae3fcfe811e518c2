"""Classification by the deployed graph, on the chip or on CPU, with what was measured."""

import time
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from lava.magma.core.run_configs import RunConfig

from lava_ib.hardware.chip import Access, Probes, reach
from lava_ib.hardware.frozen_network import FrozenNetwork
from lava_ib.hardware.inference import InferenceGraph
from lava_ib.hardware.run_configs import DeployedSimConfig, Loihi2Config
from lava_ib.hardware.sigma_delta import SigmaDeltaGraph

Neurons = Literal["graded", "sigma-delta"]
GRAPHS: dict[str, type[InferenceGraph]] = {
    "graded": InferenceGraph,
    "sigma-delta": SigmaDeltaGraph,
}


def classify_encoded(
    network: FrozenNetwork,
    x: np.ndarray,
    y: np.ndarray,
    access: Access | None,
    neurons: Neurons = "graded",
    on_progress: Callable[[int], None] = lambda samples: None,
) -> dict[str, Any]:
    """Classify samples, one a time step.

    Parameters
    ----------
    network : FrozenNetwork
    x : ndarray of int, shape (samples, inputs and constants)
    y : ndarray of int, shape (samples,)
    access : Access, optional
        To a chip; without, the graph runs on CPU.
    neurons : {"graded", "sigma-delta"}
        Rectifiers that send their sums, or neurons that send what changed.
    on_progress : callable
        Receives the number of samples shown.

    Returns
    -------
    dict
        ``test_accuracy``, ``samples``, ``where``, ``samples_per_second``, ``as_integers``
        (predictions equal to plain integer arithmetic), ``profile`` (``None`` on CPU).
    """
    where = reach(access) if access else "stock Lava Processes on CPU"
    graph = GRAPHS[neurons](network, x)
    run_config: RunConfig = DeployedSimConfig()
    probes = None
    if access:
        run_config = Loihi2Config()
        run_config.check((process.name, process) for process in graph.processes)
        probes = Probes(run_config, graph.steps)
    began = time.monotonic()
    predictions = np.argmax(graph.scores(run_config, on_progress=on_progress), axis=1)
    seconds = time.monotonic() - began
    reference = np.argmax(network.scores(x), axis=1)
    return {
        "test_accuracy": float(np.mean(predictions == y)),
        "samples": len(y),
        "where": where,
        "samples_per_second": len(y) / seconds,
        "as_integers": int(np.sum(predictions == reference)),
        "profile": probes.measured(len(y)) if probes else None,
    }
