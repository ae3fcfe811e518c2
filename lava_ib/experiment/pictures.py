"""Preparation of pictures: contrast normalisation and local whitening.

Both are fitted on training pictures and kept with the checkpoint. Whitening is one fixed
filter for all positions: neighbouring pixels and colours, which go together almost always,
become independent, so what is left to learn is what is special in a picture (ZCA: Bell &
Sejnowski 1997; its local form after Coates, Ng & Lee 2011).
"""

from dataclasses import dataclass
from itertools import product

import numpy as np

_SIDE = 5
SMALLEST_DEVIATION = 0.05
_FLOOR = 0.01  # of the mean eigenvalue, so that rounding noise is not blown up
_MEASURED = 1500
_BATCH = 500


@dataclass(frozen=True)
class Pictures:
    """How pictures are prepared, before they are centred and scaled.

    Attributes
    ----------
    shape : tuple of int
        Height, width and channels.
    channel_mean : ndarray, shape (channels,)
        Subtracted first.
    contrast : bool
        Subtract each picture's mean and divide by its standard deviation, or by 0.05 where
        that is less; before whitening and again after it.
    whitening : ndarray, shape (5, 5, channels, channels), optional
        Filter from a patch to its centre pixel, last axis; mirrored edges.
    """

    shape: tuple[int, int, int]
    channel_mean: np.ndarray
    contrast: bool
    whitening: np.ndarray | None

    @classmethod
    def fit(
        cls, x: np.ndarray, shape: tuple[int, int, int], contrast: bool, whiten: bool
    ) -> "Pictures":
        """Measure on training pictures.

        Parameters
        ----------
        x : ndarray, shape (samples, height * width * channels)
        shape : tuple of int
        contrast, whiten : bool
        """
        mean = x.reshape(-1, shape[2]).mean(axis=0, dtype=float).astype(np.float32)
        steps = cls(shape, mean, contrast, None)
        if not whiten:
            return steps
        pictures = steps.prepared(x[:_MEASURED]).reshape(-1, *shape)
        return cls(shape, mean, contrast, _zca_filter(pictures))

    def prepared(self, x: np.ndarray) -> np.ndarray:
        """Prepare pictures of shape (samples, n), in single precision."""
        out = np.empty(x.shape, np.float32)
        for start in range(0, len(x), _BATCH):
            batch = x[start : start + _BATCH].reshape(-1, *self.shape) - self.channel_mean
            if self.contrast:
                batch = _normalised(batch)
            if self.whitening is not None:
                batch = _filtered(batch, self.whitening)
                batch = _normalised(batch) if self.contrast else batch
            out[start : start + _BATCH] = batch.reshape(len(batch), -1)
        return out


def _normalised(pictures: np.ndarray) -> np.ndarray:
    centred = pictures - pictures.mean(axis=(1, 2, 3), keepdims=True)
    deviation = centred.std(axis=(1, 2, 3), keepdims=True)
    return centred / np.maximum(deviation, SMALLEST_DEVIATION)


def _mirrored(pictures: np.ndarray) -> np.ndarray:
    edge = (_SIDE // 2, _SIDE // 2)
    return np.pad(pictures, ((0, 0), edge, edge, (0, 0)), mode="reflect")


def _zca_filter(pictures: np.ndarray) -> np.ndarray:
    """Columns of ``V (L + floor)^(-1/2) V^T`` that belong to the pixel in the middle."""
    channels = pictures.shape[3]
    windows = np.lib.stride_tricks.sliding_window_view(
        _mirrored(pictures), (1, _SIDE, _SIDE, channels)
    )
    patches = windows.reshape(-1, _SIDE * _SIDE * channels)
    values, vectors = np.linalg.eigh(np.cov(patches, rowvar=False))
    whitening = (vectors / np.sqrt(values + _FLOOR * values.mean())) @ vectors.T
    middle = _SIDE * _SIDE // 2 * channels
    columns = whitening[:, middle : middle + channels]
    return columns.reshape(_SIDE, _SIDE, channels, channels).astype(np.float32)


def _filtered(pictures: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    height, width = pictures.shape[1:3]
    padded = _mirrored(pictures)
    return sum(
        padded[:, i : i + height, j : j + width] @ kernel[i, j]
        for i, j in product(range(_SIDE), repeat=2)
    )
