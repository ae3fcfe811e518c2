"""Large arrays out of a running ProcessModel, without a message per element.

Lava's ``Var.get`` moves one element at a time: 100,000 weights take about two seconds. A
model that inherits :class:`MappedState` keeps its Vars in memory-mapped files when its
Process was given a ``state_folder``, so whoever started it reads them at any pause. Without
one, it is an ordinary ProcessModel.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np


def state_file(folder: Path, name: str) -> Path:
    """Where the array ``"part/variable"`` lives."""
    return folder / f"{name.replace('/', '.')}.npy"


def write_state(folder: Path, state: Mapping[str, np.ndarray]) -> None:
    """Lay a state out as one ``.npy`` file an array, for models to map."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in state.items():
        np.save(state_file(folder, name), array)


def map_state(folder: Path, names: list[str]) -> dict[str, np.ndarray]:
    """Views of the arrays that the models of a running network write to, read-only."""
    return {name: np.load(state_file(folder, name), mmap_mode="r") for name in names}


class MappedState:
    """Mixin of ProcessModels: Vars live in the files of ``proc_params["state_folder"]``.

    The model must change its Vars in place. Files that are missing are an error, since a
    run whose state nobody can read is of no use.
    """

    def start(self) -> None:
        """Move the Vars into their files, then start as every ProcessModel does."""
        folder = self.proc_params.get("state_folder")  # type: ignore[attr-defined]
        if folder is not None:
            for variable in self.mapped_variables():
                value = getattr(self, variable)
                file = state_file(Path(folder), self.state_name(variable))
                mapped = np.load(file, mmap_mode="r+")
                mapped[...] = value
                # A plain view: arithmetic on np.memmap makes every result a memmap, too.
                setattr(self, variable, np.asarray(mapped))
        super().start()  # type: ignore[misc]

    def mapped_variables(self) -> list[str]:
        """Names of the Vars that the network's state has; by default all."""
        return list(self.var_id_to_var_map.values())  # type: ignore[attr-defined]

    def state_name(self, variable: str) -> str:
        """Name in the state of one of the model's Vars: of the part that the Process is.

        A Process inside such a part says which by ``proc_params["state_part"]``.
        """
        params = self.proc_params  # type: ignore[attr-defined]
        return f"{params.get('state_part') or params['name']}/{variable}"
