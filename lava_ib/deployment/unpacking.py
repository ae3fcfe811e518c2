"""Reading a bundle that may come from anybody: all is checked before anything is written.

Nothing of it is executed, and nothing is unpickled.
"""

import tarfile
import tempfile
import zlib
from pathlib import Path

from lava_ib.errors import InputError
from lava_ib.files import replace_file
from lava_ib.hardware import manifest
from lava_ib.hardware.network_file import NetworkFile

MOST_FILES = 64


def read_bundle(path: Path) -> dict[str, bytes]:
    """Files of a bundle by name, each as its manifest says.

    Raises
    ------
    InputError
        If the archive is damaged, or holds anything that a bundle does not have.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such file")
    try:
        with tarfile.open(path, mode="r:gz") as archive:
            files = _members(path, archive)
    except (tarfile.TarError, EOFError, OSError, zlib.error, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path}: not a whole .tar.gz archive ({error})") from None
    if manifest.MANIFEST not in files:
        raise InputError(f"{path}: no bundle (it has no {manifest.MANIFEST})")
    listed = manifest.read(files.pop(manifest.MANIFEST), str(path))
    for name in listed:
        if name not in files:
            raise InputError(f"{path}: {name} is missing")
    for name, content in files.items():
        manifest.check(name, content, listed, str(path))
    return files


def _members(path: Path, archive: tarfile.TarFile) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for entry in archive:  # one by one: an archive of a billion entries is not listed first
        if not entry.isreg():
            raise InputError(f"{path}: {entry.name} is a link or no file; a bundle has files only")
        if not manifest.allowed(entry.name):
            raise InputError(f"{path}: holds {entry.name}, which no bundle has")
        if entry.name in files or len(files) == MOST_FILES:
            raise InputError(f"{path}: {entry.name} is one file too many")
        if entry.size > manifest.MOST_BYTES:
            raise InputError(
                f"{path}: {entry.name} has {entry.size:,} bytes; at most {manifest.MOST_BYTES:,}"
            )
        content = archive.extractfile(entry)
        assert content is not None  # it is a regular file
        files[entry.name] = content.read()
    return files


def unpack(path: Path, folder: Path) -> list[str]:
    """Write the files of a bundle to an empty or new folder.

    Returns
    -------
    list of str
        Their names.

    Raises
    ------
    InputError
        As :func:`read_bundle`, or if the folder cannot be used, or the network in it not be read.
    """
    files = read_bundle(path)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"--unpack {folder}: exists and is not empty; choose another folder")
    _check_network(path, files["network.h5"])
    listed = manifest.written(files)
    try:
        for name, content in (files | {manifest.MANIFEST: listed}).items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            replace_file(target, content)
            if target.suffix == ".sh":
                target.chmod(0o755)
    except OSError as error:
        raise InputError(f"--unpack {folder}: cannot be written ({error.strerror})") from None
    return sorted(files)


def _check_network(path: Path, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "network.h5"
        file.write_bytes(content)
        try:
            NetworkFile.load(file)
        except InputError as error:
            raise InputError(f"{path}: {str(error).removeprefix(f'{folder}/')}") from None
