"""What a layer makes of its map: one vector for its memory, one map for the next layer.

Rates are averaged over squares (pooling). The memory sees the pooled map averaged to a
coarse grid, flattened, less its running mean, normalised; its modulator goes back by the
transpose of the same steps. The next layer gets the pooled map, centred for each channel and
scaled by one number.
"""

import numpy as np

from lava_ib.rule.geometry import MapShape


def average_pool(r: np.ndarray, size: int) -> np.ndarray:
    """Average over squares of `size` by `size`; what is left at the far edges is dropped.

    Parameters
    ----------
    r : ndarray, shape (x, y, c)
    size : int

    Returns
    -------
    ndarray, shape (x // size, y // size, c)
    """
    x, y = r.shape[0] // size, r.shape[1] // size
    return r[: x * size, : y * size].reshape(x, size, y, size, -1).mean(axis=(1, 3))


def through_pool(xi: np.ndarray, shape: MapShape, size: int) -> np.ndarray:
    """Transpose of :func:`average_pool`, to a map of `shape`."""
    spread_out = np.zeros(shape)
    over = np.repeat(np.repeat(xi, size, axis=0), size, axis=1) / size**2
    spread_out[: over.shape[0], : over.shape[1]] = over
    return spread_out


def grid_starts(side: int, grid: int) -> np.ndarray:
    """Where the `grid` cells of a side begin; as equal as whole numbers can be."""
    return np.arange(grid) * side // grid


def grid_lengths(side: int, grid: int) -> np.ndarray:
    """Positions in each cell of a side."""
    return np.diff(grid_starts(side, grid), append=side)


def cell_averages(side: int, grid: int) -> np.ndarray:
    """Matrix of shape (grid, side) that averages each cell of a side."""
    lengths = grid_lengths(side, grid)
    return np.repeat(np.diag(1.0 / lengths), lengths, axis=1)


def _cell_sizes(shape: tuple[int, ...], grid: int) -> np.ndarray:
    return np.outer(grid_lengths(shape[0], grid), grid_lengths(shape[1], grid))[..., None]


def summarise(p: np.ndarray, grid: int) -> np.ndarray:
    """Average a map to `grid` by `grid` cells, and flatten it.

    Parameters
    ----------
    p : ndarray, shape (x, y, c)
    grid : int
        At most the shorter side.

    Returns
    -------
    ndarray, shape (grid * grid * c,)
    """
    sums = np.add.reduceat(p, grid_starts(p.shape[0], grid), axis=0)
    sums = np.add.reduceat(sums, grid_starts(p.shape[1], grid), axis=1)
    return (sums / _cell_sizes(p.shape, grid)).ravel()


def spread(xi: np.ndarray, shape: MapShape, grid: int) -> np.ndarray:
    """Transpose of :func:`summarise`: each position gets its share of its cell's modulator.

    Parameters
    ----------
    xi : ndarray, shape (grid * grid * c,)
    shape : tuple of int
        (x, y, c) of the map.
    grid : int

    Returns
    -------
    ndarray, shape (x, y, c)
    """
    cells = xi.reshape(grid, grid, -1) / _cell_sizes(shape, grid)
    rows = np.repeat(cells, grid_lengths(shape[0], grid), axis=0)
    return np.repeat(rows, grid_lengths(shape[1], grid), axis=1)


def pass_on(p: np.ndarray, channel_mean: np.ndarray) -> np.ndarray:
    """Centre a map for each channel and divide it by its root mean square, shape of `p`."""
    centred = p - channel_mean
    size = np.sqrt(np.mean(np.square(centred)))
    return centred / size if size > 0.0 else centred
