"""What a filter sees at each of its positions: patches of maps, laid out as its weights.

Filters are those of Lava's ``Conv``, (out, kernel x, kernel y, in), and are applied as there: a
convolution proper, in which the kernel is turned round. A patch is therefore read backwards.
"""

import numpy as np


def cut(maps: np.ndarray, kernel: tuple[int, int], stride: int, padding: int) -> np.ndarray:
    """Cut the input of each position of a filter out of maps.

    Parameters
    ----------
    maps : ndarray, shape (samples, x, y, c)
        Zeros are put around them.
    kernel : tuple of int
        Sides (x, y) of a filter.
    stride, padding : int

    Returns
    -------
    ndarray, shape (samples, positions, kernel x * kernel y * c)
    """
    around = (padding, padding)
    padded = np.pad(maps, ((0, 0), around, around, (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (1, *kernel, maps.shape[3]))
    turned = windows[:, ::stride, ::stride, 0, 0, ::-1, ::-1]
    return turned.reshape(len(maps), turned.shape[1] * turned.shape[2], -1)


def map_side(side: int, kernel: int, stride: int, padding: int) -> int:
    """Positions of a filter along one side of a map."""
    return (side + 2 * padding - kernel) // stride + 1
