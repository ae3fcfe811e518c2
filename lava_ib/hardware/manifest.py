"""The list of a bundle's files with their checksums.

Checksums find damage, not malice: whoever can change a file can change its checksum as well.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lava_ib.errors import InputError

MANIFEST = "MANIFEST.json"
FORMAT = "lava_ib bundle"
VERSION = 1
FILES = (
    "network.h5",
    "expected.json",
    "config.toml",
    "environment.txt",
    "setup.sh",
    "run.sh",
    "run.slurm",
)
"""What every bundle has, besides its manifest and its code."""

MOST_BYTES = 2**29
"""Of one file, unpacked."""

_CODE = re.compile(r"code/lava_ib(/[a-z0-9_]+)+\.py")


def written(files: dict[str, bytes]) -> bytes:
    """Manifest of files by name."""
    listed = {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        for name, content in sorted(files.items())
    }
    return json.dumps({"format": FORMAT, "version": VERSION, "files": listed}, indent=1).encode()


def read(content: bytes, origin: str) -> dict[str, dict[str, Any]]:
    """Files that a manifest lists.

    Raises
    ------
    InputError
        If it is no manifest, of another version, lacks a file or lists one that no bundle has.
    """
    try:
        found = json.loads(content)
        files = found["files"]
        listed = {name: (entry["sha256"] + "", entry["bytes"] + 0) for name, entry in files.items()}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"{origin}: {MANIFEST} is not a manifest ({error})") from None
    if found.get("format") != FORMAT or found.get("version") != VERSION:
        raise InputError(
            f"{origin}: {MANIFEST} is of version {found.get('version')!r} of "
            f"{found.get('format')!r}; expected {VERSION} of {FORMAT!r}"
        )
    for name in FILES:
        if name not in listed:
            raise InputError(f"{origin}: {MANIFEST} lists no {name}")
    for name, (_, size) in listed.items():
        if not allowed(name):
            raise InputError(f"{origin}: {MANIFEST} lists {name}, which no bundle has")
        if not 0 <= size <= MOST_BYTES:
            raise InputError(f"{origin}: {name} has {size:,} bytes; at most {MOST_BYTES:,}")
    return files


def allowed(name: str) -> bool:
    """Whether a bundle may have a file of that name."""
    return name in FILES or name == MANIFEST or _CODE.fullmatch(name) is not None


def check(name: str, content: bytes, files: dict[str, dict[str, Any]], origin: str) -> None:
    """Refuse a file that is not as the manifest says."""
    if name not in files:
        raise InputError(f"{origin}: {name} is not in {MANIFEST}")
    if hashlib.sha256(content).hexdigest() != files[name]["sha256"]:
        raise InputError(f"{origin}: {name} has a wrong checksum; get the bundle again")


def check_folder(folder: Path) -> None:
    """Refuse an unpacked bundle that is not whole.

    Raises
    ------
    InputError
        With the first file that is missing or not as it was packed.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise InputError(f"{folder}: no bundle in this folder (it has no {MANIFEST})")
    files = read(path.read_bytes(), str(folder))
    for name in files:
        if not (folder / name).is_file() or (folder / name).is_symlink():
            raise InputError(f"{folder}: {name} is missing")
        check(name, (folder / name).read_bytes(), files, str(folder))
    for name in _code(folder):
        if name not in files:
            raise InputError(f"{folder}: {name} is not in {MANIFEST}")


def _code(folder: Path) -> Iterable[str]:
    return (path.relative_to(folder).as_posix() for path in (folder / "code").rglob("*.py"))
