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
    return square_sums(r, size) / size**2


def square_sums(r: np.ndarray, size: int) -> np.ndarray:
    """Sums over the squares of :func:`average_pool`."""
    x, y = r.shape[0] // size, r.shape[1] // size
    return r[: x * size, : y * size].reshape(x, size, y, size, -1).sum(axis=(1, 3))


def through_pool(xi: np.ndarray, shape: MapShape, size: int) -> np.ndarray:
    """Transpose of :func:`average_pool`, to a map of `shape`."""
    return over_squares(xi, shape, size) / size**2


def over_squares(xi: np.ndarray, shape: MapShape, size: int) -> np.ndarray:
    """Repeat what a pooled map holds over the squares of a map of `shape`; 0 at what is left."""
    spread_out = np.zeros(shape, xi.dtype)
    over = np.repeat(np.repeat(xi, size, axis=0), size, axis=1)
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


def cell_sizes(shape: tuple[int, ...], grid: int) -> np.ndarray:
    """Positions in each cell of a map, shape (grid, grid, 1)."""
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
    return (cell_sums(p, grid) / cell_sizes(p.shape, grid)).ravel()


def cell_sums(p: np.ndarray, grid: int) -> np.ndarray:
    """Sums over the cells of :func:`summarise`, shape (grid, grid, c)."""
    sums = np.add.reduceat(p, grid_starts(p.shape[0], grid), axis=0)
    return np.add.reduceat(sums, grid_starts(p.shape[1], grid), axis=1)


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
    return over_cells(xi.reshape(grid, grid, -1) / cell_sizes(shape, grid), shape, grid)


def over_cells(cells: np.ndarray, shape: MapShape, grid: int) -> np.ndarray:
    """Repeat what each cell holds, (grid, grid, c), over the positions of a map of `shape`."""
    rows = np.repeat(cells, grid_lengths(shape[0], grid), axis=0)
    return np.repeat(rows, grid_lengths(shape[1], grid), axis=1)


def pass_on(p: np.ndarray, channel_mean: np.ndarray) -> np.ndarray:
    """Centre a map for each channel and divide it by its root mean square, shape of `p`."""
    centred = p - channel_mean
    size = np.sqrt(np.mean(np.square(centred)))
    return centred / size if size > 0.0 else centred
