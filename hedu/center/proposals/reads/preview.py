"""A change set -> numbers before and after: by period, by each department's own slice, on boards that show them.

Everything is asked under the viewer's access; a department's slice is what the department may see of what the viewer
may see. Both sides rest on the same data: the served catalog and the same with the change laid over it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import hedu
from hedu.center.catalog import figures
from hedu.center.catalog import reads as catalog
from hedu.center.catalog import rules as catalog_rules
from hedu.center.catalog.changeset import ChangeSet
from hedu.center.catalog.reads.planning import grain_of
from hedu.center.kernel.actor import Actor
from hedu.center.people import rules as people_rules
from hedu.center.people.models import Department
from hedu.center.people.reads import grants
from hedu.center.proposals import rules
from hedu.center.proposals.models import Proposal
from hedu.center.proposals.reads.affected import Impact, impact_of
from hedu.center.proposals.reads.flips import Flip, flips_of
from hedu.center.proposals.reads.kept import KeptAnswer, kept_answers
from hedu.center.proposals.reads.parties import with_parties
from hedu.center.proposals.reads.rows import change_of, latest
from hedu.center.proposals.reads.unsigned import reaches, withheld_from
from hedu.center.proposals.reads.weights import weights_of
from hedu.center.proposals.rules import Concern
from hedu.engine.answers import version_of
from hedu.errors import Denied, HeduError, Problem
from hedu.query import Access, RowFilter

PERIODS = 12
METRICS_MOST = 24
SLICES_MOST = 8
AT_ONCE = 12
TIMEOUT_SECONDS = 20.0
_KEPT = 64


@dataclass(frozen=True, slots=True)
class Point:
    """One period (its start as ISO text) before and after."""

    period: str
    before: float | None
    after: float | None

    @property
    def is_changed(self) -> bool:
        return rules.differs(self.before, self.after)


@dataclass(frozen=True, slots=True)
class Course:
    """A metric's last periods before and after, and both over the whole stretch by the metric's own arithmetic.

    `department` is whose slice it is (None: all that the viewer sees); `refused` says why there are no numbers;
    `limits` are the datasets whose row policies cut the numbers before and after.
    """

    metric: str
    label: str
    unit: str | None
    grain: str
    department: int | None = None
    points: tuple[Point, ...] = ()
    before: float | None = None
    after: float | None = None
    refused: Problem | None = None
    limits: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())

    @property
    def is_changed(self) -> bool:
        return any(point.is_changed for point in self.points) or rules.differs(self.before, self.after)


@dataclass(frozen=True, slots=True)
class Preview:
    """All courses, what is affected most first. What there was no room for is told: `not_computed` metrics,
    `slices_left_off` departments, `flips_left_off` targets, `kept_left_off` tiles and views."""

    flips: tuple[Flip, ...] = ()
    kept: tuple[KeptAnswer, ...] = ()
    courses: tuple[Course, ...] = ()
    slices: tuple[Course, ...] = ()
    alike: tuple[int, ...] = field(default=())
    not_computed: tuple[str, ...] = ()
    slices_left_off: tuple[int, ...] = ()
    flips_left_off: int = 0
    kept_left_off: int = 0


def preview_of(actor: Actor, change: ChangeSet, impact: Impact, lang: figures.Lang) -> Preview:
    """The numbers as `actor` would see them. `alike` are departments whose slice is all that the viewer sees.

    Kept for a while per person (boards and targets are theirs to see), content, catalog, data and access: a page
    shown twice asks once.
    """
    now = catalog.asker(actor)
    seen_by = (actor.user_id, actor.is_admin, now.access.digest, lang)
    key = (*seen_by, change.digest, now.served.mark, version_of(now.workspace.engine), impact.concerns)
    with _lock:
        if key in _previews:
            _previews.move_to_end(key)
            return _previews[key]
    found = _asked(now, change, impact, lang)
    with _lock:
        _previews[key] = found
        while len(_previews) > _KEPT:
            _previews.popitem(last=False)
    return found


def preview_on(actor: Actor, row: Proposal, lang: figures.Lang) -> Preview:
    """The numbers of a proposal's latest revision; nothing where it is not about definitions, and nothing once it is
    published: what held before it is no longer there to compare with."""
    if row.kind != Proposal.Kind.DEFINITIONS or row.state == Proposal.State.PUBLISHED:
        return Preview()
    change = change_of(latest(row))
    return preview_of(actor, change, with_parties(impact_of(actor, change), row), lang)


def metrics_shown(change: ChangeSet, impact: Impact) -> tuple[dict[str, str], tuple[str, ...]]:
    """Name before ("" for new) -> name after of what is previewed, and the names of what is left off.

    The changed ones first, then those built on them, each by how much is made of them: aims, boards, questions.
    """
    rows = catalog.entries_of(change)
    renamed = {rows[item.entry].name: item.name for item in change.items if item.entry in rows and item.text}
    fresh = [item.name for item in change.items if item.kind == "metric" and not item.entry]
    retired = {rows[item.entry].name for item in change.items if item.is_retirement and item.entry in rows}
    weights = weights_of((*impact.direct, *impact.downstream))
    ranked = [
        sorted(names, key=lambda name: weights[name], reverse=True) for names in (impact.direct, impact.downstream)
    ]
    pairs = [(name, "" if name in retired else renamed.get(name, name)) for names in ranked for name in names]
    pairs += [("", name) for name in fresh]
    left_off = tuple(before or after for before, after in pairs[METRICS_MOST:])
    return dict(_keyed(pairs[:METRICS_MOST])), left_off


def _keyed(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """New metrics are keyed by their own name with a mark, so that each has a place."""
    return [(before or f"+{after}", after) for before, after in pairs]


def _asked(now: catalog.Asker, change: ChangeSet, impact: Impact, lang: figures.Lang) -> Preview:
    shown, left_off = metrics_shown(change, impact)
    if not shown:
        return Preview()
    after = catalog.overlay_of(change)
    pair = _Pair(now.workspace, after, lang, withheld_from(now, after, change))
    whole = pair.courses(shown, now.access)
    slices: list[Course] = []
    alike: list[int] = []
    beyond: list[int] = []
    for concern in impact.concerns:
        if concern.department is None or concern.part == "informed":
            continue
        access = both(now.access, access_of_department(concern.department))
        if access.digest == now.access.digest:
            alike.append(concern.department)
            continue
        if len({one.department for one in slices}) >= SLICES_MOST:
            beyond.append(concern.department)
            continue
        named = _own(concern, shown)
        slices += [replace(one, department=concern.department) for one in pair.courses(named, access)]
    then = replace(now, served=replace(now.served, workspace=pair.after))
    names = {before: after or before for before, after in shown.items() if not before.startswith("+")}
    alive = [before for before, after in names.items() if before == after and not pair.withheld(after)]
    flips, flips_off = flips_of(now, then, alive)
    kept, kept_off = kept_answers(now, then, names, pair.withheld)
    off = (left_off, tuple(beyond), flips_off, kept_off)
    return Preview(flips, kept, tuple(sorted(whole, key=_shift, reverse=True)), tuple(slices), tuple(alike), *off)


def _shift(course: Course) -> tuple[bool, bool, float]:
    """What cannot be asked any more first, then what changes, by how much of itself."""
    before, after = course.before, course.after
    if not course.is_changed or before is None or after is None:
        return course.refused is not None, course.is_changed, 0.0
    return False, True, abs(after - before) / max(abs(before), abs(after), rules.TOLERANCE)


def _own(concern: Concern, shown: Mapping[str, str]) -> Mapping[str, str]:
    """The metrics that a department is concerned by; all where it is concerned by what uses them."""
    named = {name for why in concern.reasons if why.kind in ("owner", "lineage", "raci") for name in why.names}
    own = {before: after for before, after in shown.items() if before in named or after in named}
    return own or shown


def access_of_department(department: int) -> Access:
    """What an ordinary member of the department sees."""
    place = Department.objects.filter(pk=department).first()
    roles = {department: frozenset({"member"})}
    return people_rules.access(grants(), None, roles, place.code if place else "")


def both(one: Access, other: Access) -> Access:
    """Only what both may see: alternatives on each side, both sides at once."""
    first, second = _conditions(one), _conditions(other)
    rows: list[RowFilter] = []
    for dataset in sorted(first.keys() | second.keys()):
        sides = {side: access for side, access in ((first.get(dataset), one), (second.get(dataset), other)) if side}
        if len(sides) > 1:
            rows.append(RowFilter(dataset, " AND ".join(f"({side})" for side in sides)))
        else:
            rows += [item for access in sides.values() for item in access.rows if item.dataset == dataset]
    return Access(
        rows=tuple(rows),
        masks=tuple(sorted({*one.masks, *other.masks}, key=lambda mask: (mask.dataset, mask.column))),
        hidden=tuple(sorted({*one.hidden, *other.hidden})),
    )


def _conditions(access: Access) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for item in access.rows:
        found.setdefault(item.dataset, []).append(item.where)
    return {
        dataset: " OR ".join(f"({where})" for where in sorted(wheres)) if len(wheres) > 1 else wheres[0]
        for dataset, wheres in found.items()
    }


class _Pair:
    """The catalog before and after, asked the same."""

    def __init__(
        self, before: hedu.Workspace, after: hedu.Workspace, lang: figures.Lang, unsigned: Collection[str]
    ) -> None:
        self.before, self.after, self.lang, self.unsigned = before, after, lang, unsigned

    def withheld(self, metric: str) -> HeduError | None:
        """Why the new numbers of a metric are not the viewer's to see before the proposal is carried."""
        found = sorted(reaches(self.after.model, metric) & set(self.unsigned)) if self.unsigned else ()
        return Denied("preview-unsigned", dataset=found[0]) if found else None

    def courses(self, shown: Mapping[str, str], access: Access) -> list[Course]:
        """Every metric by period, those of one grain in one question a side."""
        by_grain: dict[str, list[tuple[str, str]]] = {}
        found: dict[str, Course] = {}
        for before, after in shown.items():
            grain, refusal = self._grain(before, after), self.withheld(after)
            if refusal is not None:
                found[before] = replace(self._named(before, after, grain, access), refused=refusal.problem)
            else:
                by_grain.setdefault(grain, []).append((before, after))
        for grain, pairs in by_grain.items():
            for start in range(0, len(pairs), AT_ONCE):
                self._some(grain, pairs[start : start + AT_ONCE], access, found)
        return [found[before] for before in shown]

    def _grain(self, before: str, after: str) -> str:
        known = self.after.model.metrics.get(after) or self.before.model.metrics.get(before)
        return grain_of(known.definition) if known else "month"

    def _some(self, grain: str, pairs: list[tuple[str, str]], access: Access, found: dict[str, Course]) -> None:
        try:
            old = self._points(self.before, [one for one, _ in pairs if not one.startswith("+")], grain, access)
            new = self._points(self.after, [one for _, one in pairs if one], grain, access)
        except HeduError as error:
            if len(pairs) == 1:
                found[pairs[0][0]] = replace(self._named(*pairs[0], grain, access), refused=error.problem)
                return
            for half in (pairs[: len(pairs) // 2], pairs[len(pairs) // 2 :]):
                self._some(grain, half, access, found)
            return
        periods = sorted({*old, *new})[-PERIODS:]
        totals = self._totals(pairs, periods, grain, access)
        for before, after in pairs:
            points = tuple(Point(at, old.get(at, {}).get(before), new.get(at, {}).get(after)) for at in periods)
            whole = totals[0].get(before), totals[1].get(after)
            found[before] = replace(
                self._named(before, after, grain, access), points=points, before=whole[0], after=whole[1]
            )

    def _points(
        self, side: hedu.Workspace, names: list[str], grain: str, access: Access
    ) -> dict[str, dict[str, float | None]]:
        """Period -> metric -> value."""
        if not names:
            return {}
        table = side.ask(names, by=f"metric_time.{grain}", access=access, timeout=TIMEOUT_SECONDS).table
        periods = [str(catalog.plain_cell(value)) for value in table.column(0).to_pylist()]
        columns = {name: table.column(name).to_pylist() for name in names}
        return {
            at: {name: _number(values[row]) for name, values in columns.items()}
            for row, at in enumerate(periods)
            if at != "None"
        }

    def _totals(
        self, pairs: list[tuple[str, str]], periods: list[str], grain: str, access: Access
    ) -> tuple[dict[str, float | None], dict[str, float | None]]:
        """Each side's value over the whole stretch; none where a metric refuses to be taken together."""
        if not periods:
            return {}, {}
        stretch = {"since": _written(periods[0], grain), "until": _written(periods[-1], grain)}
        old = self._over(self.before, [one for one, _ in pairs if not one.startswith("+")], stretch, access)
        new = self._over(self.after, [one for _, one in pairs if one], stretch, access)
        return old, new

    def _over(
        self, side: hedu.Workspace, names: list[str], stretch: Mapping[str, str], access: Access
    ) -> dict[str, float | None]:
        if not names:
            return {}
        try:
            row = side.ask(names, access=access, timeout=TIMEOUT_SECONDS, **stretch).table.to_pylist()
        except HeduError:
            if len(names) == 1:
                return {names[0]: None}
            half = len(names) // 2
            return {
                **self._over(side, names[:half], stretch, access),
                **self._over(side, names[half:], stretch, access),
            }
        return {name: _number(row[0][name]) if row else None for name in names}

    def _named(self, before: str, after: str, grain: str, access: Access) -> Course:
        known = self.after.model.metrics.get(after) or self.before.model.metrics.get(before)
        name = before.removeprefix("+")
        label = known.definition.label.text(self.lang, after or name) if known else after or name
        return Course(name, label, known.unit if known else None, grain, limits=self._limits(before, after, access))

    def _limits(self, before: str, after: str, access: Access) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The datasets whose row policies cut either side's numbers; nothing for what only one side has."""
        cut = {item.dataset for item in access.rows}
        if not cut or before not in self.before.model.metrics or after not in self.after.model.metrics:
            return (), ()
        sides = (reaches(self.before.model, before), reaches(self.after.model, after))
        return tuple(sorted(cut & sides[0])), tuple(sorted(cut & sides[1]))


def _number(value: Any) -> float | None:
    plain = catalog.plain_cell(value)
    return float(plain) if isinstance(plain, int | float) else None


def _written(start: str, grain: str) -> str:
    """A period's start as a question writes the period."""
    return catalog_rules.period_name(grain, date.fromisoformat(start[:10]))


_lock = threading.Lock()
_previews: OrderedDict[tuple[Any, ...], Preview] = OrderedDict()
