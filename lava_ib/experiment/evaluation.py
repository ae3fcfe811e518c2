"""Evaluation of a trained run on its test data, in Lava."""

import io
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from lava_ib.backends import BACKENDS
from lava_ib.errors import InputError
from lava_ib.experiment.checkpoint import Checkpoint
from lava_ib.experiment.data import check_fit, load_data
from lava_ib.experiment.inference import classify, for_inference
from lava_ib.experiment.run_folder import RunFolder
from lava_ib.files import replace_file
from lava_ib.rule.state import layout


def evaluate_run(
    run: RunFolder,
    emit: Callable[[dict[str, Any]], None],
    backend: str,
    predictions_file: str | None = None,
) -> dict[str, Any]:
    """Classify the test samples with the network of a run.

    Parameters
    ----------
    run : RunFolder
    emit : callable
        Receives events; here there are none.
    backend : str
        Name of a backend.
    predictions_file : str, optional
        Where to write the predicted classes, as numpy does.

    Returns
    -------
    dict
        ``test_accuracy``, ``samples``, ``samples_per_second``, ``backend``, ``seed``,
        ``trained_samples``.

    Raises
    ------
    InputError
        If the checkpoint is missing, damaged, or does not fit config and data.
    """
    config = run.config()
    data = load_data(config.data, config.seed)
    check_fit(data, config.network)
    checkpoint = Checkpoint.load(run.checkpoint_file)
    progress = checkpoint.progress("learned", layout(config.settings, "nothing", len(data.x_train)))
    settings = replace(config.settings, fixed=config.fixed)
    try:
        as_run = for_inference(settings, backend)
    except ValueError as error:
        raise InputError(str(error)) from None
    compile_loop = BACKENDS[backend].compile
    if compile_loop is not None:
        compile_loop(as_run)
    began = time.monotonic()
    predictions = classify(
        settings,
        progress.state,
        checkpoint.preparation.scaled(data.x_test),
        offset=checkpoint.preparation.offset,
        backend=backend,
        stall_seconds=config.training.stall_seconds,
    )
    seconds = time.monotonic() - began
    if predictions_file is not None:
        content = io.BytesIO()
        np.save(content, predictions.astype(np.int64))
        replace_file(Path(predictions_file), content.getvalue())
    return {
        "test_accuracy": float(np.mean(predictions == data.y_test)),
        "samples": len(data.y_test),
        "samples_per_second": len(data.y_test) / seconds,
        "backend": backend,
        "seed": config.seed,
        "trained_samples": progress.samples,
    }
