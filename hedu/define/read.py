"""Texts -> definitions and every problem there is, never only the first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from hedu.define.definitions import Definitions, SettingsDef
from hedu.define.formats.native import Found, read_native
from hedu.errors import Problem, Where

_STATED = re.compile(
    r"""^(?:\{\s*(?:version:\s*1\s*,\s*)?)?["']?(dataset|metric|workspace)["']?\s*[:：][ \t]*["']?([^\s"',}#]*)""", re.M
)
_OF_SETTINGS = re.compile(r"""^["']?(?:exchange|semantics|time_spines|time_zone|week_start)["']?\s*[:：]""", re.M)


def read(texts: Mapping[str, str | bytes]) -> tuple[Definitions, tuple[Problem, ...]]:
    """The definitions in `texts` (name -> text) with all problems, in the order they stand.

    What is broken is left out of the definitions and listed in `broken`; everything else is there.

    >>> found, problems = read({"a.yml": "version: 1\\nmetric: orders\\nsimple: orders.lines\\n"})
    >>> found.metrics[0].name, problems
    ('orders', ())
    """
    problems: list[Problem] = []
    kept: dict[str, dict[str, Found]] = {"dataset": {}, "metric": {}, "workspace": {}}
    broken: dict[tuple[str, str], None] = {}
    for file, content in texts.items():
        objects, faults, unread = _read_file(file, content)
        here = list(faults)
        broken.update(dict.fromkeys(unread))
        for found in objects:
            if found.definition is None:
                broken[found.kind, found.name] = None
            else:
                first = _keep(found, kept[found.kind], here)
                if first is not None:
                    broken[found.kind, first.name] = None
        problems.extend(sorted(here, key=_place))
    settings = [found.definition for found in kept["workspace"].values()]
    definitions = Definitions(
        datasets=_all(kept["dataset"]),
        metrics=_all(kept["metric"]),
        settings=settings[0] if settings else SettingsDef(),
        broken=tuple(broken),
    )
    return definitions, tuple(problems)


@lru_cache(maxsize=30_000)
def _read_file(
    file: str, content: str | bytes
) -> tuple[tuple[Found, ...], tuple[Problem, ...], tuple[tuple[str, str], ...]]:
    """The objects of one file, and those it could not make out; a file read before gives the very same ones again."""
    problems: list[Problem] = []
    objects = tuple(read_native(file, decoded(file, content, problems), problems))
    unread = tuple(_unread(content, objects)) if problems else ()
    return objects, tuple(problems), unread


def _unread(content: str | bytes, objects: tuple[Found, ...]) -> Iterator[tuple[str, str]]:
    """(kind, name) of what stands in a faulty text and came to no object, as far as its lines tell."""
    text = content if isinstance(content, str) else content.replace(b"\0", b"").decode("utf-8", "replace")
    made = {(found.kind, found.name) for found in objects}
    yield from (stated for stated in _STATED.findall(text) if stated not in made)
    if _OF_SETTINGS.search(text) and "workspace" not in {kind for kind, _ in made}:
        yield "workspace", ""


def decoded(file: str, content: str | bytes, problems: list[Problem]) -> str:
    """The text; bytes must be UTF-8 (a byte order mark is dropped)."""
    if isinstance(content, str):
        return content.removeprefix("\ufeff")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        col = error.start - content.rfind(b"\n", 0, error.start)
        problems.append(Problem("not-utf8", Where(file, line, col), {"looks": _looks_like(content)}))
        return ""


def _looks_like(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        return "?"
    return "GB18030 (GBK)"


def _keep(found: Found, kept: dict[str, Found], problems: list[Problem]) -> Found | None:
    """Keep the first of a name, and return it when another comes: which is meant is not known.

    Case does not tell names apart, because it does not in a database.
    """
    name = found.name.casefold() if found.kind != "workspace" else ""
    first = kept.setdefault(name, found)
    if first is not found:
        code = "workspace-twice" if found.kind == "workspace" else "definition-twice"
        facts = {"kind": found.kind, "name": found.name, "other": first.name, "first": str(first.at)}
        problems.append(Problem(code, found.at, facts))
        return first
    return None


def _all(kept: dict[str, Found]) -> tuple[Any, ...]:
    return tuple(found.definition for found in kept.values())


def _place(problem: Problem) -> tuple[int, int]:
    return (problem.where.line, problem.where.col) if problem.where else (0, 0)
