"""CSV bytes -> grid: the encoding found out, the separator found out, ragged rows kept apart."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv

from hedu.errors import EngineError
from hedu.intake.grid import Grid, Reject
from hedu.intake.options import Options
from hedu.intake.values import any_day, decimal, moment

Row = tuple[int, list[str]]
_SEPARATORS = (",", ";", "\t", "|")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SAMPLE = 65_536
_MOST_COLUMNS = 2_000
_LONGEST_FIELD = 1_000_000
_BLOCK = 8 * 2**20
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_FEWEST_COMMON = 0.9


def read_separated(data: bytes, name: str, options: Options) -> Grid:
    """A grid of all rows that have as many fields as the header.

    EngineError: file-empty, file-binary, encoding-unknown, encoding-wrong, header-missing, header-looks-like-data,
    columns-twice, columns-too-many, field-too-long.
    """
    text = decoded(data, name, options.encoding)
    separator = options.separator or found_separator(text[:_SAMPLE])
    first = next(_rows(io.StringIO(text, newline=""), separator, name), None)
    if options.header_row is None and first is not None and is_data(first[1]):
        raise EngineError("header-looks-like-data", name=name, value=", ".join(first[1])[:80])
    if options.header_row in (None, 1) and first is not None and first[0] == 1:
        grid = _read_fast(text, separator, first[1], name)
        if grid is not None:
            return grid
    return grid_of(list(_rows(io.StringIO(text, newline=""), separator, name)), name, options)


def _rows(text: io.StringIO, separator: str, name: str) -> Iterator[Row]:
    """The rows that hold something, with the line each begins on."""
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.reader(text, delimiter=separator, strict=True)
    begins = 1
    try:
        for row in reader:
            if any(field.strip() for field in row):
                yield begins, row
            begins = reader.line_num + 1
    except csv.Error as error:
        raise EngineError("field-too-long", name=name, line=begins, detail=str(error)) from None


def _read_fast(text: str, separator: str, header: list[str], name: str) -> Grid | None:
    """All rows at once, where each is one line with as many fields as the header; None where any is not."""
    if text.count('"') % 2 or "\r" in text.replace("\r\n", "\n"):
        return None
    lines = text.count("\n") + (not text.endswith("\n"))
    names = _names(header, name)
    if lines < 2 or len(names) != len(header):
        return None
    reading = pcsv.ReadOptions(skip_rows=1, column_names=[str(at) for at in range(len(names))], block_size=_BLOCK)
    parsing = pcsv.ParseOptions(delimiter=separator, newlines_in_values=True, ignore_empty_lines=True)
    kinds = pcsv.ConvertOptions(
        column_types={str(at): pa.string() for at in range(len(names))}, strings_can_be_null=False
    )
    try:
        table = pcsv.read_csv(io.BytesIO(text.encode()), reading, parsing, kinds)
    except pa.ArrowException:
        return None
    if table.num_rows != lines - 1:
        return None
    columns = [_stripped(column) for column in table.columns]
    if any((pc.max(pc.binary_length(column)).as_py() or 0) > _LONGEST_FIELD for column in columns):
        return None
    filled = reduce(pc.or_, (pc.is_valid(column) for column in columns))
    if pc.all(filled).as_py():
        return Grid(tuple(names), columns, range(2, lines + 1))
    kept = pc.indices_nonzero(filled)
    return Grid(tuple(names), [column.take(kept) for column in columns], [at + 2 for at in kept.to_pylist()])


def _stripped(column: pa.ChunkedArray) -> pa.Array:
    texts = pc.utf8_trim_whitespace(column.combine_chunks())
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)


def grid_of(rows: list[Row], name: str, options: Options) -> Grid:
    """Rows by their line, the header among them, as a grid."""
    if not rows:
        raise EngineError("file-empty", name=name)
    if options.header_row == 0:
        names = list(options.names) or [f"column_{at + 1}" for at in range(len(rows[0][1]))]
        body = rows
    else:
        wanted = options.header_row or rows[0][0]
        at = next((at for at, (line, _) in enumerate(rows) if line >= wanted), None)
        if at is None:
            raise EngineError("header-missing", name=name, row=wanted)
        names, body = _names(rows[at][1], name), rows[at + 1 :]
    check_names(names, name)
    fitting, rejects = _fitting(body, len(names))
    columns = list(zip(*(row for _, row in fitting), strict=True)) if fitting else [() for _ in names]
    cleaned = [[value.strip() or None for value in column] for column in columns]
    return Grid(tuple(names), cleaned, [line for line, _ in fitting], rejects)


def _names(header: list[str], file: str) -> list[str]:
    """The header's names; empty ones at its end name nothing."""
    names = [field.strip().strip("\ufeff") for field in header]
    while len(names) > 1 and not names[-1]:
        names.pop()
    check_names(names, file)
    return names


def _fitting(body: Iterable[Row], width: int) -> tuple[list[Row], tuple[Reject, ...]]:
    fitting: list[Row] = []
    rejects: list[Reject] = []
    for line, row in body:
        if len(row) > width and not any(field.strip() for field in row[width:]):
            row = row[:width]
        if len(row) == width:
            fitting.append((line, row))
        else:
            reason = f"有 {len(row)} 个字段, 应有 {width} 个 · {len(row)} fields, {width} expected"
            rejects.append(Reject(line, "", "…".join(row)[:200], reason))
    return fitting, tuple(rejects)


def check_names(names: list[str], file: str) -> None:
    """Refuse columns that cannot be told apart or have no name."""
    if len(names) > _MOST_COLUMNS:
        raise EngineError("columns-too-many", name=file, count=len(names), most=_MOST_COLUMNS)
    twice = [name for name, count in Counter(item.casefold() for item in names).items() if count > 1]
    if twice or "" in names:
        shown = [name or f"({names.index('') + 1})" for name in twice or [""]]
        raise EngineError("columns-twice", name=file, columns=shown)


def decoded(data: bytes, name: str, encoding: str | None) -> str:
    """The text of a file in its declared encoding, else by its mark, else UTF-8, else GB18030.

    GB18030 gives some text for nearly any bytes; it is believed only where the characters are common ones.
    """
    if not data.strip():
        raise EngineError("file-empty", name=name)
    if encoding is None:
        encoding = next((known for mark, known in _MARKS if data.startswith(mark)), None)
    try:
        text = data.decode(encoding) if encoding is not None else _guessed(data, name)
    except LookupError:
        raise EngineError("encoding-unknown", name=name, encoding=encoding) from None
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise EngineError("encoding-wrong", name=name, encoding=encoding, line=line) from None
    if _CONTROL.search(text):
        raise EngineError("file-binary", name=name)
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise EngineError("file-empty", name=name)
    return text


def _guessed(data: bytes, name: str) -> str:
    if b"\x00" in data[:_SAMPLE]:
        even, odd = data[0:_SAMPLE:2].count(0), data[1:_SAMPLE:2].count(0)
        if max(even, odd) < 2 or max(even, odd) <= 10 * min(even, odd) or len(data) % 2:
            raise EngineError("file-binary", name=name)
        try:
            return data.decode("utf-16-be" if even > odd else "utf-16-le")
        except UnicodeDecodeError:
            raise EngineError("file-binary", name=name) from None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    if not _is_common(text):
        raise EngineError("encoding-wrong", name=name, encoding="UTF-8 / GB18030", line=line)
    return text


def _is_common(text: str) -> bool:
    """Whether nearly all characters beyond ASCII are of the everyday set."""
    seen = [char for char in text[: 20 * _SAMPLE] if not char.isascii()]
    return bool(seen) and len("".join(seen).encode("gb2312", "ignore")) / 2 >= _FEWEST_COMMON * len(seen)


def is_data(row: list[str]) -> bool:
    """Whether a row holds values rather than names: more than half its fields are numbers or dates."""
    fields = [field.strip() for field in row if field.strip()]
    values = [field for field in fields if decimal(field) is not None or any_day(field) or moment(field)]
    return len(values) > len(fields) / 2


def found_separator(sample: str) -> str:
    """The separator that splits the first lines into the same number of fields, more fields winning."""
    lines = [line for line in sample.splitlines()[:50] if line.strip()][:-1] or sample.splitlines()[:1]

    def score(separator: str) -> tuple[int, int]:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=separator))
        width, count = widths.most_common(1)[0]
        return (count, width) if width > 1 else (0, 0)

    return max(_SEPARATORS, key=score)
