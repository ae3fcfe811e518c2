"""Public data sets: where they come from, and how they become one ``.npz`` file."""

import gzip
import math
import os
import tarfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from lava_ib.errors import InputError
from lava_ib.experiment.data import check_arrays, read_arrays

_SECONDS = 30  # without a byte from the server
_CHUNK = 1 << 16
_CIFAR10_TRAIN = tuple(f"cifar-10-batches-bin/data_batch_{part}.bin" for part in range(1, 6))
_CIFAR10_TEST = ("cifar-10-batches-bin/test_batch.bin",)
_CIFAR10_SHAPE = (3, 32, 32)
_IDX_BYTES = 0x08

Arrays = dict[str, np.ndarray]


class ProgressBar(Protocol):
    """What shows how far a download is; pooch sets ``total`` and calls the rest."""

    total: int

    def update(self, count: int) -> None:
        """Count bytes that came."""

    def reset(self) -> None:
        """Count from zero again."""

    def close(self) -> None:
        """All bytes came."""


@dataclass(frozen=True)
class RemoteFile:
    """One file to download.

    Attributes
    ----------
    name : str
        Below the base URL of its source, and in the cache.
    checksum : str
        Algorithm and hexadecimal digest, such as ``md5:8d4f...``.
    """

    name: str
    checksum: str


@dataclass(frozen=True)
class Source:
    """A public data set.

    Attributes
    ----------
    name : str
        Stem of the ``.npz`` file, and what ``data.source`` calls it.
    base_url : str
        What the names of the files are appended to.
    files : tuple of RemoteFile
    read : callable
        Makes the four arrays from the paths of the downloaded files.
    """

    name: str
    base_url: str
    files: tuple[RemoteFile, ...]
    read: Callable[[list[Path]], Arrays]


def read_npz(paths: list[Path]) -> Arrays:
    """Read a ``.npz`` file that is already what is wanted, as Keras' MNIST is."""
    return read_arrays(paths[0])


def read_idx(paths: list[Path]) -> Arrays:
    """Read four idx files: training pictures and labels, test pictures and labels."""
    keys = ("x_train", "y_train", "x_test", "y_test")
    return {key: _idx(path) for key, path in zip(keys, paths, strict=True)}


def read_cifar10(paths: list[Path]) -> Arrays:
    """Read the binary version of CIFAR-10, a ``.tar.gz`` file; nothing is unpacked to disk."""
    batches = {}
    with tarfile.open(paths[0], "r:gz") as archive:
        for member in archive:
            if member.name in (*_CIFAR10_TRAIN, *_CIFAR10_TEST):
                file = archive.extractfile(member)
                batches[member.name] = file.read() if file else b""
    arrays = {}
    for part, names in (("train", _CIFAR10_TRAIN), ("test", _CIFAR10_TEST)):
        missing = [name for name in names if name not in batches]
        if missing:
            raise ValueError(f"no {missing[0]} in it")
        records = np.concatenate([_cifar10_records(batches[name]) for name in names])
        pictures = records[:, 1:].reshape(-1, *_CIFAR10_SHAPE).transpose(0, 2, 3, 1)
        arrays[f"x_{part}"] = np.ascontiguousarray(pictures)
        arrays[f"y_{part}"] = records[:, 0].copy()
    return arrays


SOURCES = {
    source.name: source
    for source in (
        Source(
            "mnist",
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
            (
                RemoteFile(
                    "mnist.npz",
                    "sha256:731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
                ),
            ),
            read_npz,
        ),
        Source(
            "fashion-mnist",
            "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
            (
                RemoteFile("train-images-idx3-ubyte.gz", "md5:8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
                RemoteFile("train-labels-idx1-ubyte.gz", "md5:25c81989df183df01b3e8a0aad5dffbe"),
                RemoteFile("t10k-images-idx3-ubyte.gz", "md5:bef4ecab320f06d8554ea6380940ec79"),
                RemoteFile("t10k-labels-idx1-ubyte.gz", "md5:bb300cfdad3c16e7a12a480ee83cd310"),
            ),
            read_idx,
        ),
        Source(
            "cifar10",
            # The binary version: plain bytes, where the other one has pickles.
            "https://www.cs.toronto.edu/~kriz/",
            (RemoteFile("cifar-10-binary.tar.gz", "md5:c32a1d4ab5d03f1284b67883e8d87530"),),
            read_cifar10,
        ),
    )
}


def fetch(
    source: Source,
    folder: Path,
    *,
    base_url: str | None = None,
    progress: Callable[[str], ProgressBar] | None = None,
) -> Path:
    """Download a data set and write it as one ``.npz`` file.

    A file of the data set that is there already is kept. So are the downloaded files, in
    ``downloads/NAME`` beside it: one whose checksum is right is not downloaded again.

    Parameters
    ----------
    source : Source
    folder : Path
        Where the ``.npz`` file goes; made if need be.
    base_url : str, optional
        Instead of the source's own.
    progress : callable, optional
        Makes a progress bar for the file it is given the name of.

    Returns
    -------
    Path
        The ``.npz`` file.

    Raises
    ------
    InputError
        If a file cannot be downloaded, is not the right one, or the folder cannot be written.
    """
    target = folder / f"{source.name}.npz"
    if target.exists():
        _check_kept(target)
        return target
    cache = folder / "downloads" / source.name
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{cache}: cannot be made ({error.strerror})") from None
    base = source.base_url if base_url is None else base_url
    paths = [
        _download(f"{base}{file.name}", cache / file.name, file.checksum, progress)
        for file in source.files
    ]
    arrays = _arrays(source, paths)
    check_arrays(target, arrays)
    _write(target, arrays)
    return target


def _check_kept(target: Path) -> None:
    try:
        read_arrays(target)
    except InputError as error:
        raise InputError(f"{error}; move it away to have it fetched anew") from None


def _download(
    url: str, path: Path, checksum: str, progress: Callable[[str], ProgressBar] | None
) -> Path:
    # Here and not above: they take a while to import.
    import pooch
    from requests.exceptions import RequestException

    def download(url: str, output: str, caller: object) -> None:
        bar = progress(path.name) if progress else False
        http = pooch.HTTPDownloader(progressbar=bar, chunk_size=_CHUNK, timeout=_SECONDS)
        http(url, output, caller)

    pooch.get_logger().setLevel("WARNING")
    try:
        pooch.retrieve(url, checksum, path.name, path.parent, downloader=download)
    except RequestException as error:
        if error.response is not None:
            error.response.close()  # which pooch does not
        raise InputError(f"{url}: {_reason(error)}; {_advice(path)}") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read or written ({error.strerror})") from None
    except ValueError:
        raise InputError(
            f"{url}: what came does not have the checksum {checksum} and was thrown away; "
            f"{_advice(path)}"
        ) from None
    return path


def _reason(error: OSError) -> str:
    from requests import exceptions

    if isinstance(error, exceptions.HTTPError) and error.response is not None:
        return f"the server answered {error.response.status_code} {error.response.reason}"
    if isinstance(error, exceptions.Timeout):
        return f"no answer within {_SECONDS} s"
    if isinstance(error, exceptions.ChunkedEncodingError):
        return "the connection broke off"
    if isinstance(error, exceptions.ConnectionError):
        return "there is no connection, or none that lasts"
    return str(error)


def _advice(path: Path) -> str:
    if path.exists():  # pooch has found it wrong, or there would have been no download
        return f"try again, or replace {path} by hand: its checksum is not the right one"
    return f"try again, or download it by hand to {path}"


def _arrays(source: Source, paths: list[Path]) -> Arrays:
    """Read what was downloaded; only a wrong table of sources can make this fail."""
    try:
        return source.read(paths)
    except InputError:
        raise
    except (ValueError, OSError, EOFError, zlib.error, tarfile.TarError) as error:
        raise InputError(
            f"{paths[0].parent}: not the files of {source.name} ({error}); "
            "move them away to have them fetched anew"
        ) from None


def _idx(path: Path) -> np.ndarray:
    """Read an idx file: two zeros, type, number of axes, each axis' length, then the values."""
    with gzip.open(path) as file:
        content = file.read()
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] != _IDX_BYTES:
        raise ValueError(f"{path.name} is no idx file of bytes")
    begin = 4 + 4 * content[3]
    shape = tuple(int(length) for length in np.frombuffer(content[4:begin], ">u4"))
    values = np.frombuffer(content[begin:], np.uint8)
    if len(shape) != content[3] or len(values) != math.prod(shape):
        raise ValueError(f"{path.name} has {len(values)} values, not those of shape {shape}")
    return values.reshape(shape)


def _cifar10_records(batch: bytes) -> np.ndarray:
    """Rows of a label and a picture."""
    length = 1 + math.prod(_CIFAR10_SHAPE)
    if len(batch) % length:
        raise ValueError(f"a batch of {len(batch)} bytes, no multiple of {length}")
    return np.frombuffer(batch, np.uint8).reshape(-1, length)


def _write(target: Path, arrays: Arrays) -> None:
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with temporary.open("wb") as file:
            np.savez(file, **arrays)
        temporary.replace(target)
    except OSError as error:
        raise InputError(f"{target}: cannot be written ({error.strerror})") from None
    finally:
        temporary.unlink(missing_ok=True)
