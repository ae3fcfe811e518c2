"""Inference: a trained network classifies samples, and learns nothing from them."""

from dataclasses import replace

import numpy as np

from lava_ib.backends import Backend, backend_named
from lava_ib.rule.fixed.map_equivalent import in_real_units, quantised_maps
from lava_ib.rule.fixed.memory import nearest_arithmetic
from lava_ib.rule.fixed.scaling import quantised
from lava_ib.rule.memory import Prototype
from lava_ib.rule.settings import Settings
from lava_ib.rule.state import State, initial_state
from lava_ib.simulation import Simulation


def for_inference(settings: Settings, backend: str | Backend) -> Settings:
    """Settings as a backend runs them without learning, where timing and memory mean nothing."""
    chosen = backend_named(backend)
    network = replace(settings.network, timing=chosen.timings_of(settings)[0])
    fixed = settings.fixed
    if fixed is not None:
        fixed = nearest_arithmetic(fixed, bool(network.convolutions))
    return chosen.settings(replace(settings, network=network, memory=Prototype(), fixed=fixed))


def whole_network(
    state: State, settings: Settings, x: np.ndarray, offset: np.ndarray | None
) -> tuple[State, np.ndarray]:
    """Integers of a network that was trained in floating point, and inputs for them.

    Parameters
    ----------
    state : State
    settings : Settings
        With ``fixed``.
    x, offset
        As for :func:`classify`; nothing is to be subtracted from what is returned.
    """
    assert settings.fixed is not None
    if settings.network.convolutions:
        return quantised_maps(state, settings, x, offset)
    return quantised(state, settings.hidden, x, offset, settings.fixed)


def classify(
    settings: Settings,
    state: State,
    x: np.ndarray,
    *,
    offset: np.ndarray | None = None,
    backend: str | Backend = "float",
    stall_seconds: float = 60.0,
) -> np.ndarray:
    """Predict the class of each sample in Lava.

    Every presentation starts at rest, so a prediction does not depend on the samples
    before it.

    Parameters
    ----------
    settings : Settings
    state : State
        Of a trained network; its weights and biases are used. A network trained in floating
        point is brought to integers where the backend runs those.
    x : ndarray, shape (samples, n)
        Scaled inputs.
    offset : ndarray, shape (n,), optional
        Subtracted from every input.
    backend : str or Backend
        By name an entry of :data:`lava_ib.backends.BACKENDS`.
    stall_seconds : float
        How long the run may make no progress.

    Returns
    -------
    ndarray of int, shape (samples,)
    """
    trained, settings = settings, for_inference(settings, backend)
    whole = state["readout/weights"].dtype.kind == "i"
    if settings.fixed is not None and not whole:
        state, x = whole_network(state, settings, x, offset)
        offset = None
    elif settings.fixed is None and whole and settings.network.convolutions:
        state, x = in_real_units(state, trained, x if offset is None else x - offset)
        offset = None
    resting = initial_state(settings, "nothing", len(x), seed=0)
    for name in resting:
        if name.endswith(("/weights", "/bias", "/weight_exp", "_mean")) and name in state:
            resting[name] = state[name]
    unlabelled = np.full(len(x), -1)
    with Simulation(
        settings,
        x,
        unlabelled,
        offset=offset,
        backend=backend,
        learn="nothing",
        state=resting,
        stall_seconds=stall_seconds,
    ) as simulation:
        simulation.present(len(x))
        return simulation.read("readout/predictions")
