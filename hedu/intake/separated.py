"""CSV bytes -> grid: the encoding found out, the separator found out, ragged rows kept apart."""

from __future__ import annotations

import csv
import io
from collections import Counter

from hedu.errors import EngineError
from hedu.intake.grid import Grid, Reject
from hedu.intake.options import Options

_SEPARATORS = (",", ";", "\t", "|")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SAMPLE = 65_536
_MOST_COLUMNS = 2_000
_LONGEST_FIELD = 1_000_000


def read_separated(data: bytes, name: str, options: Options) -> Grid:
    """A grid of all rows that have as many fields as the header.

    EngineError: file-empty, file-binary, encoding-unknown, encoding-wrong, header-missing, columns-twice,
    columns-too-many, field-too-long.
    """
    text = decoded(data, name, options.encoding)
    separator = options.separator or found_separator(text[:_SAMPLE])
    former = csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        rows = [(reader.line_num, row) for row in reader if any(field.strip() for field in row)]
    except csv.Error as error:
        raise EngineError("field-too-long", name=name, line=reader.line_num, detail=str(error)) from None
    finally:
        csv.field_size_limit(former)
    return grid_of(rows, name, options)


def grid_of(rows: list[tuple[int, list[str]]], name: str, options: Options) -> Grid:
    """Numbered rows, the header among them, as a grid."""
    if not rows:
        raise EngineError("file-empty", name=name)
    if options.header_row == 0:
        names = list(options.names) or [f"column_{at + 1}" for at in range(len(rows[0][1]))]
        body = rows
    else:
        at = (options.header_row or 1) - 1
        if at >= len(rows):
            raise EngineError("header-missing", name=name, row=at + 1)
        names, body = [field.strip().strip("\ufeff") for field in rows[at][1]], rows[at + 1 :]
    check_names(names, name)
    width = len(names)
    fitting, rejects = [], []
    for line, row in body:
        if len(row) > width and not any(field.strip() for field in row[width:]):
            row = row[:width]
        if len(row) == width:
            fitting.append((line, row))
        else:
            rejects.append(Reject(line, "", "…".join(row)[:200], f"{len(row)} fields, {width} expected"))
    columns = list(zip(*(row for _, row in fitting), strict=True)) if fitting else [() for _ in names]
    cleaned = [[_cleaned(value) for value in column] for column in columns]
    return Grid(tuple(names), cleaned, [line for line, _ in fitting], tuple(rejects))


def check_names(names: list[str], file: str) -> None:
    """Refuse columns that cannot be told apart or have no name."""
    if len(names) > _MOST_COLUMNS:
        raise EngineError("columns-too-many", name=file, count=len(names), most=_MOST_COLUMNS)
    twice = [name for name, count in Counter(item.casefold() for item in names).items() if count > 1]
    if twice or "" in names:
        shown = [name or f"({names.index('') + 1})" for name in twice or [""]]
        raise EngineError("columns-twice", name=file, columns=shown)


def decoded(data: bytes, name: str, encoding: str | None) -> str:
    """The text of a file in its declared encoding, else by its mark, else UTF-8, else GB18030."""
    if not data.strip():
        raise EngineError("file-empty", name=name)
    if encoding is None:
        encoding = next((known for mark, known in _MARKS if data.startswith(mark)), None)
    try:
        if encoding is not None:
            text = data.decode(encoding)
        else:
            text = _guessed(data, name)
    except LookupError:
        raise EngineError("encoding-unknown", name=name, encoding=encoding) from None
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise EngineError("encoding-wrong", name=name, encoding=encoding, line=line) from None
    if "\x00" in text:
        raise EngineError("file-binary", name=name)
    return text.removeprefix("\ufeff")


def _guessed(data: bytes, name: str) -> str:
    if b"\x00" in data[:_SAMPLE]:
        even, odd = data[0:_SAMPLE:2].count(0), data[1:_SAMPLE:2].count(0)
        if max(even, odd) > 10 * (min(even, odd) + 1):
            return data.decode("utf-16-be" if even > odd else "utf-16-le")
        raise EngineError("file-binary", name=name)
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise EngineError("encoding-wrong", name=name, encoding="utf-8, gb18030", line=1)


def found_separator(sample: str) -> str:
    """The separator that splits the first lines into the same number of fields, more fields winning."""
    lines = [line for line in sample.splitlines()[:50] if line.strip()][:-1] or sample.splitlines()[:1]

    def score(separator: str) -> tuple[int, int]:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=separator))
        width, count = widths.most_common(1)[0]
        return (count, width) if width > 1 else (0, 0)

    return max(_SEPARATORS, key=score)


def _cleaned(value: str) -> str | None:
    value = value.strip()
    return value or None
