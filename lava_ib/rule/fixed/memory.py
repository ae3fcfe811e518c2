"""Which memories integers can run, and the message in which their modulators leave."""

from dataclasses import replace

import numpy as np

from lava_ib.rule.fixed.features import feature_shifts, features_modulator
from lava_ib.rule.fixed.neuron import beyond, limited, scaled_drive
from lava_ib.rule.fixed.settings import FixedSettings
from lava_ib.rule.fixed.window import kernel_scale, window_modulator
from lava_ib.rule.memory import Features, Memory, Prototype, Window

MESSAGE_LIMIT = 511
"""Modulators leave a memory with ten bits."""


def nearest_memory(memory: Memory, convolutional: bool = False) -> Memory:
    """The memory of the same kind without exponentials, where there is one.

    Parameters
    ----------
    memory : Memory
    convolutional : bool
        Whether it looks at maps; there, prototypes keep their rectifiers.
    """
    if isinstance(memory, Prototype):
        return replace(memory, storage="margin", units=memory.units if convolutional else 0)
    if isinstance(memory, Features):
        return replace(memory, feature="relu4")
    return memory


def nearest_arithmetic(fixed: FixedSettings, convolutional: bool) -> FixedSettings:
    """The same without the engine where there are filters, which it cannot move."""
    return replace(fixed, arithmetic="plain") if convolutional else fixed


def check_memory(memory: Memory, kinds: tuple[type, ...], convolutional: bool = False) -> None:
    """Refuse a memory that a backend cannot run in integers.

    Parameters
    ----------
    memory : Memory
    kinds : tuple of type
        What the backend has.
    convolutional : bool
        Whether the memory looks at maps.

    Raises
    ------
    ValueError
        With the key, its value and what would be right, to be put after "cannot run".
    """
    if not isinstance(memory, kinds):
        known = " and ".join(kind().kind for kind in kinds)
        raise ValueError(f"memory.kind = {memory.kind!r}; it runs {known}; float and fused run all")
    if isinstance(memory, Window):
        if memory.objective not in ("kde", "hsic"):
            raise ValueError(f"memory.objective = {memory.objective!r}; it runs kde and hsic")
        if memory.compress:
            raise ValueError("memory.compress = true; it has no kernels of inputs")
    elif isinstance(memory, Features):
        if memory.feature != "relu4":
            raise ValueError(f"memory.feature = {memory.feature!r}; it runs relu4")
        if memory.readout_file:
            raise ValueError("memory.readout_file; its features are drawn, and not read out")
    elif isinstance(memory, Prototype) and memory.units and not convolutional:
        raise ValueError(f"memory.units = {memory.units} without network.convolutions; it runs 0")


def check_maps(memory: Memory, fixed: FixedSettings, maps: bool) -> None:
    """Refuse what a backend cannot run of a network with convolutions in integers.

    Parameters
    ----------
    memory : Memory
    fixed : FixedSettings
    maps : bool
        Whether it runs any.

    Raises
    ------
    ValueError
        As for :func:`check_memory`.
    """
    if not maps:
        raise ValueError(
            "network.convolutions; float, fused, fixed and fused-fixed can, and lava-ib deploy "
            "classifies with what they trained"
        )
    if fixed.arithmetic != "plain":
        raise ValueError(
            f"fixed.arithmetic = {fixed.arithmetic!r} with network.convolutions; it runs 'plain', "
            "since the learning engine has no weights that positions share"
        )
    if not isinstance(memory, Prototype):
        raise ValueError(
            f"memory.kind = {memory.kind!r} with network.convolutions; it runs prototype; float "
            "and fused run all"
        )


def modulator_of(
    memory: Window | Features, state: dict[str, np.ndarray], z: np.ndarray, own: int
) -> np.ndarray:
    """Modulator of a memory without prototypes, not yet scaled; it remembers the sample.

    Parameters
    ----------
    memory : Window or Features
    state : dict of str to ndarray
        Its part of a network's state, changed in place.
    z : ndarray of int, shape (n,)
    own : int
        The class shown.
    """
    if isinstance(memory, Window):
        scale, kde = kernel_scale(memory.sigma), memory.objective == "kde"
        return window_modulator(z, own, state["z"], state["labels"], state["count"], scale, kde)
    return features_modulator(
        z,
        own,
        state["expansion"],
        state["averages"],
        state["average"],
        state["mean"],
        int(state["drive_exp"][0]),
        feature_shifts(memory, len(state["averages"])),
        memory.balanced,
        memory.learning,
        state["saturated_drive"],
    )


def message(
    modulator: np.ndarray,
    exponent: int,
    missing_bits: int,
    updates: np.ndarray,
    saturated: np.ndarray,
) -> np.ndarray:
    """Scale a modulator to the ten bits that leave a memory; it counts, in place.

    Parameters
    ----------
    modulator : ndarray of int, shape (n,)
    exponent : int
        ``modulator_exp``.
    missing_bits : int
        How much smaller the message is, as weights are.
    updates, saturated : ndarray of int, shape (1,)
        Samples that had an answer; values that were cut off.
    """
    scaled = scaled_drive(modulator, exponent - missing_bits)
    limit = MESSAGE_LIMIT >> missing_bits
    saturated[0] += beyond(scaled, -limit, limit)
    if np.any(scaled):
        updates[0] += 1
    return limited(scaled, -limit, limit)
