"""A folder -> its definition texts, by name. Reads files and nothing in them."""

from __future__ import annotations

from pathlib import Path

from hedu.errors import DefinitionError

SUFFIXES = (".yml", ".yaml")


def folder(path: str | Path) -> dict[str, bytes]:
    """Every *.yml and *.yaml under `path` by its relative name; hidden files and folders are passed over.

    DefinitionError: folder-missing, folder-empty, file-unreadable.
    """
    root = Path(path)
    if root.is_file():
        return {root.name: _content(root)}
    if not root.is_dir():
        raise DefinitionError("folder-missing", path=str(path))
    found: dict[str, bytes] = {}
    for file in sorted(root.rglob("*")):
        name = file.relative_to(root)
        hidden = any(part.startswith(".") for part in name.parts)
        if file.suffix.lower() in SUFFIXES and not hidden and file.is_file():
            found[name.as_posix()] = _content(file)
    if not found:
        raise DefinitionError("folder-empty", path=str(path))
    return found


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise DefinitionError("file-unreadable", path=str(file), reason=error.strerror or "") from error
