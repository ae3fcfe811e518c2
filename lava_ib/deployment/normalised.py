"""inference with normalised rates: connections on the chip, neurons on the host.

What rectifiers on the chip leave out is the division by a layer's norm. It would change no
prediction if nothing else followed, but activities are cut off at 127/256 of the norm, and rounded
to seven bits. With the neurons on the host the answers are those of the backend ``fixed``.
"""

import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from lava_ib.deployment.composed import ON_CPU, composed, profiled
from lava_ib.errors import InputError
from lava_ib.experiment.checkpoint import Checkpoint
from lava_ib.experiment.data import load_data
from lava_ib.experiment.inference import classify, for_inference
from lava_ib.experiment.run_folder import RunFolder
from lava_ib.hardware.chip import Access, reach
from lava_ib.hardware.frozen_network import WEIGHT_BITS
from lava_ib.processes import Network
from lava_ib.rule.settings import Settings
from lava_ib.rule.state import layout


def classify_normalised(
    run: Path, access: Access | None, samples: int | None = None
) -> dict[str, Any]:
    """Classify a run's test samples.

    Parameters
    ----------
    run : Path
    access : Access, optional
        To a chip; without, the same graph runs on CPU.
    samples : int, optional
        Test samples to classify, from the first; all by default.

    Returns
    -------
    dict
        As of :func:`lava_ib.hardware.running.classify_encoded`, where ``as_integers`` are the
        predictions that are those of the backend ``fixed``.

    Raises
    ------
    InputError
        If the run cannot be used, or the chip has no model of a Process.
    """
    folder = RunFolder.open(run)
    config = folder.config()
    if config.network.convolutions:
        raise InputError(
            f"--neurons normalised: {run}: network.convolutions, whose norms no Process here "
            "has; expected --neurons graded"
        )
    data = load_data(config.data, config.seed)
    checkpoint = Checkpoint.load(folder.checkpoint_file)
    slots = layout(config.settings, "nothing", len(data.x_train))
    state = checkpoint.progress("learned", slots).state
    settings = replace(config.settings, fixed=config.fixed)
    if access:
        settings = _of_the_chip(settings, state["readout/weights"].dtype.kind == "i")
    backend = composed("chip-in-the-loop", "host", access)
    where = reach(access) if access else ON_CPU
    x, y = checkpoint.preparation.scaled(data.x_test[:samples]), data.y_test[:samples]
    as_run = for_inference(settings, "fixed")
    network = Network(as_run, x, np.full(len(x), -1), learn="nothing")
    backend, probes = profiled(backend, network, len(x) * backend.steps(as_run), access)
    predict = partial(classify, settings, state, x, offset=checkpoint.preparation.offset)
    began = time.monotonic()
    predictions = predict(backend=backend)
    seconds = time.monotonic() - began
    reference = predict(backend="fixed")
    return {
        "test_accuracy": float(np.mean(predictions == y)),
        "samples": len(x),
        "where": where,
        "samples_per_second": len(x) / seconds,
        "as_integers": int(np.sum(predictions == reference)),
        "profile": probes.measured(len(x)) if probes else None,
    }


def _of_the_chip(settings: Settings, whole: bool) -> Settings:
    """Settings with weights that the chip holds; `whole`: of weights that are integers already."""
    assert settings.fixed is not None
    if settings.fixed.weight_bits <= WEIGHT_BITS:
        return settings
    if whole:
        raise InputError(
            f"fixed.weight_bits = {settings.fixed.weight_bits}: synapses of both signs hold "
            f"{WEIGHT_BITS} bits on the chip; train with --set fixed.weight_bits={WEIGHT_BITS}"
        )
    return replace(settings, fixed=replace(settings.fixed, weight_bits=WEIGHT_BITS))
