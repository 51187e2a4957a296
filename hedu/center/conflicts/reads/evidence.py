"""Findings + the viewer's rights -> exhibits: rows of what they may not see are left out, agreed aggregates stay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from hedu.center.catalog import reads as catalog
from hedu.center.conflicts.models import Case, Finding
from hedu.center.conflicts.reads.cases import standing_of, words_of
from hedu.center.conflicts.reads.scanning import snapshot_now
from hedu.center.kernel.actor import Actor
from hedu.center.people.reads import parents
from hedu.errors import HeduError
from hedu.model.resting import referred_to, rests_on
from hedu.plan.visible import masked_columns
from hedu.query import Access, Question

LIVE_MOST = 3
LIVE_ROWS_MOST = 2000
ROW_KINDS = frozenset({"witness"})
MASKED = "•••"


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One exhibit as this person may see it. `hidden` are datasets whose rows were left out."""

    kind: str
    facts: Mapping[str, Any]
    question: Mapping[str, Any] | None = None
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Live:
    """The same question asked now, under the viewer's own rights."""

    question: Mapping[str, Any]
    answer: Mapping[str, Any] | None
    problem: Any = None


def latest(case: Case) -> Finding | None:
    """What the last look that found it found."""
    return case.findings.filter(is_clean=False).first()


def exhibits(actor: Actor, case: Case, finding: Finding | None = None) -> list[Exhibit]:
    """The frozen exhibits of a finding (default the latest) under the actor's rights."""
    chosen = finding or latest(case)
    if chosen is None:
        return []
    who, concerned = catalog.asker(actor), is_concerned(actor, case)
    under = _rests_on(who, case)
    return [_seen(who, each, tuple(each.get("datasets") or under), concerned) for each in chosen.evidence]


def is_concerned(actor: Actor, case: Case, above: Mapping[int, int | None] | None = None) -> bool:
    """Parties, the mediator, administrators."""
    standing = standing_of(actor, case, above)
    return standing.is_party or standing.is_mediator or standing.is_admin


def kept_from(actor: Actor, cases: Iterable[Case]) -> frozenset[int]:
    """Those of the cases whose numbers the actor is not told: they rest on data of which they see nothing, or they are
    about a group of rows that may be one the actor does not see."""
    who = catalog.asker(actor)
    unseen = _unseen(who.access)
    given = list(cases)
    rows = [case for case in given if unseen & set(_rests_on(who, case))] if unseen else []
    placed = [case for case in given if "place" in case.facts]
    groups = {case.pk for case in placed if _is_masked(who, case)}
    rows += [case for case in placed if case not in rows and _limits(who, _rests_on(who, case))[0]]
    above = parents() if rows else {}
    return frozenset(groups | {case.pk for case in rows if not is_concerned(actor, case, above)})


def _is_masked(who: catalog.Asker, case: Case) -> bool:
    """Whether the group a case is about is one of a masked column; where it does not say of which, any is."""
    masked = _limits(who, _rests_on(who, case))[1]
    return bool(masked) and _last(str(case.facts.get("dimension", ""))) in masked | {""}


def words_told(actor: Actor, cases: Iterable[Case], lang: Literal["zh", "en"]) -> dict[int, str]:
    """Each case in one sentence; without its numbers where they are kept from the actor."""
    rows = list(cases)
    return words_of(rows, lang, bare=kept_from(actor, rows))


def may_see_raised(actor: Actor, case: Case) -> bool:
    """Whether the numbers somebody raised by hand are for the actor: their own case, or data they see all of."""
    if actor.user_id is not None and case.raised_by_id == actor.user_id:
        return True
    who = catalog.asker(actor)
    closed = _closed(who.access) | {mask.dataset for mask in who.access.masks}
    return not closed & set(_rests_on(who, case)) or is_concerned(actor, case)


def _rests_on(who: catalog.Asker, case: Case) -> tuple[str, ...]:
    """The datasets of the case's metrics: what an exhibit that names none rests on."""
    model = who.workspace.model
    return tuple(dict.fromkeys(dataset for name in case.names for dataset in rests_on(model, name)))


def _seen(who: catalog.Asker, each: Mapping[str, Any], datasets: tuple[str, ...], concerned: bool) -> Exhibit:
    """Rows of what the person sees in part are left out, and the name of the group they are of; of what they see
    nothing of, all of it, unless it is their own department's case."""
    hidden, masked = _limits(who, datasets)
    if not concerned and _unseen(who.access) & set(datasets):
        return Exhibit(each["kind"], {}, None, hidden)
    facts = _cut(each["facts"], bool(hidden), masked, each["kind"] in ROW_KINDS)
    return Exhibit(each["kind"], facts, each.get("question"), hidden)


def _limits(who: catalog.Asker, datasets: Iterable[str]) -> tuple[tuple[str, ...], frozenset[str]]:
    """Those of the datasets of which the person is not shown every row, and the masked columns of them and of all that
    their rows refer to, in small letters."""
    model = who.workspace.model
    closed, known = _closed(who.access), [name for name in datasets if name in model.datasets]
    hidden = tuple(name for name in known if closed & referred_to(model, [name]))
    reached = [model.datasets[name] for name in referred_to(model, known)] if who.access.masks else []
    return hidden, frozenset(column for one in reached for column in masked_columns(who.access, one))


def _closed(access: Access) -> set[str]:
    """Datasets of which some rows are kept from the person."""
    whole = {item.dataset for item in access.rows if item.where.strip().lower() in ("", "true")}
    return set(access.hidden) | ({item.dataset for item in access.rows} - whole)


def _unseen(access: Access) -> set[str]:
    """Datasets of which the person sees no row at all."""
    shut = {item.dataset for item in access.rows if item.where.strip().lower() == "false"}
    return set(access.hidden) | (shut - {item.dataset for item in access.rows if item.where.strip().lower() != "false"})


def _cut(value: Any, is_hidden: bool, masked: frozenset[str], is_rows: bool) -> Any:
    """Rows (lists of objects with keys, and whatever a witness holds) go, and the group's name; other numbers and
    texts stay."""
    if isinstance(value, Mapping):
        gone = {key for key in value if _last(key) in masked or (masked and _is_key(key))}
        if "dimension" in value and (is_hidden or _last(str(value["dimension"])) in masked):
            gone.add("value")
        return {
            key: _masked(item) if key in gone else _cut(item, is_hidden, masked, is_rows) for key, item in value.items()
        }
    if isinstance(value, list):
        if is_hidden and (is_rows or any(isinstance(item, Mapping) and _is_row(item) for item in value)):
            return []
        return [_cut(item, is_hidden, masked, is_rows) for item in value]
    return value


def _masked(value: Any) -> Any:
    return [MASKED for _ in value] if isinstance(value, list) else MASKED


def _last(name: str) -> str:
    """The dimension or column at the end of a path, in small letters."""
    return name.rpartition(".")[2].lower()


def _is_row(item: Mapping[str, Any]) -> bool:
    """An entry told by the key of single rows, not by a group."""
    return any(_is_key(key) for key in item)


def _is_key(name: str) -> bool:
    return name == "key" or name.startswith("key_")


def live_exhibits(actor: Actor, case: Case) -> list[Live]:
    """The questions of the latest finding, asked again now."""
    finding = latest(case)
    asked = [each["question"] for each in (finding.evidence if finding else ()) if each.get("question")]
    if case.is_by_hand and question_told(case.raised.get("question") or {}):
        asked = [case.raised["question"]]
    unique = list({repr(sorted(question.items())): question for question in asked}.values())[:LIVE_MOST]
    return [_asked(actor, question) for question in unique]


def _asked(actor: Actor, question: Mapping[str, Any]) -> Live:
    given = question_told(question)
    try:
        answer = catalog.ask(actor, **{"limit": LIVE_ROWS_MOST, **given})
    except HeduError as error:
        return Live(question, None, error.problem)
    return Live(question, catalog.result_json(answer, actor.lang, actor))


def question_told(given: Mapping[str, Any]) -> dict[str, Any]:
    """What of it can be asked again: the fields of a question that say something. Nobody's rights travel with it."""
    names = given.get("metrics")
    if not (isinstance(names, str) or (isinstance(names, list) and all(isinstance(name, str) for name in names))):
        return {}
    known = {field.name for field in fields(Question)} - {"access"}
    return {key: value for key, value in given.items() if key in known and value not in (None, [], "")}


def has_changed_since(case: Case) -> bool:
    """Whether other data answers now than when the latest finding was made."""
    finding = latest(case)
    return bool(finding and finding.snapshot and finding.snapshot != snapshot_now()[:120])
