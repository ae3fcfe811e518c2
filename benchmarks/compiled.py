"""Train a config by the compiled loop alone, without Lava around it, where many are compared.

The backend `fused` runs the same loop inside Lava, to the same weights.
"""

import numpy as np

from lava_ib import Config
from lava_ib.experiment.data import Preparation, load_data
from lava_ib.experiment.pretraining import pretrained, trained
from lava_ib.experiment.variants import Variant, told_labels, variant_of
from lava_ib.processes.fused.model import make_loop
from lava_ib.rule.information import settled_outputs
from lava_ib.rule.memory import Reservoir
from lava_ib.rule.state import initial_state


def accuracy(config: Config, variant: Variant = "learned", still: tuple[str, ...] = ()) -> float:
    """Test accuracy at the end; a reservoir without a file is trained a priori first.

    In a network with convolutions, layers named in `still` keep their first weights.
    """
    data = load_data(config.data, config.seed)
    settings, learn = variant_of(config.settings, variant)
    preparation = Preparation.of(data, config.data)
    total = len(data.x_train) * config.training.epochs
    state = initial_state(settings, learn, len(data.x_train), config.seed)
    state |= {name: array for name, array in pretrained(config).items() if name in state}
    if isinstance(settings.memory, Reservoir) and not config.memory.readout_file:
        for number in range(1, settings.hidden + 1):
            arrays, _ = trained(config, number)
            state |= {f"memory{number}/{name}": array for name, array in arrays.items()}
    for name in still:
        state[f"{name}/first_norm"][:] = 0.0  # steps are a share of it
    params = {
        "settings": settings,
        "x": preparation.scaled(data.x_train),
        "labels": data.y_train,
        "memory_labels": told_labels(data.y_train, variant, config.seed),
        "offset": preparation.offset,
        "learn": learn,
        "seed": config.seed,
        "total_samples": total,
    }
    make_loop(params, state).run(total)
    x_test = preparation.scaled(data.x_test) - preparation.offset
    z = settled_outputs(settings, state, x_test)[-1] if settings.hidden else x_test
    predicted = np.argmax(z @ state["readout/weights"].T, axis=1)
    return float(np.mean(predicted == data.y_test))
