"""A folder -> its definition texts, by name. Reads files and nothing in them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from hedu.errors import DefinitionError

SUFFIXES = (".yml", ".yaml")


def folder(path: str | Path) -> dict[str, bytes]:
    """Every *.yml and *.yaml under `path` by its relative name; hidden files and folders are passed over.

    DefinitionError: folder-missing, folder-empty, file-unreadable (a folder or link that cannot be followed, too).
    """
    root = Path(path)
    if root.is_file():
        return {root.name: _content(root)}
    if not root.is_dir():
        raise DefinitionError("folder-missing", path=str(path))
    found = {file.relative_to(root).as_posix(): _content(file) for file in sorted(_files(root))}
    if not found:
        raise DefinitionError("folder-empty", path=str(path))
    return found


def _files(root: Path) -> Iterator[Path]:
    """Links that lead nowhere are among them: a definition that is missing must not go unnoticed."""
    for at, folders, names in os.walk(root, onerror=_refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for file in (Path(at, name) for name in names if not name.startswith(".")):
            if file.suffix.lower() in SUFFIXES and (file.is_file() or file.is_symlink()):
                yield file


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise DefinitionError("file-unreadable", path=str(file), reason=error.strerror or "") from error


def _refuse(error: OSError) -> NoReturn:
    raise DefinitionError("file-unreadable", path=str(error.filename), reason=error.strerror or "") from error
