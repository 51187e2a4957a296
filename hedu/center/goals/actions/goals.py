"""The goal tree: goals put in, changed, moved, put away; what is said of them; guardrails and constraints beside."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from hedu.alignment.goals.periods import span_of
from hedu.center.catalog import reads as catalog
from hedu.center.catalog.actions.uses import register_uses
from hedu.center.goals import reads, rules
from hedu.center.goals.actions.reminding import settle_check_in
from hedu.center.goals.actions.telling import tell_check_in
from hedu.center.goals.models import CheckIn, Constraint, Goal, Guardrail
from hedu.center.kernel.action import action, record
from hedu.center.kernel.actor import Actor
from hedu.center.people.models import Department
from hedu.errors import Conflict, QueryError, suggest


def may_lead(actor: Actor, department: str, **_: Any) -> bool:
    """Owner, liaison, deputy or manager of the department, or of one above it."""
    known = catalog.departments_by_code(actor).get(department)
    return known is not None and reads.may_manage_for(actor, (known.pk,))


def may_change(actor: Actor, code: str, department: str = "", **_: Any) -> bool:
    """The goal's owner, or owner, liaison, deputy or manager of its department (also of the one it is given to)."""
    row = (
        reads.visible_to(actor).filter(code=code).first() or reads.archived_visible_to(actor).filter(code=code).first()
    )
    if row is None:
        return actor.is_admin
    if department and department != row.department.code and not may_lead(actor, department):
        return False
    return reads.involved(actor, (row,)) or reads.may_manage_for(actor, (row.department_id,))


def may_guard(actor: Actor, metric: str, **_: Any) -> bool:
    """Owner, liaison, deputy or manager of the department that owns the metric."""
    place = catalog.metric_named(actor, metric).department_id
    return actor.is_admin or (place is not None and reads.may_manage_for(actor, (place,)))


@action(may=may_lead, doors={"page", "rest", "cli"}, event="goals.created")
def create_goal(
    actor: Actor,
    code: str,
    *,
    metric: str,
    department: str,
    parent: str = "",
    edge: str = "contributes",
    weight: float = 1.0,
    name_zh: str = "",
    name_en: str = "",
    owner: str = "",
    scope: str = "",
    raci: dict[str, list[str]] | None = None,
    note: str = "",
) -> Goal:
    """Put a goal into the tree, under `parent` (a code) or on top."""
    if not rules.CODE.fullmatch(code.strip()):
        raise QueryError("code-unreadable", name=code)
    if Goal.objects.filter(code=code.strip()).exists():
        raise Conflict("goal-code-taken", name=code)
    row = Goal(code=code.strip(), order=Goal.objects.count())
    given = {"metric": metric, "department": department, "edge": edge, "weight": weight, "name_zh": name_zh}
    given |= {"name_en": name_en, "owner": owner, "scope": scope, "raci": raci or {}, "note": note}
    _fill(actor, row, given)
    row.parent = reads.goal_coded(actor, parent) if parent else None
    _keep(row, None)
    return row


@action(may=may_change, doors={"page", "rest", "cli"}, event="goals.changed")
def edit_goal(
    actor: Actor,
    code: str,
    *,
    edits: int | None = None,
    metric: str | None = None,
    department: str | None = None,
    edge: str | None = None,
    weight: float | None = None,
    name_zh: str | None = None,
    name_en: str | None = None,
    owner: str | None = None,
    scope: str | None = None,
    raci: dict[str, list[str]] | None = None,
    note: str | None = None,
) -> Goal:
    """Change what is given of a goal. `edits` guards against lost updates."""
    row = _locked(actor, code)
    if edits is not None and row.edits != edits:
        raise Conflict("changed-meanwhile", name=row.code, seen=edits, now=row.edits)
    before = row.as_json()
    given = {"metric": metric, "department": department, "edge": edge, "weight": weight, "name_zh": name_zh}
    given |= {"name_en": name_en, "owner": owner, "scope": scope, "raci": raci, "note": note}
    _fill(actor, row, {name: value for name, value in given.items() if value is not None})
    _keep(row, before)
    return row


@action(may=may_change, doors={"page", "rest", "cli"}, event="goals.moved")
def move_goal(actor: Actor, code: str, *, parent: str = "", edge: str = "") -> Goal:
    """Hang a goal, with all below it, under another goal, or set it on top."""
    # Two moves at once could close a ring that neither sees.
    list(Goal.objects.select_for_update().order_by("pk").values_list("pk"))
    row = _locked(actor, code)
    before = row.as_json()
    above = reads.goal_coded(actor, parent) if parent else None
    parents = dict(Goal.objects.values_list("pk", "parent_id"))
    if above is not None and rules.is_under_itself(parents, row.pk, above.pk):
        raise Conflict("goal-under-itself", name=row.code, parent=above.code)
    row.parent = above
    if edge:
        _fill(actor, row, {"edge": edge})
    _keep(row, before)
    return row


@action(may=may_change, doors={"page", "rest", "cli"}, event="goals.archived")
def archive_goal(actor: Actor, code: str) -> Goal:
    """Put a goal away; it can be brought back. What stands below it must be moved or put away first."""
    row = _locked(actor, code)
    if row.children.filter(archived_at=None).exists():
        raise Conflict("goal-has-children", name=row.code)
    settle_check_in(actor, row, "archived")
    row.archived_at = timezone.now()
    row.save(update_fields=["archived_at"])
    register_uses("goal", row.pk, ())
    record("goal", row.pk, row.code, before={"archived": False}, after={"archived": True})
    return row


@action(may=may_change, doors={"page", "rest"}, event="goals.restored")
def restore_goal(actor: Actor, code: str) -> Goal:
    """Bring an archived goal back; on top of the tree where the one above it is gone."""
    row = reads.found(reads.archived_visible_to(actor), code=code)
    if row.parent and row.parent.archived_at:
        row.parent = None
    row.archived_at = None
    _keep(row, {**row.as_json(), "archived": True})
    return row


@action(may=may_change, doors={"page", "rest", "cli"}, event="goals.checked_in")
def check_in(actor: Actor, code: str, *, confidence: int, note: str) -> CheckIn:
    """Say how a goal stands: confidence from 0 (lost) to 10 (certain), and why."""
    row = reads.goal_coded(actor, code)
    text = note.strip()
    if not 0 <= confidence <= 10:
        raise QueryError("confidence-out-of-range", value=confidence)
    if not text:
        raise QueryError("check-in-empty")
    made = CheckIn.objects.create(goal=row, confidence=confidence, note=text[:1000], author_id=actor.user_id)
    record("goal", row.pk, row.code, after={"confidence": confidence}, note=text)
    settle_check_in(actor, row)
    tell_check_in(actor, row, confidence, text)
    return made


@action(may=may_guard, doors={"page", "rest", "cli"}, event="goals.guarded")
def pair_guardrail(actor: Actor, metric: str, *, guardrail: str, tolerance: float = 0.05, note: str = "") -> Guardrail:
    """While `metric` is pursued, `guardrail` must not get worse by more than `tolerance` (a fraction)."""
    aimed, guard = catalog.metric_named(actor, metric), catalog.metric_named(actor, guardrail)
    if aimed.pk == guard.pk:
        raise QueryError("guardrail-is-the-metric", metric=metric)
    if guard.direction not in ("up", "down"):
        raise QueryError("guardrail-without-direction", metric=guardrail)
    told = {"tolerance": min(max(tolerance, 0.0), 1.0), "note": note[:400]}
    row, _ = Guardrail.objects.update_or_create(metric=aimed, guardrail=guard, defaults=told)
    used = (aimed.name, guard.name)
    title, title_en = guard.label("zh"), guard.label("en")
    place = aimed.department_id
    register_uses("guardrail", row.pk, used, department=place, title=title, title_en=title_en, url="/goals/")
    record("guardrail", row.pk, f"{aimed.name} | {guard.name}", after=row.as_json())
    return row


@action(may=may_guard, doors={"page", "rest", "cli"}, event="goals.unguarded")
def unpair_guardrail(actor: Actor, metric: str, *, guardrail: str) -> None:
    """Take a guardrail away from a metric."""
    row = reads.found(reads.guardrails_visible_to(actor), metric__name=metric, guardrail__name=guardrail)
    register_uses("guardrail", row.pk, ())
    record("guardrail", row.pk, f"{metric} | {guardrail}", before=row.as_json())
    row.delete()


@action(may=may_lead, doors={"page", "rest", "cli"}, event="goals.constrained")
def set_constraint(
    actor: Actor,
    code: str,
    *,
    department: str,
    period: str,
    terms: dict[str, float],
    operator: str = "<=",
    bound: str = "0",
    text_zh: str = "",
    text_en: str = "",
) -> Constraint:
    """Keep what planners agreed on: the sum of coefficient × metric against a bound, in a period."""
    if not rules.CODE.fullmatch(code):
        raise QueryError("code-unreadable", name=code)
    value = rules.decimal_of(bound)
    known = set(catalog.visible_to(actor).filter(name__in=terms, is_retired=False).values_list("name", flat=True))
    strange = next((name for name in terms if name not in known), None)
    if strange is not None or not terms:
        raise QueryError("target-metric-unknown", metric=strange or "", near=suggest(strange or "", known))
    if span_of(period) is None:
        raise QueryError("target-period-unreadable", period=period)
    if operator not in rules.OPERATORS:
        raise QueryError("target-operator-unknown", operator=operator)
    if value is None:
        raise QueryError("target-value-unreadable", field="bound", value=bound)
    fields: dict[str, Any] = {"department": _department(actor, department), "period": period, "operator": operator}
    fields |= {"bound": value, "terms": {name: float(factor) for name, factor in terms.items()}}
    fields |= {"text_zh": text_zh[:400], "text_en": text_en[:400], "archived_at": None}
    held = Constraint.objects.filter(code=code).first()
    if held is not None and not reads.may_manage_for(actor, (held.department_id,)):
        raise Conflict("goal-code-taken", name=code)
    row, _ = Constraint.objects.update_or_create(code=code, defaults=fields)
    title, title_en = text_zh or text_en or code, text_en or text_zh or code
    place = row.department_id
    register_uses("constraint", row.pk, terms, department=place, title=title, title_en=title_en, url="/targets/")
    record("constraint", row.pk, code, before=held.as_json() if held else None, after=row.as_json())
    return row


@action(may=may_lead, doors={"page", "rest", "cli"}, event="goals.unconstrained")
def drop_constraint(actor: Actor, code: str, *, department: str) -> None:
    """What was agreed on no longer holds."""
    row = reads.found(reads.constraints_visible_to(actor), code=code, department__code=department)
    row.archived_at = timezone.now()
    row.save(update_fields=["archived_at"])
    register_uses("constraint", row.pk, ())
    record("constraint", row.pk, code, before=row.as_json())


def _locked(actor: Actor, code: str) -> Goal:
    return reads.found(reads.visible_to(actor).select_related(None), lock=True, code=code)


def _fill(actor: Actor, row: Goal, given: dict[str, Any]) -> None:
    for name in ("edge", "weight", "name_zh", "name_en", "scope", "raci", "note"):
        if name in given:
            setattr(row, name, given[name])
    if "metric" in given:
        row.metric = catalog.metric_named(actor, given["metric"])
    if "department" in given:
        row.department = _department(actor, given["department"])
    if "owner" in given:
        row.owner = catalog.people_named(actor, (given["owner"],)).get(given["owner"])
        if given["owner"] and row.owner is None:
            raise QueryError("goal-owner-unknown", name=given["owner"])
    if row.scope:
        catalog.workspace().explain(row.metric.name, where=(row.scope,))
    strange = sorted(set(row.raci) - set(rules.LETTERS))
    if strange:
        raise QueryError("raci-letter-unknown", letter=strange[0])
    for place in {place for places in given.get("raci", {}).values() for place in places}:
        _department(actor, place)
    try:
        row.clean_fields(exclude=["metric", "department", "owner", "parent", "raci"])
    except ValidationError as error:
        field, reasons = next(iter(error.message_dict.items()))
        raise QueryError("field-invalid", field=field, reason=" ".join(reasons)) from error


def _department(actor: Actor, code: str) -> Department:
    known = catalog.departments_by_code(actor)
    if code not in known:
        raise QueryError("target-department-unknown", department=code, near=suggest(code, known))
    return known[code]


def _keep(row: Goal, before: dict[str, Any] | None) -> None:
    if before is not None:
        row.edits += 1
    row.updated_at = timezone.now()
    row.save()
    title, title_en = (f"{row.code} {row.label(lang)}" for lang in ("zh", "en"))
    used, place, url = (row.metric.name,), row.department_id, f"/goals/{row.code}/"
    register_uses("goal", row.pk, used, department=place, title=title, title_en=title_en, url=url)
    record("goal", row.pk, row.code, before=before, after=row.as_json())
