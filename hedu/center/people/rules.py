"""Who belongs where, and what grants add up to: plain values, no database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError

from hedu.errors import QueryError
from hedu.query import Access, Mask, RowFilter

Effect = Literal["rows", "column", "dataset"]
ROLES = ("member", "owner", "liaison", "deputy", "manager", "analyst", "administrator")
NOTHING = "false"


@dataclass(frozen=True, slots=True)
class Grant:
    """One policy as a sentence: only these people see [these rows of | this column of | all of] `dataset`.

    The more of `departments`, `role` and `user` are set, the fewer people are meant; all unset means everybody.
    `departments` already holds the subtree where the policy asks for it.
    """

    dataset: str
    effect: Effect
    where: str = ""
    column: str = ""
    departments: frozenset[int] | None = None
    role: str = ""
    user: int | None = None


def is_meant(grant: Grant, user: int | None, roles: Mapping[int, frozenset[str]]) -> bool:
    """The grant is for this person: every condition that it sets holds."""
    if grant.user is not None and grant.user != user:
        return False
    if grant.departments is None and not grant.role:
        return True
    places = roles if grant.departments is None else grant.departments & roles.keys()
    if not grant.role:
        return bool(places)
    return any(grant.role in roles[place] for place in places)


def access(
    grants: Iterable[Grant], user: int | None, roles: Mapping[int, frozenset[str]], username: str = ""
) -> Access:
    """What a person sees. A dataset, column or row set under any policy is closed to all it does not mean.

    Row filters meant for the person are alternatives; one without a condition opens all rows; where there is
    none, no row is seen.
    """
    closed = list(grants)
    meant = [grant for grant in closed if is_meant(grant, user, roles)]
    return Access(
        rows=_filters(
            {grant.dataset for grant in closed if grant.effect == "rows"},
            [grant for grant in meant if grant.effect == "rows"],
            username,
        ),
        masks=tuple(Mask(*key) for key in sorted(_columns(closed) - _columns(meant))),
        hidden=tuple(sorted(_datasets(closed) - _datasets(meant))),
    )


def _filters(closed: set[str], meant: list[Grant], username: str) -> tuple[RowFilter, ...]:
    found: set[RowFilter] = set()
    for dataset in closed:
        wheres = {filled(grant.where, username) for grant in meant if grant.dataset == dataset}
        if "" not in wheres:
            found |= {RowFilter(dataset, where) for where in wheres or {NOTHING}}
    return tuple(sorted(found, key=lambda item: (item.dataset, item.where)))


def _columns(grants: list[Grant]) -> set[tuple[str, str]]:
    return {(grant.dataset, grant.column) for grant in grants if grant.effect == "column"}


def _datasets(grants: list[Grant]) -> set[str]:
    return {grant.dataset for grant in grants if grant.effect == "dataset"}


def filled(where: str, username: str) -> str:
    """`{username}` in a row filter becomes the person's own name as a quoted text.

    >>> filled("seller = {username}", "o'neil")
    "seller = 'o''neil'"
    """
    return where.replace("{username}", "'" + username.replace("'", "''") + "'")


def check_condition(where: str) -> None:
    """A row condition is one boolean expression over the dataset's dimensions; nothing else may be in it."""
    if not where:
        return
    try:
        trees = sqlglot.parse(filled(where, "x"), read="duckdb")
    except ParseError as wrong:
        raise QueryError("policy-condition-unreadable", condition=where, reason=str(wrong).split("\n")[0]) from wrong
    tree = trees[0] if len(trees) == 1 else None
    if tree is None or not isinstance(tree, exp.Condition) or tree.find(exp.Query, exp.Star, exp.Alias):
        raise QueryError("policy-condition-unreadable", condition=where, reason="")


def is_valid_on(day: date, since: date | None, until: date | None) -> bool:
    """Both ends belong to the range; an open end has no limit."""
    return (since is None or since <= day) and (until is None or day <= until)


def subtree(parents: Mapping[int, int | None], top: int) -> frozenset[int]:
    """`top` and everything under it, given each department's parent."""
    children: dict[int, list[int]] = {}
    for child, parent in parents.items():
        if parent is not None:
            children.setdefault(parent, []).append(child)
    found: set[int] = set()
    waiting = [top]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting.extend(children.get(one, ()))
    return frozenset(found)


def would_loop(parents: Mapping[int, int | None], moved: int, under: int | None) -> bool:
    """Putting `moved` under `under` would make it its own ancestor."""
    return under is not None and under in subtree(parents, moved)
