"""Tables of cases -> what the actor may see, what they are to a case, and how it reads in their language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import Case as When_
from django.db.models import IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from hedu.alignment.conflict import Conflict
from hedu.alignment.wording import SENTENCES, facet_label, sentence
from hedu.center.catalog.models import Metric
from hedu.center.catalog.reads import workspace
from hedu.center.conflicts import rules
from hedu.center.conflicts.models import Case, Position, Scan
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.models import Audit, User
from hedu.center.people.models import Department, Membership
from hedu.center.people.reads import holders, liaisons_of, parents, people_visible_to, today
from hedu.define.definitions import Label
from hedu.model.types import Model

URGENCY = When_(
    *(When(severity=level, then=Value(at)) for at, level in enumerate(rules.SEVERITIES)), output_field=IntegerField()
)

RAISED_FIRST = When_(When(kind="hand", then=Value(0)), default=Value(1), output_field=IntegerField())
"""Somebody waits for an answer."""


def visible_to(actor: Actor) -> QuerySet[Case]:
    """Disagreements are no secret between colleagues; what is seen of their evidence is decided by one's rights."""
    if actor.is_anonymous:
        return Case.objects.none()
    return Case.objects.select_related("mediator", "raised_by", "decided_by", "merged_into").prefetch_related(
        "departments", "metrics__department"
    )


def scans_visible_to(actor: Actor) -> QuerySet[Scan]:
    """Every look at everything, latest first."""
    return Scan.objects.none() if actor.is_anonymous else Scan.objects.select_related("asked_by")


# --- who is what -----------------------------------------------------------------------------------------


def _with_above(departments: Iterable[int], above: Mapping[int, int | None]) -> dict[int, frozenset[int]]:
    """Each department with those above it."""
    found = {}
    for department in departments:
        chain: set[int] = set()
        place: int | None = department
        while place is not None and place not in chain:
            chain.add(place)
            place = above.get(place)
        found[department] = frozenset(chain)
    return found


def standing_of(actor: Actor, case: Case, above: Mapping[int, int | None] | None = None) -> rules.Standing:
    """What the actor is to the case. Who speaks for a department speaks for those below it; the company's own
    posts speak for a single department only where it has nobody. Nobody mediates who has come to belong to a party."""
    held = {place for place, roles in actor.roles.items() if roles & rules.SPEAKING}
    above = (parents() if above is None else above) if held else {}
    parties = [department.pk for department in case.departments.all()]
    places = _with_above(parties, above)
    tops = {pk for pk, parent in above.items() if parent is None}
    mine = {party for party, chain in places.items() if held & ({party} | (chain - tops))}
    if held & tops:
        mine |= {party for party in parties if liaisons_of(party).filter(pk=actor.user_id).exists()}
    mediates = case.mediator_id is not None and case.mediator_id == actor.user_id
    is_mediator = mediates and not _of_parties(actor.departments, parties)
    return rules.Standing(frozenset(mine), is_mediator, actor.is_admin)


def is_of_party(person: User, case: Case) -> bool:
    """Whether the person belongs to a department that the case is about, or to one below it."""
    held = set(Membership.objects.filter(user=person).values_list("department_id", flat=True))
    return _of_parties(held, [department.pk for department in case.departments.all()])


def _of_parties(departments: Collection[int], parties: Collection[int]) -> bool:
    """Whether one of the departments is a party or lies below one. Below the whole company lie all: that is none."""
    return bool(set(departments) & set(parties)) or bool(set(departments) & _below(parties))


def _below(parties: Collection[int]) -> set[int]:
    """The departments below these, the top of the company left out."""
    above = parents()
    tops = {pk for pk, parent in above.items() if parent is None}
    return {pk for pk, chain in _with_above(above, above).items() if (chain - {pk} - tops) & set(parties)}


def speakers_of(case: Case) -> list[User]:
    """Liaisons of every party, else whoever stands in for them, each once; administrators where nobody does."""
    found: dict[int, User] = {}
    for department in case.departments.all():
        found |= {user.pk: user for user in liaisons_of(department.pk)}
    return list(found.values()) or rung_of(case, "committee")


def parts_of(case: Case) -> list[Case]:
    """The cases that a detector must find gone: this one and those that were merged into it, but not what people
    raised."""
    found, at = [case], 0
    while at < len(found):
        found += [row for row in found[at].merged.all() if row not in found]
        at += 1
    return [row for row in found if not row.is_by_hand]


def speakers_of_department(department: int) -> list[User]:
    """Liaisons of one party, else whoever stands in for them."""
    return list(liaisons_of(department))


def rung_of(case: Case, rung: str) -> list[User]:
    """Whom an overdue case goes to: liaisons, then heads of the parties, then the administrators."""
    if rung == "liaison":
        return speakers_of(case)
    if rung == "manager":
        return [user for department in case.departments.all() for user in holders(department.pk, "manager")]
    held = Q(memberships__role="administrator") | Q(is_superuser=True)
    return list(User.objects.filter(held, is_active=True).distinct())


# --- lists -----------------------------------------------------------------------------------------------


def listed(actor: Actor, asked: Mapping[str, str]) -> QuerySet[Case]:
    """Cases narrowed by kind, state, severity, department, metric, `mine` and words; the gravest and latest first."""
    rows = _narrowed(visible_to(actor), actor, asked)
    return rows.order_by("-is_open", URGENCY, "-changed_at", "-pk")


def _narrowed(rows: QuerySet[Case], actor: Actor, asked: Mapping[str, str]) -> QuerySet[Case]:
    match asked.get("state", "open"):
        case "open" | "":
            rows = rows.filter(is_open=True)
        case "ended":
            rows = rows.filter(is_open=False)
        case "late":
            rows = rows.filter(is_open=True, due_on__lt=today())
        case "all":
            pass
        case state:
            rows = rows.filter(state=state)
    for field in ("kind", "severity"):
        if asked.get(field):
            rows = rows.filter(**{field: asked[field]})
    if asked.get("department"):
        rows = rows.filter(pk__in=Case.objects.filter(departments__code=asked["department"]).values("pk"))
    if asked.get("metric"):
        rows = rows.filter(pk__in=Case.objects.filter(metrics__name=asked["metric"]).values("pk"))
    if asked.get("mine"):
        rows = rows.filter(pk__in=_mine(actor).values("pk"))
    for word in asked.get("q", "").split():
        rows = rows.filter(pk__in=_with_word(word).values("pk"))
    return rows


def _mine(actor: Actor) -> QuerySet[Case]:
    """Those one mediates, raised, or whose party one belongs to."""
    mine = Q(departments__in=actor.departments)
    if actor.user_id is not None:
        mine |= Q(mediator_id=actor.user_id) | Q(raised_by_id=actor.user_id)
    return Case.objects.filter(mine)


def _with_word(word: str) -> QuerySet[Case]:
    number = word.upper().removeprefix("C-").lstrip("0")
    found = Q(metrics__name__icontains=word) | Q(metrics__search_text__icontains=word) | Q(raised__text__icontains=word)
    return Case.objects.filter(found | Q(pk=int(number)) if number.isdecimal() and len(number) < 15 else found)


def counted(actor: Actor) -> dict[str, Any]:
    """How many open cases there are by severity, state and kind, how many are late and how many are mine."""
    rows = list(Case.objects.filter(is_open=True).values_list("severity", "state", "kind", "due_on"))
    if actor.is_anonymous:
        rows = []
    return {
        "open": len(rows),
        "severity": Counter(row[0] for row in rows),
        "state": Counter(row[1] for row in rows),
        "kind": Counter(row[2] for row in rows),
        "late": sum(row[3] is not None and row[3] < today() for row in rows),
        "mine": _mine(actor).filter(is_open=True).values("pk").distinct().count() if rows else 0,
    }


def on_board(actor: Actor, asked: Mapping[str, str], most: int = 12) -> list[tuple[str, list[Case], int]]:
    """(state, its first cases, how many there are) for each column of the board."""
    rows = _narrowed(visible_to(actor), actor, {**asked, "state": "open"}).order_by(URGENCY, "due_on", "-pk")
    columns: dict[str, list[Case]] = {state: [] for state in rules.COLUMNS}
    for row in rows:
        columns["decided" if row.state == "accepted" else row.state].append(row)
    return [(state, found[:most], len(found)) for state, found in columns.items()]


def open_cases_of(actor: Actor, metric: str) -> QuerySet[Case]:
    """Open cases about a metric, the gravest first."""
    return listed(actor, {"metric": metric})


def similar_to(actor: Actor, case: Case) -> QuerySet[Case]:
    """Undecided cases about one of the same metrics: those it could be merged into."""
    rows = visible_to(actor).filter(state__in=rules.JOINING, metrics__in=case.metrics.all()).exclude(pk=case.pk)
    return rows.distinct().order_by("-changed_at")[:20]


def waiting_for(actor: Actor) -> list[Case]:
    """Open cases in which the actor is the next to move: those they mediate, and those whose party they speak for."""
    speaking = [place for place, roles in actor.roles.items() if roles & rules.SPEAKING]
    mine = Q(mediator_id=actor.user_id, state__in=("mediating", "applied", "verified"))
    mine |= Q(departments__in=speaking, state__in=("detected", "triaged", "decided"))
    mine |= Q(departments__in=speaking, state="mediating") & ~Q(positions__department__in=speaking)
    if actor.user_id is None:
        return []
    rows = visible_to(actor).filter(pk__in=Case.objects.filter(mine, is_open=True).values("pk"))
    return list(rows.order_by(RAISED_FIRST, URGENCY, "due_on", "-pk")[:20])


# --- words -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Party:
    """A metric of a case with the letter it is called by, and who owns it."""

    letter: str
    name: str
    label: str
    metric: Metric | None


def metrics_of(case: Case, lang: str) -> list[Party]:
    """The case's metrics in order: 甲 (A), 乙 (B), … A metric gone by now keeps its name."""
    rows = {row.name: row for row in case.metrics.all()}
    letters = "甲乙丙丁戊己庚辛" if lang == "zh" else "ABCDEFGH"
    labels = {name: row.label(lang) for name, row in rows.items()}
    twice = {label for label, count in Counter(labels.values()).items() if count > 1}
    for name, row in rows.items():
        if labels[name] in twice:
            place = f" · {row.department.name}" if row.department else f" · {name}"
            labels[name] += place if len({one.department_id for one in rows.values()}) > 1 else f" · {name}"
    return [
        Party(letters[at : at + 1], name, labels.get(name, name), rows.get(name)) for at, name in enumerate(case.names)
    ]


def parties(case: Case) -> list[Department]:
    return list(case.departments.all())


def words_for(case: Case, lang: Literal["zh", "en"]) -> str:
    """The case in one plain sentence. One that people raised speaks in their words."""
    return words_of([case], lang)[case.pk]


def words_of(cases: Iterable[Case], lang: Literal["zh", "en"], *, bare: Collection[int] = ()) -> dict[int, str]:
    """Each case in one plain sentence, those in `bare` by class and metrics only; what they need is fetched once."""
    rows = list(cases)
    model, labels = workspace().model, _department_labels()
    people = {row.facts["person"] for row in rows if isinstance(row.facts.get("person"), str)}
    names = dict(User.objects.filter(username__in=people).values_list("username", "name")) if people else {}
    return {
        row.pk: _bare_words(row, lang) if row.pk in bare else _words(row, lang, model, labels, names) for row in rows
    }


def _bare_words(case: Case, lang: Literal["zh", "en"]) -> str:
    if case.is_by_hand:
        return str(case.raised.get("text") or case.code)
    told = [party.label for party in metrics_of(case, lang)]
    return (
        f"{case.get_kind_display()}：{'、'.join(told)}"
        if lang == "zh"
        else f"{case.get_kind_display()}: {', '.join(told)}"
    )


def _words(
    case: Case, lang: Literal["zh", "en"], model: Model, labels: Mapping[str, Label], names: Mapping[str, str]
) -> str:
    if case.is_by_hand:
        return str(case.raised.get("text") or case.code)
    if case.code not in SENTENCES.get(case.kind, {}):
        return f"{case.get_kind_display()}: {', '.join(case.names)}"
    person = case.facts.get("person")
    conflict = Conflict(
        kind=case.kind,  # type: ignore[arg-type]
        code=case.code,
        metrics=tuple(case.names),
        departments=tuple(department.code for department in case.departments.all()),
        facts={**case.facts, "person": names[person]} if person in names else case.facts,
    )
    return sentence(conflict, lang, model, labels)


def _department_labels() -> dict[str, Label]:
    rows = Department.objects.values_list("code", "name_zh", "name_en")
    return {code: Label(zh, en) for code, zh, en in rows}


def facets_told(case: Case, lang: Literal["zh", "en"]) -> list[str]:
    return [facet_label(facet, lang) for facet in case.facets]


def timeline(actor: Actor, case: Case) -> list[Audit]:
    """Everything done to the case, latest first: audit rows are its history."""
    if actor.is_anonymous:
        return []
    rows = Audit.objects.filter(kind="case", object_id=str(case.pk), outcome=Audit.Outcome.DONE)
    return list(rows.select_related("user")[:200])


def positions_of(case: Case) -> list[tuple[Department, list[Position]]]:
    """Each party with what it said, latest first; the first of them stands."""
    said: dict[int, list[Position]] = {}
    for position in case.positions.select_related("person", "department"):
        said.setdefault(position.department_id, []).append(position)
    return [(department, said.get(department.pk, [])) for department in case.departments.all()]


def mediators_for(actor: Actor, case: Case) -> list[User]:
    """Who could mediate: liaisons and heads of departments that the case is not about, and administrators."""
    parties = [department.pk for department in case.departments.all()]
    held = Q(memberships__role__in=("liaison", "manager", "owner", "administrator"))
    theirs = {*parties, *_below(parties)}
    rows = people_visible_to(actor).filter(held, is_active=True).exclude(memberships__department__in=theirs)
    return list(rows.distinct().order_by("name")[:100])


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the history: what was done, by whom, when, and in which words."""

    words: Any
    news: Any
    who: str
    at: Any
    note: str


def timeline_told(actor: Actor, case: Case) -> list[Step]:
    """The history in words, latest first."""
    return [
        Step(DEEDS.get(row.deed, row.deed), NEWS.get(str((row.after or {}).get("news"))), row.by, row.at, row.note)
        for row in timeline(actor, case)
    ]


DEEDS: Mapping[str, Any] = {
    "conflicts.file_found": _("检测器扫描"),
    "conflicts.raise_by_hand": _("人工提出"),
    "conflicts.triage": _("分诊"),
    "conflicts.assign_mediator": _("指定调解人"),
    "conflicts.state_position": _("说明立场"),
    "conflicts.decide": _("裁定"),
    "conflicts.apply": _("开出变更提案"),
    "conflicts.verify": _("请求复核"),
    "conflicts.file_check": _("检测器复核"),
    "conflicts.give_up_check": _("检测器复核"),
    "conflicts.follow_names": _("指标改名"),
    "conflicts.close": _("关闭"),
    "conflicts.dismiss": _("驳回"),
    "conflicts.reopen": _("重新打开"),
    "conflicts.merge": _("合并"),
    "conflicts.escalate": _("上报"),
    "conflicts.sweep": _("期限到"),
}
NEWS: Mapping[str, Any] = {
    "found": _("新发现"),
    "returned": _("依据有变化，重新出现"),
    "vanished": _("没有再发现"),
    "again": _("再次发现"),
    "clean": _("没有再发现"),
    "not_clean": _("仍然存在"),
    "in_force": _("口径已是裁定的内容，不必再提案"),
    "parties": _("当事部门有变化"),
    "renamed": _("指标已改名，冲突单随之改名"),
    "unchecked": _("没能复核，请稍后再试"),
    "overdue": _("已逾期，上报一级"),
    "acceptance_over": _("暂时接受的期限已到"),
}
