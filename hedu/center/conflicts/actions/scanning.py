"""A scan from asking for it to its cases: looked for by a worker, outside of any transaction, filed in one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from hedu.alignment.conflict import Conflict as Found
from hedu.center.catalog.models import Metric
from hedu.center.conflicts import reads, rules
from hedu.center.conflicts.actions.steps import ask_for, only_system, settled, told
from hedu.center.conflicts.models import Case, Finding, Scan
from hedu.center.kernel.action import action, record
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.job import enqueue
from hedu.center.kernel.plain import plain
from hedu.center.kernel.reading import found
from hedu.center.kernel.workdays import is_workday
from hedu.center.people.models import Department
from hedu.center.people.reads import today

GAP_NOTICED = 0.2
"""How much a dismissed gap must have moved, relative to itself, to return when only data changed."""


def may_scan(actor: Actor, **_: Any) -> bool:
    """Administrators, and whoever speaks for a department."""
    return rules.may_scan(actor.is_admin, actor.all_roles)


@action(may=may_scan, doors={"page", "rest", "cli"})
def scan(actor: Actor, *, metrics: list[str] | None = None, why: str = "hand") -> Scan:
    """Look for conflicts: everywhere, or only those touching some metrics. A worker does it; one waits at a time."""
    names = sorted(set(metrics or ()))
    _end_abandoned(actor)
    waiting = Scan.objects.filter(state=Scan.Stage.WAITING).first()
    if waiting:
        waiting.metrics = sorted({*waiting.metrics, *names}) if waiting.metrics and names else []
        waiting.save(update_fields=["metrics"])
        row = waiting
    else:
        row = Scan.objects.create(metrics=names, why=why[:20], asked_by_id=actor.user_id)
    enqueue("conflicts.scan", {"scan": row.pk}, key="conflicts.scan")
    record("scan", row.pk, str(row), after={"metrics": row.metrics, "why": row.why})
    return row


def _end_abandoned(actor: Actor) -> None:
    """Looks that nobody does any more have failed."""
    told = {"state": Scan.Stage.FAILED, "finished_at": timezone.now(), "error_code": "job-lost-its-worker"}
    reads.abandoned(actor).update(**told)


@action(may=only_system, doors=set())
def begin_scan(actor: Actor, scan: int, *, also: Sequence[int] = ()) -> Scan:
    """The worker starts looking. The work of looks that it overtook (`also`) is done with this one."""
    row = found(reads.scans_visible_to(actor).select_related(None), lock=True, pk=scan)
    for other in reads.scans_visible_to(actor).filter(pk__in=also).exclude(state=Scan.Stage.DONE):
        row.metrics = sorted({*row.metrics, *other.metrics}) if row.metrics and other.metrics else []
        other.state, other.finished_at, other.note = Scan.Stage.FAILED, timezone.now(), str(row.pk)
        if not other.error_code:
            other.error_code, other.error_facts = "scan-overtaken", {"other": row.pk}
        other.save()
    row.state, row.started_at, row.finished_at, row.done = Scan.Stage.RUNNING, timezone.now(), None, 0
    row.save()
    return row


@action(may=only_system, doors=set())
def tell_scan(actor: Actor, scan: int, *, done: int, note: str) -> None:
    """How far the worker is, in hundredths, and at which class."""
    reads.scans_visible_to(actor).filter(pk=scan).update(done=done, note=note)


@action(may=only_system, doors=set())
def fail_scan(actor: Actor, scan: int, *, code: str, facts: dict[str, Any] | None = None) -> Scan:
    """The look ended early; what earlier ones found stands."""
    row = found(reads.scans_visible_to(actor).select_related(None), lock=True, pk=scan)
    row.state, row.finished_at, row.error_code = Scan.Stage.FAILED, timezone.now(), code[:80]
    row.error_facts = facts or {}
    row.save()
    return row


@action(may=only_system, doors=set(), event="conflicts.scanned")
def file_found(
    actor: Actor, scan: int, *, conflicts: Sequence[Found], snapshot: str = "", unsure: Sequence[Sequence[str]] = ()
) -> Scan:
    """Everything a scan found becomes cases and findings; open cases it did not find again are marked vanished.

    `unsure`: the metrics of each question the engine failed to answer; of cases about them nothing is said.
    """
    row = found(reads.scans_visible_to(actor).select_related(None), lock=True, pk=scan)
    counts: Counter[str] = Counter(found=len(conflicts))
    known = _known(conflict.fingerprint for conflict in conflicts)
    metrics = {item.name: item for item in Metric.objects.all()}
    departments = {item.code: item for item in Department.objects.all()}
    for conflict in conflicts:
        counts[_file(actor, row, conflict, known.get(conflict.fingerprint), metrics, departments, snapshot)] += 1
    counts["vanished"] = _vanished(actor, row, {conflict.fingerprint for conflict in conflicts}, unsure)
    row.state, row.finished_at, row.done, row.note = Scan.Stage.DONE, timezone.now(), 100, ""
    row.counts, row.snapshot = dict(counts), snapshot[:120]
    row.save()
    record("scan", row.pk, str(row), after=row.counts)
    return row


def _known(fingerprints: Any) -> dict[str, Case]:
    """The latest case of each fingerprint, an open one before all others."""
    rows = Case.objects.filter(fingerprint__in=list(fingerprints)).order_by("is_open", "pk")
    return {row.fingerprint: row for row in rows.prefetch_related("departments", "metrics")}


def _file(actor: Actor, scan: Scan, conflict: Found, case: Case | None, metrics: dict[str, Metric],
          departments: dict[str, Department], snapshot: str) -> str:  # fmt: skip
    if case is None:
        _open(actor, scan, conflict, metrics, departments, snapshot)
        return "opened"
    if not _is_reopened(case, conflict):
        return "known"
    outcome = "known"
    if not case.is_open:
        before = {"state": case.state}
        case.state, case.is_open, case.escalated, case.merged_into = "detected", True, 0, None
        case.due_on = rules.due_on(today(), conflict.severity.level, "detected", is_workday)
        told(case, before, news="returned")
        outcome = "returned"
    if case.vanished_at:
        told(case, {"vanished": True}, news="again")
        case.vanished_at = None
    is_new = plain(conflict.digests) != case.digests or plain(conflict.facts) != case.facts
    _describe(case, conflict)
    case.changed_at = timezone.now() if is_new or outcome == "returned" else case.changed_at
    case.save()
    follow_parties(case, conflict, actor)
    if outcome == "returned" and case.severity == "high":
        ask_for(case, "decide", "opened", reads.speakers_of(case), actor)
    if is_new:
        keep_finding(case, conflict, snapshot, scan)
    return outcome


def _open(actor: Actor, scan: Scan, conflict: Found, metrics: dict[str, Metric],
          departments: dict[str, Department], snapshot: str) -> Case:  # fmt: skip
    case = Case(kind=conflict.kind, fingerprint=conflict.fingerprint, names=list(conflict.metrics))
    _describe(case, conflict)
    case.due_on = rules.due_on(today(), case.severity, "detected", is_workday)
    case.save()
    case.metrics.set([metrics[name] for name in conflict.metrics if name in metrics])
    case.departments.set([departments[code] for code in conflict.departments if code in departments])
    keep_finding(case, conflict, snapshot, scan)
    told(case, {}, news="found", detector=conflict.detector, severity=case.severity)
    if case.severity == "high":
        ask_for(case, "decide", "opened", reads.speakers_of(case), actor)
    return case


def _describe(case: Case, conflict: Found) -> None:
    severity = conflict.severity
    case.about = conflict.about
    case.code, case.facets, case.facts = conflict.code, list(conflict.facets), plain(conflict.facts)
    case.settles, case.digests, case.detector = list(conflict.settles), plain(conflict.digests), conflict.detector
    case.severity, case.gap, case.amount = severity.level, severity.gap, severity.amount
    case.unit, case.audience, case.is_key = severity.unit or "", severity.audience, severity.is_key


def follow_parties(case: Case, conflict: Found, actor: Actor) -> None:
    """The parties are those it is between now, and those of what was merged into it. Whoever joins is asked what those
    before were asked."""
    wanted = set(Department.objects.filter(code__in=conflict.departments))
    wanted |= {place for part in case.merged.all() for place in part.departments.all()}
    known = set(case.departments.all())
    if not wanted or wanted == known:
        return
    case.departments.set(wanted)
    codes = {name: sorted(place.code for place in places) for name, places in (("was", known), ("now", wanted))}
    told(case, {"departments": codes["was"]}, news="parties", departments=codes["now"])
    if case.state == "mediating":
        people = [user for place in wanted - known for user in reads.speakers_of_department(place.pk)]
        ask_for(case, "answer", "position_asked", people, actor)


def keep_finding(case: Case, conflict: Found, snapshot: str, scan: Scan | None = None) -> Finding:
    """What was found now, frozen."""
    return Finding.objects.create(
        case=case,
        scan=scan,
        snapshot=snapshot[:120],
        facts=plain(conflict.facts),
        evidence=[plain(exhibit) for exhibit in conflict.evidence],
        digests=plain(conflict.digests),
        detector=conflict.detector,
    )


def _is_reopened(case: Case, conflict: Found) -> bool:
    """Whether finding the conflict again concerns its case: one dismissed must have changed, and one that is part of
    another rests as long as that one is open."""
    whole, seen = case, {case.pk}
    while whole.state == "merged" and whole.merged_into is not None and whole.merged_into.pk not in seen:
        whole = whole.merged_into
        seen.add(whole.pk)
    if whole is not case and whole.is_open:
        return False
    return whole.state != "dismissed" or _returns(case, conflict)


def _returns(case: Case, conflict: Found) -> bool:
    """A dismissed case comes back when what it was found from changed; new data alone must also move the gap."""
    old = {key: value for key, value in case.digests.items() if key != "data"}
    new = {key: value for key, value in plain(conflict.digests).items() if key != "data"}
    if rules.returns(old, new):
        return True
    before, now = case.gap, conflict.severity.gap
    if before is None or now is None:
        return False
    return abs(now - before) > max(abs(before) * GAP_NOTICED, 1e-9)


def _vanished(actor: Actor, scan: Scan, seen: set[str], unsure: Sequence[Sequence[str]]) -> int:
    """Mark open cases that this scan should have found again and did not."""
    rows = Case.objects.filter(is_open=True, vanished_at=None).exclude(kind="hand").exclude(fingerprint__in=seen)
    if scan.metrics:
        rows = rows.filter(pk__in=Case.objects.filter(metrics__name__in=scan.metrics).values("pk"))
    count = 0
    for case in rows:
        if any(set(names) <= set(case.names) for names in unsure):
            continue
        case.vanished_at = case.changed_at = timezone.now()
        case.save(update_fields=["vanished_at", "changed_at"])
        told(case, {"vanished": False}, news="vanished")
        if case.state in ("detected", "triaged"):
            settled(case, actor, "vanished")
        count += 1
    return count
