"""A memory network by itself: its modulators for any sequence of outputs and labels."""

import numpy as np

from lava_ib.processes.fused.arrays import make_memory, make_rule
from lava_ib.processes.fused.compiler import compiled
from lava_ib.processes.fused.dynamics import advance_reservoir
from lava_ib.processes.fused.memories import modulator
from lava_ib.processes.fused.structures import MEMORIES, LayerMemory, Rule
from lava_ib.rule.memory import Memory
from lava_ib.rule.normalisation import through_normalisation
from lava_ib.rule.settings import NetworkSettings, Settings
from lava_ib.rule.state import State, initial_state

_RESERVOIR = MEMORIES["reservoir"]


def modulators(
    memory: Memory,
    z: np.ndarray,
    labels: np.ndarray,
    *,
    classes: int,
    steps: int = 1,
    arrays: State | None = None,
) -> np.ndarray:
    """Show outputs to a memory, one after the other, as the compiled network does.

    Parameters
    ----------
    memory : Memory
    z : ndarray, shape (samples, n)
        Normalised rates of a layer.
    labels : ndarray of int, shape (samples,)
    classes : int
    steps : int
        Time steps of a presentation.
    arrays : State, optional
        Arrays of the memory that it starts with, by name; by default those drawn first.

    Returns
    -------
    ndarray, shape (samples, n)
        Orthogonal to the outputs, as the layer receives them.
    """
    network = NetworkSettings(layers=(1, z.shape[1], classes), steps_per_sample=steps)
    settings = Settings(network=network, memory=memory)
    state = initial_state(settings, "all", 1, seed=0)
    state |= {f"memory1/{name}": array for name, array in (arrays or {}).items()}
    own = make_memory(1, z.shape[1], settings, state)
    return _show(z, np.eye(classes)[labels], make_rule(settings, "all", 0), own)


@compiled
def _show(z: np.ndarray, labels: np.ndarray, rule: Rule, memory: LayerMemory) -> np.ndarray:
    found = np.empty_like(z)
    no_input = np.zeros(0)
    for sample in range(len(z)):
        memory.z[:] = z[sample]
        if rule.memory == _RESERVOIR:
            for _ in range(rule.steps):
                advance_reservoir(labels[sample], rule.reservoir_tau, memory)
        xi = modulator(labels[sample], no_input, 1.0, rule, memory)
        found[sample] = through_normalisation(xi, memory.z, 1.0, False)
    return found
