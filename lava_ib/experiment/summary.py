"""What a finished run says of itself: the summary, and the report that shows it."""

import json
import platform
from dataclasses import replace
from typing import Any

import numpy as np

from lava_ib.experiment.report import write_report
from lava_ib.experiment.run_folder import RunFolder
from lava_ib.experiment.training import Training
from lava_ib.files import replace_file
from lava_ib.rule.fixed.map_equivalent import in_real_units
from lava_ib.rule.information import settled_maps


def write_results(run: RunFolder, training: Training) -> dict[str, Any]:
    """Write ``summary.json`` and ``report.html``.

    Returns
    -------
    dict
        The summary: accuracies of the network after its last epoch, and of its controls.
    """
    last = {record["variant"]: record for record in training.records}
    learned = last["learned"]
    summary = {
        "test_accuracy": learned["test_accuracy"],
        "train_accuracy": learned["train_accuracy"],
        "samples_per_second": learned["samples_per_second"],
        "epochs": learned["epoch"],
        "backend": training.config.backend,
        "timing": training.config.network.timing,
        "seed": training.config.seed,
        "controls": {
            variant: record["test_accuracy"]
            for variant, record in last.items()
            if variant != "learned"
        },
        "python": platform.python_version(),
        "run": str(run.path),
    }
    replace_file(run.summary_file, json.dumps(summary, indent=2).encode())
    seen = replace(training.data, x_test=training.data.x_test - training.offset)
    state, maps = training.checkpoint.networks["learned"].state, []
    if "conv1/weights" in state:
        # Of the first test sample: the picture as the network sees it, then each convolution.
        geometries = training.config.network.geometries
        state, shown = in_real_units(state, training.config.settings, seen.x_test[:1])
        maps = [shown[0].reshape(geometries[0].input)]
        maps += settled_maps(geometries, state, shown[0])[:-1]
        first_weights = _filter_rows(state["conv1/weights"])
        seen = replace(seen, image_shape=state["conv1/weights"].shape[1:3])
    else:
        first_weights = state["dense1/weights"]
    write_report(run, training.config, seen, training.records, first_weights, summary, maps)
    return summary


def _filter_rows(filters: np.ndarray) -> np.ndarray:
    """One row a filter and input channel, as it lies on the picture: turned round."""
    channels, width, height, inputs = filters.shape
    return filters[:, ::-1, ::-1].transpose(0, 3, 1, 2).reshape(channels * inputs, width * height)
