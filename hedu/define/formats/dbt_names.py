"""dbt's ways of naming things (`{{ Dimension('a__b') }}`, `a__b`) -> native names and expressions."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from hedu.define.definitions import Grain
from hedu.errors import QueryError

_TEMPLATE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_SIMPLE = re.compile(r"[^\W\d]\w*")
_CALLS = ("Dimension", "TimeDimension", "Entity", "Metric")
_KEYWORDS = {
    "Dimension": ("name", "entity_path"),
    "TimeDimension": ("time_dimension_name", "time_granularity_name", "entity_path", "descending", "date_part_name"),
    "Entity": ("entity_name", "entity_path"),
    "Metric": ("metric_name", "group_by", "descending"),
}
SEPARATOR = "__"


@dataclass(frozen=True, slots=True)
class Named:
    """A thing that dbt names: the dotted parts before its grain, what it is split by (metrics), and its order."""

    kind: str
    parts: tuple[str, ...]
    grain: str | None = None
    date_part: str | None = None
    group_by: tuple[str, ...] = ()
    descends: bool = False

    @property
    def path(self) -> str:
        """The native name: dots between the parts, `metric(name by entity)` for a metric's value."""
        if self.kind == "Metric" and self.group_by:
            return f"metric({self.parts[0]} by {self.group_by[0].replace(SEPARATOR, '.')})"
        ending = [f"extract_{self.date_part}"] if self.date_part else [self.grain] if self.grain else []
        return ".".join([*self.parts, *ending])

    @property
    def dunder(self) -> str:
        """The name as dbt's users write it in a question."""
        return self.path.replace(".", SEPARATOR)


def native_condition(text: str) -> str:
    """A filter with its templates replaced by native names. Errors: QueryError template-unreadable.

    >>> native_condition("{{ Dimension('listing__country') }} = 'us' AND {{ TimeDimension('metric_time', 'day') }} > x")
    "listing.country = 'us' AND metric_time.day > x"
    """
    found = _TEMPLATE.sub(lambda match: _written(template(match.group(1)).path), text)
    if "{{" in found or "{%" in found:
        raise QueryError("template-unreadable", text=text.strip()[:120])
    return found


def has_template(text: str) -> bool:
    """Whether `text` holds a template."""
    return "{{" in text


def question_item(text: str) -> str:
    """An item of a `by` or an `order` in dbt's object notation, as the name it stands for; a name stays.

    >>> question_item("TimeDimension('metric_time', 'day').descending(True)"), question_item("-bookings")
    ('-metric_time__day', '-bookings')
    """
    inner = text.strip()
    match = _TEMPLATE.fullmatch(inner)
    inner = match.group(1).strip() if match else inner
    sign = "-" if inner.startswith("-") else ""
    if not inner.removeprefix("-").startswith(tuple(f"{call}(" for call in _CALLS)):
        return text
    named = template(inner.removeprefix("-"))
    return f"{'-' if named.descends else sign}{named.dunder}"


def template(text: str) -> Named:
    """What is written between the braces of a template. Errors: QueryError template-unreadable."""
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        return _named(tree)
    except (SyntaxError, ValueError, TypeError, IndexError, KeyError, AttributeError):
        raise QueryError("template-unreadable", text=text.strip()[:120]) from None


def _named(tree: ast.expr) -> Named:
    if not isinstance(tree, ast.Call):
        raise ValueError(tree)
    if isinstance(tree.func, ast.Attribute):
        return _changed(_named(tree.func.value), tree.func.attr, tree)
    kind = tree.func.id if isinstance(tree.func, ast.Name) else ""
    given = _arguments(tree, _KEYWORDS[kind])
    name = str(next(iter(given.values())))
    if not re.fullmatch(r"\w+", name):
        raise ValueError(name)
    parts = tuple(name.split(SEPARATOR))
    if kind == "Dimension" and str(given.get("entity_path")).lower() in get_args(Grain):
        return Named(kind, parts, str(given["entity_path"]).lower())
    path = tuple(part for one in _names(given.get("entity_path")) for part in one.split(SEPARATOR))
    if kind == "Metric":
        groups = tuple(template(one).dunder if "(" in one else one for one in _names(given.get("group_by")))
        if len(groups) > 1:
            raise ValueError(groups)
        return Named(kind, (name,), group_by=groups, descends=bool(given.get("descending", False)))
    grain, date_part = given.get("time_granularity_name"), given.get("date_part_name")
    made = Named(kind, (*path, *parts), descends=bool(given.get("descending", False)))
    made = _changed_to(made, "grain", grain)
    return _changed_to(made, "date_part", date_part)


def _changed(named: Named, method: str, call: ast.Call) -> Named:
    value = next(iter(_arguments(call, ("value",)).values()), True)
    if method == "descending":
        return Named(named.kind, named.parts, named.grain, named.date_part, named.group_by, bool(value))
    if method not in ("grain", "date_part"):
        raise ValueError(method)
    return _changed_to(named, method, value)


def _changed_to(named: Named, what: str, value: Any) -> Named:
    if value is None:
        return named
    text = str(value).lower()
    grain = text if what == "grain" else named.grain
    date_part = text if what == "date_part" else named.date_part
    return Named(named.kind, named.parts, grain, date_part, named.group_by, named.descends)


def _arguments(call: ast.Call, names: Sequence[str]) -> Mapping[str, Any]:
    found = {name: ast.literal_eval(value) for name, value in zip(names, call.args, strict=False)}
    found.update({str(one.arg): ast.literal_eval(one.value) for one in call.keywords})
    if len(call.args) > len(names):
        raise ValueError(names)
    return found


def _names(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(one) for one in value] if isinstance(value, (list, tuple)) else [str(value)]


def _written(path: str) -> str:
    """A path inside an expression: a single name in quotes, since it may be any word."""
    return f'"{path}"' if _SIMPLE.fullmatch(path) else path
