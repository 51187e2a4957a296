"""Answers to the questions about a version -> departments that read a metric wrongly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

from hedu.alignment.conflict import Conflict, Evidence, Severity
from hedu.alignment.papers import digest_of
from hedu.alignment.scene import QuizAnswer, Scene

VERSION = 1
LEAST_PEOPLE = 5
"""Fewer are not told about: a small group is no department's understanding, and its members could be recognised."""
WRONG_MOST = 0.30
"""A department misreads a metric once even the lower bound of its error rate lies above."""
Z = 1.959964


def detect(scene: Scene) -> Iterator[Conflict]:
    """Only the present meaning counts, and of each person only the last attempt at each question."""
    for (metric, department), answers in sorted(_present(scene).items()):
        found = _rate(answers)
        if metric in scene.model.metrics and found.people >= LEAST_PEOPLE and found.low > WRONG_MOST:
            yield _conflict(metric, department, answers, found)


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of wrong answers with its 95 % interval."""

    people: int
    answers: int
    wrong: float
    low: float
    high: float


def wilson(share: float, count: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927).

    >>> tuple(round(bound, 3) for bound in wilson(0.5, 10))
    (0.237, 0.763)
    """
    middle = (share + Z * Z / (2 * count)) / (1 + Z * Z / count)
    half = Z / (1 + Z * Z / count) * sqrt(share * (1 - share) / count + Z * Z / (4 * count * count))
    return middle - half, middle + half


def _rate(answers: list[QuizAnswer]) -> Rate:
    """One person's answers hang together: the interval counts people, not answers."""
    people = len({answer.person for answer in answers})
    wrong = sum(not answer.is_correct for answer in answers) / len(answers)
    return Rate(people, len(answers), wrong, *wilson(wrong, people))


def _present(scene: Scene) -> dict[tuple[str, str], list[QuizAnswer]]:
    floor = _floors(scene)
    last: dict[tuple[str, str, int], QuizAnswer] = {}
    for answer in sorted(scene.quizzes, key=lambda answer: (answer.metric_version, answer.attempt)):
        if answer.metric_version >= floor[answer.metric]:
            last[answer.metric, answer.person, answer.question] = answer
    found: dict[tuple[str, str], list[QuizAnswer]] = {}
    for answer in last.values():
        found.setdefault((answer.metric, answer.department), []).append(answer)
    return found


def _floors(scene: Scene) -> dict[str, int]:
    """The version since which a metric means what it means today; the newest asked about, where none is on paper."""
    floor: dict[str, int] = {}
    for answer in scene.quizzes:
        floor[answer.metric] = max(floor.get(answer.metric, 0), answer.metric_version)
    for metric in floor:
        versions = [v for v in scene.versions if v.metric == metric and v.valid_from <= scene.today]
        if versions:
            floor[metric] = max((v.number for v in versions if v.meaning_changed), default=1)
    return floor


def _conflict(metric: str, department: str, answers: list[QuizAnswer], rate: Rate) -> Conflict:
    questions = [
        {"question": number, "wrong": sum(not a.is_correct for a in mine) / len(mine), "answers": len(mine)}
        for number in sorted({answer.question for answer in answers})
        if (mine := [answer for answer in answers if answer.question == number])
    ]
    version = max(answer.metric_version for answer in answers)
    told = {"people": rate.people, "answers": rate.answers, "wrong": rate.wrong, "low": rate.low, "high": rate.high}
    return Conflict(
        kind="interpretation",
        code="misread",
        metrics=(metric,),
        departments=(department,),
        facets=("quiz",),
        facts={"metric": metric, "department": department, "version": version, **told},
        evidence=(Evidence("estimate", {**told, "threshold": WRONG_MOST, "questions": questions, "version": version}),),
        severity=Severity("high" if rate.wrong > 2 / 3 else "medium", gap=rate.wrong, audience=rate.people),
        settles=("fix_data", "rename_both", "accept_until"),
        digests={"answers": digest_of(sorted((a.person, a.question, a.attempt, a.is_correct) for a in answers))},
        detector=f"interpretation/{VERSION}",
        about=department,
    )
