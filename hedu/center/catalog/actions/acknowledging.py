"""People are asked whether they understand what a metric means; they confirm, with a short quiz where there is one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone

import hedu
from hedu.center.catalog import reads
from hedu.center.catalog.models import Metric, Question, QuizAnswer, Understanding
from hedu.center.catalog.reads import acknowledging
from hedu.center.catalog.rules import CERTIFYING_ROLES
from hedu.center.catalog.subjects import metric_subject
from hedu.center.kernel.action import action, record
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.inbox import ask, settle
from hedu.center.kernel.models import User
from hedu.center.kernel.reading import found
from hedu.center.kernel.subjects import Subject
from hedu.center.people.models import Department
from hedu.center.people.reads import holders
from hedu.errors import Conflict, QueryError

MOST_QUESTIONS = 2
ELSEWHERE = "~"
"""Begins the names of people who answered elsewhere; no user name can."""
LEAST_CHOICES, MOST_CHOICES = 2, 5
ROLES = ("member", "owner", "liaison", "deputy", "manager", "analyst")


def may_ask(actor: Actor, metric: str, **_: Any) -> bool:
    """Owner, liaison, deputy or manager of the owning department."""
    return acknowledging.may_ask(actor, reads.metric_named(actor, metric))


def sees_metric(actor: Actor, metric: str, **_: Any) -> bool:
    return actor.user_id is not None and bool(reads.metric_named(actor, metric))


# --- asking ----------------------------------------------------------------------------------------------


@action(may=may_ask, doors={"page", "rest", "cli"}, event="catalog.understanding_asked")
def ask_to_confirm(actor: Actor, metric: str, *, departments: list[str] | None = None) -> int:
    """Ask the people of `departments` (none given: all it concerns) to confirm what the metric means -> how many.

    Whoever was asked about the same meaning before is not asked again.
    """
    row = reads.metric_named(actor, metric)
    if row.is_retired:
        raise Conflict("already-retired", name=row.name)
    if departments:
        places = [found(Department.objects.filter(is_active=True), code=code) for code in departments]
    else:
        places = acknowledging.audience_of(row)
    asked = _ask(actor, row, places, acknowledging.digest_now(row))
    record("metric", row.pk, row.name, after={"asked": asked, "departments": [place.code for place in places]})
    return asked


def ask_about_new_meanings(actor: Actor, workspace: hedu.Workspace) -> None:
    """Inside a publish: whoever was asked to confirm what a metric meant is asked about what it means in `workspace`,
    be it changed itself or beneath; whoever wrote questions about it is asked to look at them."""
    asked = Understanding.objects.filter(user__isnull=False).order_by("pk").values_list("metric", "digest")
    written = Question.objects.filter(is_active=True).values_list("metric", "digest")
    latest = {**dict(written), **dict(asked)}
    for row in Metric.objects.filter(pk__in=latest, is_retired=False).select_related("head"):
        digest = acknowledging.digest_in(workspace, row)
        if latest[row.pk] != digest:
            _ask_again(actor, row, digest)
            _ask_for_questions(actor, row, digest)


def _ask_again(actor: Actor, row: Metric, digest: str) -> int:
    """All who were asked about an earlier meaning are asked about this one; what is still open about it is closed."""
    before = Understanding.objects.filter(metric=row, user__isnull=False)
    places = list(Department.objects.filter(pk__in=before.values("department"), is_active=True))
    same = before.filter(digest=digest)
    if not places or same.exists():
        # They know this meaning from before: nothing is open for whoever confirmed it then.
        people = User.objects.filter(pk__in=same.exclude(confirmed_at=None).values("user"))
        settle(_subject(row), people, "confirmed", kind="read", actor=actor)
        return 0
    settle(_subject(row), outcome="superseded", kind="read", actor=actor)
    return _ask(actor, row, places, digest)


def _ask_for_questions(actor: Actor, row: Metric, digest: str) -> int:
    """Whoever vouches for the metric says whether its questions still fit."""
    if not acknowledging.questions_besides(row, digest) or row.department_id is None:
        return 0
    people = holders(row.department_id, *sorted(CERTIFYING_ROLES))
    place = row.department_id
    return ask(people, "decide", "catalog.questions_outdated", _subject(row), actor, department=place)


def _ask(actor: Actor, row: Metric, places: Iterable[Department], digest: str) -> int:
    number = row.head.number if row.head else 0
    known = set(Understanding.objects.filter(metric=row, digest=digest).values_list("person", flat=True))
    asked = 0
    for place in places:
        people = [user for user in holders(place.pk, *ROLES) if user.username not in known]
        known |= {user.username for user in people}
        Understanding.objects.bulk_create(
            Understanding(metric=row, digest=digest, number=number, department=place, user=user, person=user.username)
            for user in people
        )
        ask(people, "read", "catalog.confirm_asked", _subject(row), actor, department=place.pk, number=number)
        asked += len(people)
    return asked


def _subject(row: Metric) -> Subject:
    subject = metric_subject(SYSTEM, row.pk)
    assert subject is not None, "the system sees every metric"
    return replace(subject, url=f"/metrics/{row.name}/understanding/")


# --- questions -------------------------------------------------------------------------------------------


@action(may=may_ask, doors={"page", "rest"}, secret=("questions",))
def write_questions(actor: Actor, metric: str, *, questions: list[dict[str, Any]]) -> list[int]:
    """Replace the questions (at most two) that whoever confirms the metric answers; none: confirming suffices.

    Each is {"zh", "en", "choices": [{"zh", "en"} …], "right": place of the right choice}.
    """
    row = reads.metric_named(actor, metric)
    if len(questions) > MOST_QUESTIONS:
        raise QueryError("quiz-too-long", most=MOST_QUESTIONS, count=len(questions))
    try:
        made = [_question(row, place, told) for place, told in enumerate(questions, 1)]
    except (AttributeError, TypeError, ValueError):
        facts = {"place": 1, "least": LEAST_CHOICES, "most": MOST_CHOICES}
        raise QueryError("quiz-question-incomplete", **facts) from None
    row.questions.filter(is_active=True).update(is_active=False)
    for item in made:
        item.save()
    settle(_subject(row), outcome="confirmed", kind="decide", actor=actor)
    record("metric", row.pk, row.name, after={"questions": [item.text_zh for item in made]})
    return [item.pk for item in made]


def _question(row: Metric, place: int, told: dict[str, Any]) -> Question:
    texts = {lang: str(told.get(lang) or "").strip() for lang in ("zh", "en")}
    choices = [{lang: str(item.get(lang) or "").strip() for lang in ("zh", "en")} for item in told.get("choices", ())]
    choices = [item for item in choices if item["zh"] or item["en"]]
    right = int(told.get("right") or 0)
    if not any(texts.values()) or not LEAST_CHOICES <= len(choices) <= MOST_CHOICES or not 0 <= right < len(choices):
        raise QueryError("quiz-question-incomplete", place=place, least=LEAST_CHOICES, most=MOST_CHOICES)
    digest = acknowledging.digest_now(row)
    named = {"text_zh": texts["zh"] or texts["en"], "text_en": texts["en"]}
    return Question(metric=row, digest=digest, place=place, choices=choices, right=right, **named)


# --- confirming ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of confirming: done, or which questions (by place) were answered wrongly."""

    is_confirmed: bool
    wrong: tuple[int, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {"confirmed": self.is_confirmed, "wrong": list(self.wrong)}


@action(may=sees_metric, doors={"page", "rest"}, event="catalog.understood", secret=("answers",))
def confirm_understanding(actor: Actor, metric: str, *, digest: str = "", answers: list[int] | None = None) -> Outcome:
    """Say that one understands what the metric means; `answers` are the chosen places, one for each question.

    A wrong answer leaves it open: read again and try once more. `digest` is the meaning that was read.
    """
    row = reads.metric_named(actor, metric)
    if digest and digest != acknowledging.digest_now(row):
        raise Conflict("understanding-outdated", name=row.name)
    questions, given = acknowledging.questions_of(row), answers or []
    if len(given) != len(questions):
        raise QueryError("quiz-unanswered", count=len(questions))
    mine = acknowledging.own_understanding(actor, row) or _volunteer(actor, row)
    if mine.confirmed_at:
        settle(_subject(row), User.objects.filter(pk=actor.user_id), "confirmed", kind="read", actor=actor)
        return Outcome(True)
    wrong = _keep(mine, questions, given)
    if not wrong:
        mine.confirmed_at = timezone.now()
        mine.save(update_fields=["confirmed_at"])
        settle(_subject(row), User.objects.filter(pk=actor.user_id), "confirmed", kind="read", actor=actor)
    record("metric", row.pk, row.name, after={"confirmed": not wrong, "version": mine.number})
    return Outcome(not wrong, tuple(wrong))


def _volunteer(actor: Actor, row: Metric) -> Understanding:
    """Somebody not asked confirms, too: for the first of their departments."""
    place = min(actor.departments, default=row.department_id)
    if place is None:
        raise Conflict("understanding-no-department", name=actor.name)
    number, digest = row.head.number if row.head else 0, acknowledging.digest_now(row)
    told = {"user_id": actor.user_id, "person": actor.username, "department_id": place}
    return Understanding.objects.create(metric=row, digest=digest, number=number, **told)


def _keep(mine: Understanding, questions: list[Question], given: list[int]) -> list[int]:
    """Keep this attempt's answers -> the places of the questions answered wrongly."""
    attempt = mine.answers.filter(question__in=questions).values("attempt").distinct().count() + 1
    rows = [
        QuizAnswer(understanding=mine, question=item, attempt=attempt, choice=choice, is_right=choice == item.right)
        for item, choice in zip(questions, given, strict=True)
    ]
    QuizAnswer.objects.bulk_create(rows)
    return [row.question.place for row in rows if not row.is_right]


# --- answers given elsewhere -----------------------------------------------------------------------------


@action(may=may_ask, doors={"rest"})
def take_over_answers(
    actor: Actor,
    metric: str,
    *,
    version: int,
    rows: list[dict[str, Any]],
    questions: list[dict[str, Any]],
    is_present: bool = True,
) -> int:
    """Take over a quiz held elsewhere about a version -> how many people it was.

    `rows` are {"person", "department", "question": 1 or 2, "attempt", "correct"}. What was asked of an earlier meaning
    (`is_present` false) counts for that version alone. People keep the names they had there, marked so that nobody here
    is meant; taking the same answers over twice changes nothing.
    """
    row = reads.metric_named(actor, metric)
    digest = acknowledging.digest_now(row) if is_present else f"v{version}"
    asked = {place: _known(_question(row, place, told), digest) for place, told in enumerate(questions, 1)}
    places = {code: found(Department.objects.all(), code=code) for code in {str(item["department"]) for item in rows}}
    people: dict[str, Understanding] = {}
    for item in rows:
        person = f"{ELSEWHERE}{item['person']}"[:60]
        if person not in people:
            told = {"department": places[str(item["department"])], "confirmed_at": timezone.now()}
            people[person], _ = Understanding.objects.get_or_create(
                metric=row, digest=digest, number=version, person=person, defaults=told
            )
        QuizAnswer.objects.get_or_create(
            understanding=people[person],
            question=asked[int(item["question"])],
            attempt=int(item["attempt"]),
            defaults={"is_right": bool(item["correct"])},
        )
    record("metric", row.pk, row.name, after={"answers": len(rows), "people": len(people), "version": version})
    return len(people)


def _known(asked: Question, digest: str) -> Question:
    """The same question if it was asked about that meaning before, else this one, kept but not asked here."""
    same = Question.objects.filter(metric=asked.metric, digest=digest, place=asked.place, text_zh=asked.text_zh).first()
    if same is None:
        asked.digest, asked.is_active = digest, False
        asked.save()
    return same or asked
