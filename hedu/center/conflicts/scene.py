"""The site's tables -> the scene a scan looks at. Asked as the system: who sees what of it is decided on the page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Count, Sum

from hedu.alignment import scene as values
from hedu.alignment.scene import Scene
from hedu.center.catalog.models import DefinitionVersion, Metric, Popularity, Usage
from hedu.center.catalog.reads import quiz_answers, workspace
from hedu.center.conflicts.models import Paper
from hedu.center.conflicts.papers import read_rows
from hedu.center.goals.models import Constraint, Goal, Guardrail, Target
from hedu.center.people.models import Department, Membership
from hedu.center.people.reads import grants as policies
from hedu.center.people.reads import today
from hedu.center.proposals.models import SignOff

USED_WITHIN = timedelta(days=90)
EVERYBODY = "company"


def site_scene() -> Scene:
    """Everything the site knows, over what is published now."""
    served = workspace()
    filed = {row.kind: read_rows(row.kind, row.rows) for row in Paper.objects.all()}
    return Scene(
        model=served.model,
        look=served.look(),
        today=today(),
        targets=tuple(_targets()),
        constraints=tuple(_constraints()),
        goals=tuple(_goals()),
        guardrails=tuple(_guardrails()),
        people=tuple(_people()),
        departments=tuple(_departments()),
        grants=tuple(_grants(served.model.datasets)),
        approvals=(*filed.get("approvals", ()), *_approvals()),
        drivers=filed.get("drivers", ()),
        versions=tuple(_versions(filed.get("versions", ()))),
        reports=filed.get("reports", ()),
        scores=filed.get("scores", ()),
        quizzes=quiz_answers(),
        uses=tuple(_uses(filed.get("uses", ()))),
        certified=frozenset(Metric.objects.exclude(certified_digest="").values_list("name", flat=True)),
    )


# --- people ----------------------------------------------------------------------------------------------


def _people() -> Iterator[values.Person]:
    held: dict[str, list[Membership]] = defaultdict(list)
    for row in Membership.objects.select_related("user", "department").order_by("pk"):
        held[row.user.username].append(row)
    for name, rows in held.items():
        status = "active" if rows[0].user.is_active else "left"
        roles = tuple(dict.fromkeys(row.role for row in rows))
        yield values.Person(name, rows[0].department.code, roles, status)  # type: ignore[arg-type]


def _departments() -> Iterator[values.Department]:
    """A post held by several is told by whoever is still there."""
    posts: dict[tuple[int, str], str] = {}
    rows = Membership.objects.select_related("user").order_by("user__is_active", "pk")
    for row in rows:
        posts[row.department_id, row.role] = row.user.username
    for department in Department.objects.filter(is_active=True).select_related("parent"):
        held = {post: posts.get((department.pk, post)) for post in ("owner", "manager", "liaison", "deputy")}
        yield values.Department(department.code, department.parent.code if department.parent else None, **held)


def _grants(datasets: Iterable[str]) -> Iterator[values.Grant]:
    """A dataset no policy speaks of is open; of any other, what each department may read, those above included."""
    codes = dict(Department.objects.filter(is_active=True).values_list("pk", "code"))
    rules = [rule for rule in policies() if rule.effect in ("rows", "dataset") and rule.user is None]
    for dataset in datasets:
        mine = [rule for rule in rules if rule.dataset == dataset]
        if not mine:
            yield values.Grant(EVERYBODY, dataset)
            continue
        whole = [rule for rule in mine if rule.effect == "dataset"]
        for pk, code in codes.items():
            if code == EVERYBODY or (whole and not any(_means(rule, pk) for rule in whole)):
                continue
            for rule in [rule for rule in mine if rule.effect == "rows"] or whole:
                if _means(rule, pk):
                    yield values.Grant(code, dataset, role=rule.role, rows=rule.where)


def _means(rule: Any, department: int) -> bool:
    return rule.departments is None or department in rule.departments


# --- aims ------------------------------------------------------------------------------------------------


def _goals() -> Iterator[values.Goal]:
    for row in Goal.objects.filter(archived_at=None).select_related("metric", "department", "parent"):
        parent = row.parent.code if row.parent else None
        yield values.Goal(row.code, parent, row.department.code, row.metric.name, row.edge, row.scope)  # type: ignore[arg-type]


def _targets() -> Iterator[values.Target]:
    rows = Target.objects.filter(state=Target.State.ACTIVE).select_related("metric", "department", "parent")
    for row in rows:
        yield values.Target(
            id=row.code,
            metric=row.metric.name,
            department=row.department.code,
            period=row.period,
            operator=row.operator,  # type: ignore[arg-type]
            value=float(row.value),
            unit=row.unit or None,
            scope=row.scope,
            parent=row.parent.code if row.parent else None,
            metric_version=row.metric_version,
        )


def _constraints() -> Iterator[values.Constraint]:
    for row in Constraint.objects.filter(archived_at=None).select_related("department"):
        yield values.Constraint(
            row.code, row.department.code, row.period, row.terms, row.operator,  # type: ignore[arg-type]
            float(row.bound), row.text_zh, row.text_en,
        )  # fmt: skip


def _guardrails() -> Iterator[values.Guardrail]:
    for row in Guardrail.objects.select_related("metric", "guardrail"):
        yield values.Guardrail(row.metric.name, row.guardrail.name)


# --- the catalog -----------------------------------------------------------------------------------------


def _versions(filed: tuple[values.Version, ...]) -> Iterator[values.Version]:
    """Published versions; those before the first publish come from the papers, where the numbers do not meet."""
    published: dict[str, list[DefinitionVersion]] = defaultdict(list)
    for row in DefinitionVersion.objects.filter(kind="metric").select_related("author").order_by("number"):
        published[row.entry_id].append(row)
    names = dict(Metric.objects.values_list("pk", "name"))
    known: set[tuple[str, int]] = set()
    for version in filed:
        known.add((version.metric, version.number))
        yield version
    for entry, rows in published.items():
        for before, row in zip([None, *rows], rows, strict=False):
            metric = names.get(entry, row.name)
            if (metric, row.number) in known:
                continue
            changed = before is None or before.digest != row.digest
            author = row.author.username if row.author else ""
            yield values.Version(metric, row.number, row.valid_from, row.valid_to, changed, author, row.note)


def _approvals() -> Iterator[values.Approval]:
    """Who signed what was published, of the revision that was."""
    metrics = set(Metric.objects.values_list("name", flat=True))
    signed = SignOff.objects.filter(decision="approve", revision__proposal__state="published", person__isnull=False)
    for row in signed.select_related("revision__proposal__requester", "person"):
        proposal = row.revision.proposal
        if proposal.requester is None or row.revision.number != proposal.revision_number:
            continue
        for name in metrics & set(proposal.names.split("|")):
            yield values.Approval(
                f"#{proposal.pk}", name, proposal.requester.username, row.person.username, row.at.date()
            )  # fmt: skip


def _uses(filed: tuple[values.Use, ...]) -> Iterator[values.Use]:
    """Who looked in the last ninety days, on how many boards; papers tell of what happened elsewhere."""
    views: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for use in filed:
        views[use.department, use.metric][0] += use.views
        views[use.department, use.metric][1] += use.dashboards
    asked = Popularity.objects.filter(day__gte=today() - USED_WITHIN, department__isnull=False)
    for department, metric, count in asked.values_list("department__code", "metric__name").annotate(n=Sum("count")):
        views[department, metric][0] += count
    boards = Usage.objects.filter(kind="dashboard", department__isnull=False)
    for department, metric, count in boards.values_list("department__code", "metric__name").annotate(n=Count("object")):
        views[department, metric][1] += count
    for (department, metric), (seen, shown) in sorted(views.items()):
        yield values.Use(department, metric, seen, shown)
