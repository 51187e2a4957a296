"""What waits for a person: the tasks of their inbox, counted where the inbox counts them, and beside them what nobody
asked for, told by one small function for each kind: an app that wants to be heard adds its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hedu.center.catalog import reads as catalog
from hedu.center.catalog import rules as catalog_rules
from hedu.center.catalog.models import Metric, ReportedPeriod
from hedu.center.conflicts import reads as cases
from hedu.center.kernel import inbox
from hedu.center.kernel import reads as kernel
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.models import Task
from hedu.center.kernel.topics import worded
from hedu.center.people.reads import codes_of, today
from hedu.define.definitions import Reported

EACH_MOST = 6
TASKS_MOST = 8
TALK_TOPICS = ("kernel.mentioned", "kernel.answered")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing to do: what, why, where; `late` is how many days it is overdue (negative: still to come)."""

    kind: str
    icon: str
    title: str
    why: str
    url: str
    late: int | None = None


def reported_values(actor: Actor) -> Iterator[Waiting]:
    """Periods handed in that wait for review, and periods that one's own department has yet to hand in."""
    served, mine = catalog.workspace().model.metrics, codes_of(actor)
    rows = catalog.visible_to(actor).filter(type=Metric.Type.REPORTED, is_retired=False).select_related(None)
    submitted = Count("periods", filter=Q(periods__state=ReportedPeriod.State.SUBMITTED), distinct=True)
    for row in rows.annotate(submitted=submitted, last=Max("reported__period")).order_by("name"):
        metric = served.get(row.name)
        if metric is None or not isinstance(metric.body, Reported):
            continue
        url = reverse("catalog:sheet", args=[row.name])
        if row.submitted and catalog.may_vouch_for(actor, row.department_id):
            why = ngettext("%(n)s 个期间待审核", "%(n)s 个期间待审核", row.submitted) % {"n": row.submitted}
            yield Waiting("review-values", "checkbox", row.label(actor.lang), why, url)
        is_ours = row.department_id in actor.departments or set(metric.definition.raci.responsible) & mine
        if is_ours and _is_behind(row.last, metric.body.grain):
            yield Waiting("report", "clipboard-list", row.label(actor.lang), _("上一期还没有填报"), url)


def _is_behind(last: date | None, grain: str) -> bool:
    """The period before the present one has no value, though some period has."""
    due = catalog_rules.period_after(grain, catalog_rules.period_start(grain, today()), -1)
    return last is not None and last < due


def reviews(actor: Actor) -> Iterator[Waiting]:
    """Definitions whose review is due."""
    for due in catalog.reviews_due(actor):
        late = ngettext("口径复核已逾期 %(n)s 天", "口径复核已逾期 %(n)s 天", max(due.days_late, 1)) % {
            "n": due.days_late
        }
        why = late if due.days_late > 0 else _("口径复核即将到期")
        url = reverse("catalog:metric", args=[due.metric.name])
        yield Waiting("review", "calendar-event", due.metric.label(actor.lang), why, url, due.days_late)


def drafts(actor: Actor) -> Iterator[Waiting]:
    """One's own unpublished drafts."""
    for draft in catalog.drafts_visible_to(actor).filter(author_id=actor.user_id)[:EACH_MOST]:
        url = reverse("catalog:draft", args=[draft.pk])
        yield Waiting("draft", "pencil", str(draft), _("草稿还没有发布"), url)


def talk(actor: Actor) -> Iterator[Waiting]:
    """Unread mentions and answers."""
    for news in kernel.notifications_visible_to(actor).filter(read_at=None, topic__in=TALK_TOPICS)[:EACH_MOST]:
        url = reverse("kernel:open_notification", args=[news.pk])
        yield Waiting("talk", "message-circle", worded(news), news.at.strftime("%Y-%m-%d"), url)


def conflicts(actor: Actor) -> Iterator[Waiting]:
    """Cases in which one is the next to move, those left out that stand in the inbox."""
    rows = cases.waiting_for(actor)
    held = inbox.open_tasks(actor).filter(about="case").values_list("object_id", flat=True) if rows else ()
    asked = set(held)
    rows = [case for case in rows if str(case.pk) not in asked][:EACH_MOST]
    words = cases.words_told(actor, rows, "en" if actor.lang == "en" else "zh")
    for case in rows:
        late = (today() - case.due_on).days if case.due_on else None
        url = reverse("conflicts:case", args=[case.pk])
        yield Waiting(
            "conflict", "git-compare", words[case.pk], f"{case.number} · {case.get_state_display()}", url, late
        )


ICONS = {"sign": "checkbox", "decide": "git-compare", "answer": "message-circle", "read": "eye"}


def tasks(actor: Actor) -> tuple[list[Waiting], int]:
    """The most urgent tasks of the inbox, and how many there are."""
    rows = list(inbox.open_tasks(actor))
    return [_task(row) for row in rows[:TASKS_MOST]], len(rows)


def _task(row: Task) -> Waiting:
    late = (today() - timezone.localtime(row.due_at).date()).days if row.due_at else None
    return Waiting(row.kind, ICONS[row.kind], worded(row), str(row.get_kind_display()), row.url, late)


PROVIDERS: tuple[Callable[[Actor], Iterator[Waiting]], ...] = (talk, reported_values, conflicts, reviews, drafts)


def waiting_for(actor: Actor, most: int = 12) -> tuple[list[Waiting], int]:
    """What waits beside the inbox, the most overdue first within the order of the providers, and how much more."""
    found: list[Waiting] = []
    for provider in PROVIDERS:
        found.extend(sorted(provider(actor), key=lambda item: -(item.late or 0)))
    return found[:most], max(0, len(found) - most)
