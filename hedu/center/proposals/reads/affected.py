"""A change set -> whom it concerns and why: owners, lineage, RACI, goals, boards and reports, questions of 90 days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from hedu.alignment.change import Change, Risk, greatest
from hedu.center.catalog import reads as catalog
from hedu.center.catalog.changeset import ChangeSet, Wanted
from hedu.center.catalog.models import Metric, Popularity, Usage
from hedu.center.catalog.texts import department_of
from hedu.center.kernel.actor import Actor
from hedu.center.proposals import rules
from hedu.center.proposals.reads.people import Places, is_person
from hedu.center.proposals.rules import Concern, Reason
from hedu.define.definitions import MetricDef
from hedu.model.resting import built_on

DAYS_BACK = 90
MANY_QUESTIONS = 20
"""From so many questions in DAYS_BACK on a department is asked for its opinion, not only told."""
SIGNING_USES = frozenset({"goal", "target", "report", "dashboard"})
"""What others look at because it is there; a saved view is asked about, not signed for."""
AIMS = frozenset({"goal", "target"})


@dataclass(frozen=True, slots=True)
class Impact:
    """What a change set touches. `direct` and `downstream` are names of published metrics whose numbers may differ."""

    risk: Risk
    direct: tuple[str, ...]
    downstream: tuple[str, ...]
    concerns: tuple[Concern, ...]

    @property
    def required(self) -> tuple[int | None, ...]:
        return tuple(item.department for item in self.concerns if item.part == "must_sign")


def impact_of(actor: Actor, change: ChangeSet) -> Impact:
    """Whom the change concerns, as things stand now. The actor may vouch for wording of their own department."""
    told = catalog.changes_of(change)
    rows = catalog.entries_of(change)
    look = _Look(Places(), catalog.workspace().model, rows)
    concerns: list[Concern] = []
    touched: dict[str, Risk] = {}
    judged: set[str] = set()
    for item, fields in told.items():
        risk = risk_of(item, fields)
        concerns += look.answerable(actor, item, risk)
        for name in look.metrics_of(item):
            if is_number(item, fields):
                touched[name] = risk
            elif risk != "safe":
                judged.add(name)
    downstream = look.downstream(touched)
    answered = {
        rows[item.entry].name
        for item, fields in told.items()
        if item.kind == "metric" and item.entry in rows and risk_of(item, fields) != "safe"
    }
    concerns += look.through_lineage([*(name for name in touched if name not in answered), *downstream])
    concerns += look.through_use([*touched, *downstream], numbers=True)
    renamed = look.renamed(change) - {*touched, *downstream}
    concerns += look.through_use(renamed, numbers=True)
    concerns += look.through_use(judged - set(touched) - renamed, numbers=False)
    merged = rules.together(concerns)
    is_new = any(item.entry not in rows or rows[item.entry].is_retired for item in change.items)
    risk = greatest(risk_of(item, fields) for item, fields in told.items())
    if (risk != "safe" or is_new) and not any(one.part == "must_sign" for one in merged):
        place = look.places.of(min(actor.departments, default=None))
        merged = rules.together([*merged, Concern(place, "must_sign", (Reason("owner", ()),))])
    return Impact(risk, tuple(touched), tuple(downstream), merged)


def risk_of(item: Wanted, fields: Iterable[Change]) -> Risk:
    """The greatest risk among a definition's fields; taking it out of use breaks what asks for it."""
    return "breaking" if item.is_retirement else greatest(field.risk for field in fields)


def is_number(item: Wanted, fields: Iterable[Change]) -> bool:
    """Whether somebody may get another number (or none) for the same question."""
    return bool(item.entry) and (item.is_retirement or any(field.is_meaning for field in fields))


class _Look:
    """The catalog and the departments, read once for one change set."""

    def __init__(self, places: Places, model: Any, rows: Mapping[str, Any]) -> None:
        self.places, self.model, self.rows = places, model, rows

    def answerable(self, actor: Actor, item: Wanted, risk: Risk) -> Iterator[Concern]:
        """The owner before and after, and the letters of RACI."""
        row = self.rows.get(item.entry)
        after = catalog.definition_of(item.text) if item.text else None
        before = self.model.metrics[row.name].definition if row and row.name in self.model.metrics else None
        is_own = risk == "safe" and row is not None and not row.is_retired and is_person(actor)
        owners = {row.department_id} if row else set()
        if after is not None and department_of(after):
            owners.add(self.places.codes.get(department_of(after) or ""))
        for owner in owners or {None}:
            spoken_for = is_own and catalog.holds_post_for(actor, owner)
            part: rules.Part = "informed" if spoken_for else "must_sign"
            yield Concern(self.places.of(owner), part, (Reason("owner", (item.name,)),))
        for definition in (before, after):
            if isinstance(definition, MetricDef):
                yield from self._raci(definition, item.name, risk, is_new=row is None)

    def _raci(self, definition: MetricDef, name: str, risk: Risk, *, is_new: bool) -> Iterator[Concern]:
        raci, binds = definition.raci, risk != "safe" or is_new
        letters: tuple[tuple[str, tuple[str, ...], rules.Part], ...] = (
            ("A", raci.accountable, "must_sign"),
            ("R", raci.responsible, "must_sign"),
            ("C", raci.consulted, "consulted"),
            ("I", raci.informed, "informed"),
        )
        for letter, codes, part in letters:
            for code in codes:
                if code in self.places.codes:
                    own: rules.Part = part if binds else "informed"
                    yield Concern(self.places.coded(code), own, (Reason("raci", (name,), letter),))

    def metrics_of(self, item: Wanted) -> list[str]:
        """The published metrics that a definition says something about."""
        row = self.rows.get(item.entry)
        if row is None:
            return []
        if item.kind == "metric":
            return [row.name]
        if item.kind == "workspace":
            return list(self.model.metrics)
        return list(built_on(self.model, datasets=[row.name]))

    def renamed(self, change: ChangeSet) -> set[str]:
        """The metrics with another name, and those whose dimensions a dataset with another name holds: boards and views
        follow a metric's name by themselves, what people know it by and write elsewhere does not."""
        moved = (item for item in change.items if item.text and item.entry in self.rows)
        return {name for item in moved if self.rows[item.entry].name != item.name for name in self.metrics_of(item)}

    def downstream(self, names: Iterable[str]) -> list[str]:
        """Every metric built on these, however many steps away, the nearest first."""
        return list(built_on(self.model, names))

    def through_lineage(self, names: Iterable[str]) -> Iterator[Concern]:
        for name in names:
            definition = self.model.metrics[name].definition
            yield Concern(self.places.coded(definition.owner), "must_sign", (Reason("lineage", (name,)),))
            for code in definition.raci.accountable:
                if code in self.places.codes:
                    yield Concern(self.places.coded(code), "must_sign", (Reason("raci", (name,), "A"),))

    def through_use(self, names: Iterable[str], *, numbers: bool) -> Iterator[Concern]:
        """The usage register and the questions; where no number moves only aims are signed for."""
        ids = dict(Metric.objects.filter(name__in=set(names)).values_list("pk", "name"))
        for use in Usage.objects.filter(metric_id__in=ids).order_by("kind", "title"):
            if self.places.is_everybody(use.department_id):
                continue
            binds = use.kind in AIMS or (numbers and use.kind in SIGNING_USES)
            part: rules.Part = "must_sign" if binds else "consulted" if numbers else "informed"
            kind = "goal" if use.kind in AIMS else "usage"
            yield Concern(self.places.of(use.department_id), part, (Reason(kind, (use.title or "–",), use.kind),))
        yield from self._questions(ids, numbers=numbers)

    def _questions(self, ids: Mapping[str, str], *, numbers: bool) -> Iterator[Concern]:
        since = timezone.localdate() - timedelta(days=DAYS_BACK)
        asked = Popularity.objects.filter(metric_id__in=ids, day__gte=since).exclude(department=None)
        for department, count in asked.values_list("department_id").annotate(n=Sum("count")).order_by("department_id"):
            if not self.places.is_everybody(department):
                part: rules.Part = "consulted" if numbers and count >= MANY_QUESTIONS else "informed"
                yield Concern(self.places.of(department), part, (Reason("questions", (str(count),)),))
