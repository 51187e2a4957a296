"""Questions, charts, filters and tiles as they arrive -> canonical values; who may see and change what is shared.

Pure: no database. Everything that came from outside passes here before it is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from hedu.errors import QueryError, suggest

LISTS = ("metrics", "by", "where", "compare", "order")
TEXTS = ("since", "until", "as_of", "window", "time_zone", "currency")
FLAGS = ("totals", "min_max")
QUESTION_KEYS = (*LISTS, *TEXTS, *FLAGS, "limit", "parameters")
COMPARISONS = ("previous", "last_year", "last_year_spring_festival")
KINDS = (
    "line",
    "bar",
    "stacked",
    "area",
    "heatmap",
    "scatter",
    "indicator",
    "table",
    "waterfall",
    "bullet",
    "sankey",
)
TYPES = ("text", "number", "boolean", "date", "timestamp")

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
NAME_MOST = 120
ITEMS_MOST = 40
TEXT_MOST = 2_000
NOTE_MOST = 4_000
ROWS_MOST = 20_000
TILES_MOST = 40
FILTERS_MOST = 12
COLUMNS = 12
TALLEST = 24
LOWEST = 400
OPTIONS_MOST = 40
OPTION_DEPTH = 4

LEADING_ROLES = frozenset({"owner", "liaison", "deputy", "manager", "analyst", "administrator"})
"""Roles that keep what their department shares, and may show it to the whole company."""

Json = dict[str, Any]


def name_of(value: object) -> str:
    """A name people gave: one line, without outer blanks and marks that turn the reading of what stands beside it.

    QueryError title-missing, title-too-long.
    """
    text = _UNSEEN.sub(" ", value).strip() if isinstance(value, str) else ""
    if not text:
        raise QueryError("title-missing")
    if len(text) > NAME_MOST:
        raise QueryError("title-too-long", limit=NAME_MOST, length=len(text))
    return text


# --- questions -------------------------------------------------------------------------------------------


def question_of(value: object) -> Json:
    """A question with every key, in canonical form. QueryError question-broken, question-key-unknown.

    Access is not among the keys: a question is always asked with the rights of whoever looks.

    >>> question_of({"metrics": ["revenue"]})["totals"]
    False
    """
    held = _mapping(value, "question")
    for key in held:
        if key not in QUESTION_KEYS:
            raise QueryError("question-key-unknown", name=key, near=suggest(key, QUESTION_KEYS) or QUESTION_KEYS)
    question: Json = {key: _texts(held.get(key), key) for key in LISTS}
    question |= {key: _text_or_none(held.get(key), key) for key in TEXTS}
    question |= {key: _flag(held.get(key), key) for key in FLAGS}
    question["limit"] = _limit(held.get("limit"))
    question["parameters"] = _parameters(held.get("parameters"))
    for name in question["compare"]:
        if name not in COMPARISONS:
            raise QueryError("question-broken", field="compare", expected=COMPARISONS)
    if not question["metrics"] and not question["by"]:
        raise QueryError("question-empty")
    return question


def metrics_of(question: Mapping[str, Any]) -> tuple[str, ...]:
    """The metrics a kept question names."""
    return tuple(question.get("metrics") or ())


def _mapping(value: object, field: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise QueryError("question-broken", field=field, expected="{…}")
    return value


def _texts(value: object, field: str) -> list[str]:
    items = [value] if isinstance(value, str) else value
    if items is None:
        return []
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
        raise QueryError("question-broken", field=field, expected="[text, …]")
    if len(items) > ITEMS_MOST or any(len(item) > TEXT_MOST for item in items):
        raise QueryError("question-too-large", field=field, items=ITEMS_MOST, length=TEXT_MOST)
    return [item.strip() for item in items if item.strip()]


def _text_or_none(value: object, field: str) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str | int) or isinstance(value, bool) or len(str(value)) > NAME_MOST:
        raise QueryError("question-broken", field=field, expected="2026-03")
    return str(value).strip()


def _parameters(value: object) -> dict[str, str]:
    """Values of parameters by name, as texts; one that is empty is not set."""
    held = _mapping(value or {}, "parameters")
    if len(held) > ITEMS_MOST:
        raise QueryError("question-too-large", field="parameters", items=ITEMS_MOST, length=TEXT_MOST)
    found: dict[str, str] = {}
    for name, item in sorted(held.items()):
        if not isinstance(item, str | int | float) or len(str(item)) > NAME_MOST:
            raise QueryError("question-broken", field=f"parameters.{name}", expected="{name: value, …}")
        if item != "":
            found[name] = str(item).lower() if isinstance(item, bool) else str(item)
    return found


def _flag(value: object, field: str) -> bool:
    if value is None:
        return False
    if not isinstance(value, bool):
        raise QueryError("question-broken", field=field, expected=("true", "false"))
    return value


def _limit(value: object) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= ROWS_MOST:
        raise QueryError("question-broken", field="limit", expected=f"0 – {ROWS_MOST}")
    return value


# --- charts ----------------------------------------------------------------------------------------------


def chart_of(value: object) -> Json:
    """A chart as {kind, options}. QueryError chart-broken."""
    held = value if isinstance(value, Mapping) else {} if value is None else None
    if held is None or set(held) - {"kind", "options"}:
        raise QueryError("chart-broken", field="chart", expected="{kind, options}")
    kind = held.get("kind") or "line"
    if kind not in KINDS:
        raise QueryError("chart-broken", field="kind", expected=KINDS)
    options = held.get("options")
    options = {} if options is None else options
    if not isinstance(options, Mapping) or not _is_small(options, OPTION_DEPTH):
        raise QueryError("chart-broken", field="options", expected="{…}")
    return {"kind": kind, "options": dict(options)}


def _is_small(value: object, depth: int) -> bool:
    """JSON that a page can hold: not too deep, not too long."""
    if value is None or isinstance(value, bool | int | float):
        return True
    if isinstance(value, str):
        return len(value) <= TEXT_MOST
    if depth == 0:
        return False
    items = list(value.values()) if isinstance(value, Mapping) else value
    if not isinstance(items, list | tuple):
        return False
    return len(items) <= OPTIONS_MOST and all(_is_small(item, depth - 1) for item in items)


# --- boards ----------------------------------------------------------------------------------------------


def filters_of(value: object) -> list[Json]:
    """The filters over a whole board: [{path, label, type, values}]. QueryError filter-broken."""
    if not isinstance(value, list | tuple) or len(value) > FILTERS_MOST:
        raise QueryError("filter-broken", field="filters", limit=FILTERS_MOST)
    return [_filter(item) for item in value]


def _filter(value: object) -> Json:
    held = value if isinstance(value, Mapping) else {}
    path = held.get("path")
    if not isinstance(path, str) or not path or len(path) > TEXT_MOST:
        raise QueryError("filter-broken", field="path", limit=FILTERS_MOST)
    values = held.get("values")
    if values is None:
        values = []
    if not isinstance(values, list | tuple) or len(values) > 200 or not _is_flat(values):
        raise QueryError("filter-broken", field="values", limit=FILTERS_MOST)
    label, kind = held.get("label"), held.get("type")
    return {
        "path": path,
        "label": label[:NAME_MOST] if isinstance(label, str) and label else path,
        "type": kind if kind in TYPES else "text",
        "values": list(values),
    }


def _is_flat(values: Iterable[object]) -> bool:
    return all(
        value is None or isinstance(value, bool | int | float) or (isinstance(value, str) and len(value) <= TEXT_MOST)
        for value in values
    )


def tiles_of(value: object) -> list[Json]:
    """The tiles of a board: places within twelve columns, each a question with its chart, or a note.

    QueryError tile-broken, too-many-tiles and those of question_of and chart_of.
    """
    if not isinstance(value, list | tuple):
        raise QueryError("tile-broken", field="tiles")
    if len(value) > TILES_MOST:
        raise QueryError("too-many-tiles", limit=TILES_MOST, count=len(value))
    return [tile_of(item) for item in value]


def tile_of(value: object) -> Json:
    """One tile in canonical form; `question` is None for a note."""
    held = value if isinstance(value, Mapping) else None
    if held is None:
        raise QueryError("tile-broken", field="tiles")
    width = _within(held.get("w"), 1, COLUMNS, "w")
    tile = {
        "id": held.get("id"),
        "title": _short(held.get("title"), NAME_MOST, "title"),
        "text": _short(held.get("text"), NOTE_MOST, "text"),
        "x": min(_within(held.get("x"), 0, COLUMNS - 1, "x"), COLUMNS - width),
        "y": _within(held.get("y"), 0, LOWEST, "y"),
        "w": width,
        "h": _within(held.get("h"), 1, TALLEST, "h"),
    }
    view = held.get("view")
    if view is None:
        return {**tile, "question": None, "chart": None}
    if not isinstance(view, Mapping):
        raise QueryError("tile-broken", field="view")
    return {**tile, "question": question_of(view.get("question")), "chart": chart_of(view.get("chart"))}


def _within(value: object, least: int, most: int, field: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise QueryError("tile-broken", field=field)
    return value


def _short(value: object, most: int, field: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > most:
        raise QueryError("tile-broken", field=field)
    return value.strip()


def free_place(taken: Iterable[tuple[int, int, int, int]], w: int, h: int) -> tuple[int, int]:
    """The first place, row by row, where a tile of `w` by `h` covers none of `taken` (x, y, w, h).

    >>> free_place([(0, 0, 3, 2)], 3, 2), free_place([(0, 0, 12, 4)], 6, 4)
    ((3, 0), (0, 4))
    """
    held = list(taken)
    below = max((y + height for _, y, _, height in held), default=0)
    for top in range(min(below, LOWEST)):
        for left in range(COLUMNS - w + 1):
            if not any(
                left < x + width and x < left + w and top < y + height and y < top + h for x, y, width, height in held
            ):
                return left, top
    return 0, min(below, LOWEST)


# --- sharing ---------------------------------------------------------------------------------------------


def may_keep(
    user: int | None,
    roles: Mapping[int, frozenset[str]],
    *,
    owner: int,
    department: int | None,
    scope: str,
) -> bool:
    """Whether a person may change it: its owner, or a leading role of the department it is shared with."""
    if user is not None and user == owner:
        return True
    if scope == "private" or department is None:
        return False
    return bool(roles.get(department, frozenset()) & LEADING_ROLES)


def may_show(roles: Mapping[int, frozenset[str]], *, department: int | None, scope: str) -> bool:
    """Whether somebody may share so widely: a department by its own people, the company by leading roles."""
    match scope:
        case "private":
            return True
        case "department":
            return department is not None and department in roles
        case _:
            return any(held & LEADING_ROLES for held in roles.values())


def reaches(inner: tuple[str, int | None, int], outer: tuple[str, int | None, int]) -> bool:
    """Whether all who see `outer` also see `inner`; both are (scope, department, owner).

    >>> reaches(("company", None, 1), ("department", 4, 2))
    True
    >>> reaches(("private", 4, 1), ("department", 4, 1))
    False
    """
    scope, department, owner = inner
    other_scope, other_department, other_owner = outer
    if scope == "company":
        return True
    if other_scope == "private":
        return owner == other_owner
    return scope == other_scope == "department" and department == other_department
