"""The whole network as one hierarchical Process."""

from pathlib import Path

import numpy as np
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.process.variable import Var

from lava_ib.rule.settings import Learn, Settings
from lava_ib.rule.state import State, initial_state, layout


class Network(AbstractProcess):
    """Samples, hidden layers with their memories, and a readout.

    The run config decides what it is made of: a SubProcessModel that composes one Process
    a part, or one model of the whole.

    Parameters
    ----------
    settings : Settings
        Shape, dynamics and learning rule.
    x : ndarray, shape (samples, n)
        Inputs.
    labels : ndarray of int, shape (samples,)
        Classes; -1 for none.
    memory_labels : ndarray of int, shape (samples,), optional
        What the memories are told instead.
    offset : ndarray, shape (n,), optional
        Subtracted from every input.
    learn : {"all", "readout", "nothing"}
        ``readout``: hidden layers are frozen. ``nothing``: inference, in which every
        presentation starts at rest.
    seed : int
        First weights, and the order of the samples where something is learned.
    total_samples : int
        Presentations in the whole run, over which learning rates fall to zero; 0 keeps
        them constant.
    state : State, optional
        Where to start; by default :func:`lava_ib.rule.state.initial_state`.
    state_folder : Path, optional
        See :mod:`lava_ib.processes.mapped_state`.
    name : str, optional

    Attributes
    ----------
    <part>_<variable> : Var
        One for each array of the state, ``dense1_weights`` for ``"dense1/weights"``.

    Raises
    ------
    ValueError
        If data or state do not fit the settings, or these each other.
    """

    def __init__(
        self,
        settings: Settings,
        x: np.ndarray,
        labels: np.ndarray,
        *,
        memory_labels: np.ndarray | None = None,
        offset: np.ndarray | None = None,
        learn: Learn = "all",
        seed: int = 0,
        total_samples: int = 0,
        state: State | None = None,
        state_folder: Path | None = None,
        name: str = "network",
    ) -> None:
        settings.check()
        layers = settings.network.layers
        super().__init__(
            settings=settings,
            x=x,
            labels=labels,
            memory_labels=labels if memory_labels is None else memory_labels,
            offset=offset,
            learn=learn,
            seed=seed,
            total_samples=total_samples,
            state_folder=state_folder,
            name=name,
        )
        # Checked here: a Process that was not initialised cannot even be thrown away.
        if x.ndim != 2 or x.shape[1] != layers[0]:
            raise ValueError(
                f"network: inputs have shape {x.shape}, expected (samples, {layers[0]})"
            )
        if labels.shape != x.shape[:1] or len(x) == 0:
            raise ValueError(f"network: {len(x)} inputs and labels of shape {labels.shape}")
        if labels.max() >= layers[-1]:
            raise ValueError(f"network: label {labels.max()} with {layers[-1]} classes")
        told = self.proc_params["memory_labels"]
        if told.shape != labels.shape or told.max() >= layers[-1]:
            raise ValueError(
                f"network: memory_labels have shape {told.shape} and go up to {told.max()}, "
                f"expected shape {labels.shape} and less than {layers[-1]}"
            )
        slots = layout(settings, learn, len(x))
        if state is None:
            state = initial_state(settings, learn, len(x), seed)
        missing = [key for key in slots if key not in state]
        if missing:
            raise ValueError(f"network: the state lacks {', '.join(missing)}")
        for key, slot in slots.items():
            shape = np.shape(state[key])
            if shape != slot.shape:
                raise ValueError(f"network: state {key} has shape {shape}, expected {slot.shape}")
        own: State = {key: np.asarray(state[key], slot.dtype) for key, slot in slots.items()}
        self.proc_params["state"] = own
        for key, array in own.items():
            setattr(self, key.replace("/", "_"), Var(shape=array.shape, init=array))
