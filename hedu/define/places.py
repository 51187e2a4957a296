"""Where each field of a definition stands in its text, and which of them could not be read as they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from hedu.errors import Where


class Places(Mapping[str, Where]):
    """Dotted path -> Where. Kept as numbers: most are never asked for, and there are many.

    `faults` are the paths of what stands there wrongly ("" is the whole definition).
    """

    __slots__ = ("faults", "file", "found")

    def __init__(self, file: str, found: dict[str, tuple[int, int]], faults: Sequence[str] = ()) -> None:
        self.file = file
        self.found = found
        self.faults = faults

    def __getitem__(self, path: str) -> Where:
        line, col = self.found[path]
        return Where(self.file, line, col)

    def __iter__(self) -> Iterator[str]:
        return iter(self.found)

    def __len__(self) -> int:
        return len(self.found)
