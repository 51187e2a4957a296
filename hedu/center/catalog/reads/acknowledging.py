"""Who was asked whether they understand a metric, who said yes, how often its questions were answered wrongly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

import hedu
from hedu.alignment import scene
from hedu.center.catalog import serving
from hedu.center.catalog.meaning import meaning_digest
from hedu.center.catalog.models import Metric, Question, QuizAnswer, Understanding, Usage
from hedu.center.catalog.reads.entries import may_vouch_for, metric_named
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.reading import read
from hedu.center.people.models import Department
from hedu.center.people.reads import posts_of
from hedu.center.people.reads import visible_to as departments_visible_to

FEW = 5
"""Of fewer people who answered, no rate is told: it would be about persons, not about a department."""


def digest_now(row: Metric) -> str:
    """What tells the metric's present meaning from others."""
    return digest_in(serving.served().workspace, row)


def digest_in(workspace: hedu.Workspace, row: Metric) -> str:
    """What tells its meaning in a catalog from others; by its last version where that does not have it."""
    if row.name in workspace.model.metrics:
        return meaning_digest(workspace, row.name)
    return row.head.digest if row.head else ""


def questions_of(row: Metric) -> list[Question]:
    """The questions asked about the metric's present meaning; they stay until the owner replaces them."""
    return list(row.questions.filter(is_active=True, digest=digest_now(row)))


def outdated_questions(row: Metric) -> list[Question]:
    """Questions written about an earlier meaning: nobody is asked them until the owner confirms or rewrites them."""
    return questions_besides(row, digest_now(row))


def questions_besides(row: Metric, digest: str) -> list[Question]:
    """Questions about another meaning than that."""
    return list(row.questions.filter(is_active=True).exclude(digest=digest))


def own_understanding(actor: Actor, row: Metric) -> Understanding | None:
    """Whether the actor was asked about the present meaning, and what they said."""
    rows = Understanding.objects.filter(metric=row, digest=digest_now(row), user_id=actor.user_id)
    return rows.order_by("-number").first() if actor.user_id else None


def audience_of(row: Metric) -> list[Department]:
    """The departments it concerns: its owner, its RACI, those that use it, and those asked before."""
    served = serving.served().workspace.model.metrics.get(row.name)
    raci = served.definition.raci if served else None
    codes = {*raci.responsible, *raci.accountable, *raci.consulted, *raci.informed} if raci else set()
    used = Usage.objects.filter(metric=row).exclude(department=None).values("department")
    asked = Understanding.objects.filter(metric=row, user__isnull=False).values("department")
    concerned = Q(code__in=codes) | Q(pk=row.department_id) | Q(pk__in=used) | Q(pk__in=asked)
    return list(Department.objects.filter(concerned, is_active=True))


# --- how far the meaning is understood -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Coverage:
    """A department: how many were asked, said yes and answered; the share wrong at the first attempt, if told."""

    department: Department
    asked: int
    confirmed: int
    answered: int
    wrong: float | None

    @property
    def share(self) -> float:
        return self.confirmed / self.asked if self.asked else 0.0

    @property
    def percent(self) -> int:
        return round(self.share * 100)

    @property
    def wrong_percent(self) -> int | None:
        return None if self.wrong is None else round(self.wrong * 100)


def coverage_of(row: Metric) -> list[Coverage]:
    """Each department with people who were asked about the metric's present meaning, in their order.

    People count where they belong today; who left counts no more. Those who answered elsewhere count where they did.
    """
    rows = Understanding.objects.filter(metric=row, digest=digest_now(row)).exclude(user__is_active=False)
    asked = {pk: told for pk, *told in rows.values_list("pk", "department", "user", "confirmed_at")}
    posts = posts_of({user for _, user, _ in asked.values() if user})
    places = {pk: _place_today(place, user, posts) for pk, (place, user, _) in asked.items()}
    answers = QuizAnswer.objects.filter(understanding__in=asked, attempt=1).values_list("understanding", "is_right")
    given: dict[int, list[bool]] = {}
    for pk, is_right in answers:
        given.setdefault(pk, []).append(is_right)
    found = []
    for department in Department.objects.filter(pk__in=set(places.values()) - {None}):
        theirs = [pk for pk, place in places.items() if place == department.pk]
        said = [given[pk] for pk in theirs if pk in given]
        wrong = sum(one.count(False) for one in said) / sum(map(len, said)) if len(said) >= FEW else None
        confirmed = sum(asked[pk][2] is not None for pk in theirs)
        found.append(Coverage(department, len(theirs), confirmed, len(said), wrong))
    return sorted(found, key=lambda item: (item.department.order, item.department.code))


def _place_today(place: int, user: int | None, posts: Mapping[int, set[int]]) -> int | None:
    """The department somebody counts in who was asked as one of `place`."""
    if user is None:
        return place
    held = posts.get(user, set())
    return place if place in held else min(held, default=None)


@read(doors={"rest", "cli"})
def understanding(actor: Actor, metric: str) -> list[dict[str, Any]]:
    """How far departments understand a metric: asked, confirmed, and the share answered wrongly at first."""
    row = metric_named(actor, metric)
    return [
        {
            "department": item.department.code,
            "asked": item.asked,
            "confirmed": item.confirmed,
            "answered": item.answered,
            "wrong": item.wrong,
        }
        for item in coverage_of(row)
    ]


def may_ask(actor: Actor, row: Metric) -> bool:
    """Whether the actor may ask others to confirm, and write the questions: who vouches for the metric."""
    return may_vouch_for(actor, row.department_id)


def departments_to_ask(actor: Actor) -> QuerySet[Department]:
    """Departments that can be chosen beside the audience."""
    return departments_visible_to(actor).filter(is_active=True)


def quiz_answers(metrics: Iterable[str] | None = None) -> tuple[scene.QuizAnswer, ...]:
    """Every answer in the catalog, for the scan that finds metrics read wrongly; None: about all metrics."""
    rows = QuizAnswer.objects.select_related("understanding__metric", "understanding__department", "question")
    if metrics is not None:
        rows = rows.filter(understanding__metric__name__in=list(metrics))
    return tuple(
        scene.QuizAnswer(
            metric=row.understanding.metric.name,
            metric_version=row.understanding.number,
            person=row.understanding.person,
            department=row.understanding.department.code,
            question=row.question.place,
            attempt=row.attempt,
            is_correct=row.is_right,
        )
        for row in rows.order_by("id").iterator()
    )
