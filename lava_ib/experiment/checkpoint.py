"""Checkpoints: the whole state of a run in one HDF5 file.

``networks/<variant>/<part>/<variable>`` holds the state of each network, ``samples`` how far
it came, ``epoch_start`` what its next epoch's record is measured against, and
``preparation`` how raw inputs are prepared.
"""

from dataclasses import dataclass, field
from pathlib import Path

import h5py
import numpy as np

import lava_ib
from lava_ib.errors import InputError
from lava_ib.experiment.data import Preparation
from lava_ib.experiment.pictures import Pictures
from lava_ib.files import whole_file
from lava_ib.rule.slots import Layout
from lava_ib.rule.state import State

CHECKPOINT_VERSION = 1


@dataclass
class Progress:
    """How far one network came.

    Attributes
    ----------
    samples : int
        Presentations made.
    state : State
        The network's whole state.
    epoch_start : State
        Those arrays of the state, as they were when the present epoch began, that the
        record of the epoch is measured against.
    """

    samples: int
    state: State
    epoch_start: State


@dataclass
class Checkpoint:
    """State of a run: of its network, and of its controls.

    Attributes
    ----------
    preparation : Preparation
    networks : dict of str to Progress
        By variant: ``learned``, ``frozen``, ``linear``.
    origin : str
        The file it was read from, for messages.
    """

    preparation: Preparation
    networks: dict[str, Progress] = field(default_factory=dict)
    origin: str = "checkpoint"

    def progress(self, variant: str, slots: Layout) -> Progress:
        """State of one network, with all the arrays that a config needs.

        Raises
        ------
        InputError
            If the network or one of its arrays is missing, or has another shape.
        """
        if variant not in self.networks:
            raise InputError(f"{self.origin}: holds no network {variant!r}")
        state = self.networks[variant].state
        for name, slot in slots.items():
            if name not in state or state[name].shape != slot.shape:
                found = state[name].shape if name in state else "missing"
                raise InputError(
                    f"{self.origin}: {variant}/{name} is {found}, the config needs shape "
                    f"{slot.shape}"
                )
        return self.networks[variant]

    def save(self, path: Path) -> None:
        """Write the file; one that is there is replaced only by a whole new one."""
        with whole_file(path) as temporary, h5py.File(temporary, "w") as file:
            file.attrs["format"] = "lava_ib checkpoint"
            file.attrs["version"] = CHECKPOINT_VERSION
            file.attrs["lava_ib"] = lava_ib.__version__
            file["preparation/mean"] = self.preparation.mean
            file["preparation"].attrs["scale"] = self.preparation.scale
            pictures = self.preparation.pictures
            if pictures is not None:
                _write_pictures(file.create_group("preparation/pictures"), pictures)
            for variant, progress in self.networks.items():
                group = file.create_group(f"networks/{variant}")
                group.attrs["samples"] = progress.samples
                for name, array in progress.state.items():
                    group[f"state/{name}"] = array
                reference = group.create_group("epoch_start")
                for name, array in progress.epoch_start.items():
                    reference[name] = array

    @classmethod
    def load(cls, path: Path) -> "Checkpoint":
        """Read a checkpoint.

        Raises
        ------
        InputError
            If the file is missing, damaged, of another kind, or of a newer version.
        """
        if not path.is_file():
            raise InputError(f"{path}: no such checkpoint")
        try:
            with h5py.File(path, "r") as file:
                return cls._read(path, file)
        except (OSError, KeyError, RuntimeError, TypeError, AttributeError) as error:
            raise InputError(f"{path}: not a whole lava_ib checkpoint ({error})") from None

    @classmethod
    def _read(cls, path: Path, file: h5py.File) -> "Checkpoint":
        if file.attrs.get("format") != "lava_ib checkpoint":
            raise InputError(f"{path}: an HDF5 file, but not a lava_ib checkpoint")
        if file.attrs["version"] > CHECKPOINT_VERSION:
            raise InputError(
                f"{path}: checkpoint version {file.attrs['version']} is newer than this lava_ib, "
                f"which reads up to {CHECKPOINT_VERSION}: upgrade lava_ib"
            )
        preparation = file["preparation"]
        checkpoint = cls(
            Preparation(
                preparation["mean"][...],
                float(preparation.attrs["scale"]),
                _read_pictures(preparation.get("pictures")),
            ),
            origin=str(path),
        )
        for variant, group in file["networks"].items():
            checkpoint.networks[variant] = Progress(
                int(group.attrs["samples"]), _arrays(group["state"]), _arrays(group["epoch_start"])
            )
        return checkpoint


def _write_pictures(group: h5py.Group, pictures: Pictures) -> None:
    group.attrs["shape"] = pictures.shape
    group.attrs["contrast"] = pictures.contrast
    group["channel_mean"] = pictures.channel_mean
    if pictures.whitening is not None:
        group["whitening"] = pictures.whitening


def _read_pictures(group: h5py.Group | None) -> Pictures | None:
    if group is None:
        return None
    height, width, channels = (int(side) for side in group.attrs["shape"])
    return Pictures(
        (height, width, channels),
        group["channel_mean"][...],
        bool(group.attrs["contrast"]),
        group["whitening"][...] if "whitening" in group else None,
    )


def _arrays(group: h5py.Group) -> State:
    state: State = {}

    def visit(name: str, node: object) -> None:
        if isinstance(node, h5py.Dataset):
            state[name] = np.asarray(node[...])

    group.visititems(visit)
    return state
