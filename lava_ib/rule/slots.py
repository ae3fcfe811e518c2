"""Shape and type of one array of a network's state."""

from typing import NamedTuple

import numpy as np


class Slot(NamedTuple):
    """One array of a state, before it has values.

    Attributes
    ----------
    shape : tuple of int
    dtype : type
    fill : float
        Value of every element at the start.
    """

    shape: tuple[int, ...]
    dtype: type = np.float64
    fill: float = 0.0


Layout = dict[str, Slot]
