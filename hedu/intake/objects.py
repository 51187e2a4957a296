"""JSON or JSON lines -> grid: objects one level down become columns of their own."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

import pyarrow as pa

from hedu.errors import EngineError
from hedu.intake.grid import Grid, Reject, Texts
from hedu.intake.options import Options
from hedu.intake.separated import check_names, decoded

_NOT_OBJECT = "不是对象 · not an object"
_NOT_UNICODE = "有半个字符 · holds half a character"
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_EXACT = 2**53


def read_objects(data: bytes, name: str, options: Options, *, by_line: bool) -> Grid:
    """A list of objects, an object holding one such list, or one object a line.

    EngineError: file-empty, file-broken, columns-twice, and those of decoding.
    """
    text = decoded(data, name, options.encoding)
    found, rejects = _lines(text) if by_line else _whole(text, name)
    may_break = _SURROGATE.search(text) is not None
    records: list[dict[str, Any]] = []
    lines: list[int] = []
    for line, record in found:
        if not isinstance(record, Mapping):
            rejects.append(Reject(line, "", str(record)[:200], _NOT_OBJECT))
        elif may_break and not _is_sound(record):
            rejects.append(Reject(line, "", ascii(record)[:200], _NOT_UNICODE))
        else:
            records.append(_flat(record, name))
            lines.append(line)
    names = list(dict.fromkeys(key for record in records for key in record))
    if not names:
        raise EngineError("file-empty", name=name)
    check_names(names, name)
    columns = [column_of([record.get(key) for record in records]) for key in names]
    return Grid(tuple(names), columns, lines, tuple(rejects), guess="times")


def column_of(values: list[Any]) -> pa.Array | Texts:
    """One type for all: numbers stay numbers only where every value is one; texts are to be typed."""
    kinds = {type(value) for value in values if value is not None}
    if not kinds or kinds == {str}:
        return [value or None for value in values]
    if kinds == {int, float} and all(abs(value) <= _EXACT for value in values if type(value) is int):
        return pa.array([None if value is None else float(value) for value in values])
    if len(kinds) == 1:
        try:
            return pa.array(values)
        except (pa.ArrowException, OverflowError):
            pass
    return [None if value is None else value if isinstance(value, str) else json.dumps(value) for value in values]


def _whole(text: str, name: str) -> tuple[list[tuple[int, Any]], list[Reject]]:
    try:
        found = json.loads(text, parse_constant=_not_a_number, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        lines, rejects = _lines(text)
        if text.lstrip().startswith("{") and len(lines) > len(rejects):
            return lines, rejects
        raise EngineError("file-broken", name=name, kind="json", detail=str(error)[:120]) from None
    if isinstance(found, Mapping):
        lists = [value for value in found.values() if isinstance(value, list) and value]
        if len(lists) > 1 and all(isinstance(part[0], Mapping) for part in lists):
            raise EngineError(
                "file-broken", name=name, kind="json", detail=f"{len(lists)} lists: {', '.join(found)}"[:120]
            )
        found = lists[0] if len(lists) == 1 and isinstance(lists[0][0], Mapping) else [found]
    return list(enumerate(found if isinstance(found, list) else [found], start=1)), []


def _lines(text: str) -> tuple[list[tuple[int, Any]], list[Reject]]:
    found: list[tuple[int, Any]] = []
    rejects: list[Reject] = []
    for line, item in enumerate(io.StringIO(text), start=1):
        if item.strip():
            try:
                found.append((line, json.loads(item, parse_constant=_not_a_number, object_pairs_hook=_once)))
            except (ValueError, RecursionError) as error:
                rejects.append(Reject(line, "", item[:200].strip(), f"不是 JSON · not JSON: {str(error)[:60]}"))
    return found, rejects


def _is_sound(record: Mapping[str, Any]) -> bool:
    try:
        json.dumps(record, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys stand once each: which of two values is meant nobody knows."""
    record = dict(pairs)
    if len(record) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)!r} stands twice")
    return record


def _not_a_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


def _flat(record: Mapping[str, Any], file: str) -> dict[str, Any]:
    """What lies deeper than one level stays JSON text."""
    flat: dict[str, Any] = {}
    for name, value in _parts(record):
        if name in flat:
            raise EngineError("columns-twice", name=file, columns=[name])
        flat[name] = json.dumps(value, ensure_ascii=False) if isinstance(value, (list, Mapping)) else value
    return flat


def _parts(record: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    for name, value in record.items():
        if isinstance(value, Mapping) and value:
            for inner, part in value.items():
                yield f"{name}_{inner}", part
        else:
            yield name, value
