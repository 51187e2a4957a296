"""The demo company's papers + a workspace over its warehouse -> the scene a scan looks at."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from hedu.alignment.scene import (
    Approval,
    Constraint,
    Department,
    DriverShare,
    Goal,
    Grant,
    Guardrail,
    Person,
    QuizAnswer,
    Report,
    Scene,
    Score,
    Target,
    Use,
    Version,
)
from hedu.workspace import Workspace

TODAY = date(2026, 10, 1)
"""The day after the last of the three years."""
Row = dict[str, Any]


def demo_scene(company: Path, workspace: Workspace) -> Scene:
    """What `company`/plans and `company`/people say, over the workspace's definitions and data."""
    plans, people = company / "plans", company / "people"
    return Scene(
        model=workspace.model,
        look=workspace.look(),
        today=TODAY,
        targets=tuple(map(_target, _csv(plans / "targets.csv"))),
        constraints=tuple(map(_constraint, _yaml(plans / "constraints.yml"))),
        goals=tuple(Goal(**row) for row in _yaml(people / "goals.yml")),
        guardrails=tuple(Guardrail(**row) for row in _yaml(plans / "guardrails.yml")),
        people=tuple(map(_person, _csv(people / "people.csv"))),
        departments=tuple(map(_department, _yaml(people / "departments.yml"))),
        grants=tuple(map(_grant, _csv(people / "grants.csv"))),
        approvals=tuple(map(_approval, _csv(people / "approvals.csv"))),
        drivers=tuple(
            DriverShare(row["metric"], row["driver"], row["department"], float(row["share"]))
            for row in _csv(people / "drivers.csv")
        ),
        versions=tuple(map(_version, _yaml(people / "versions.yml"))),
        reports=tuple(map(_report, _csv(people / "reports.csv"))),
        scores=tuple(map(_score, _csv(plans / "scores.csv"))),
        quizzes=tuple(_answers(people)),
        uses=tuple(
            Use(row["department"], row["metric"], int(row["views_90_days"]), int(row["dashboards"]))
            for row in _csv(people / "usage.csv")
        ),
    )


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _yaml(path: Path) -> list[Row]:
    rows: list[Row] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return rows


def _day(text: Any) -> date | None:
    return date.fromisoformat(str(text)) if text else None


def _sure(text: Any) -> date:
    return date.fromisoformat(str(text))


def _target(row: dict[str, str]) -> Target:
    return Target(
        id=row["target_id"],
        metric=row["metric"],
        department=row["department"],
        period=row["period"],
        operator=row["operator"],  # type: ignore[arg-type]
        value=float(row["value"]),
        unit=row["unit"] or None,
        scope=row["scope"],
        parent=row["parent"] or None,
        metric_version=int(row["metric_version"]) if row["metric_version"] else None,
    )


def _constraint(row: Row) -> Constraint:
    terms = {name: float(value) for name, value in row["terms"].items()}
    text = row["text"]
    return Constraint(
        row["id"], row["department"], str(row["period"]), terms, row["operator"], float(row["bound"]), text["zh"], text["en"]
    )  # fmt: skip


def _person(row: dict[str, str]) -> Person:
    status = {"leave": "on_leave"}.get(row["status"], row["status"])
    return Person(
        row["username"], row["department"], (row["role"],), status, _day(row["left_on"]), row["delegate"] or None  # type: ignore[arg-type]
    )  # fmt: skip


def _department(row: Row) -> Department:
    return Department(row["name"], row["parent"], row["owner"], row["manager"], row["liaison"], row["deputy"])


def _grant(row: dict[str, str]) -> Grant:
    return Grant(
        row["subject"], row["dataset"], row["role"], _day(row["granted_on"]), _day(row["expires_on"]), row["rows"]
    )


def _approval(row: dict[str, str]) -> Approval:
    return Approval(row["proposal"], row["metric"], row["proposer"], row["approver"], _sure(row["signed_on"]))


def _version(row: Row) -> Version:
    return Version(
        metric=row["metric"],
        number=int(row["version"]),
        valid_from=_sure(row["valid_from"]),
        valid_to=_day(row["valid_to"]),
        meaning_changed=bool(row["meaning_changed"]),
        edited_by=row["edited_by"],
        change=row["change"],
    )


def _report(row: dict[str, str]) -> Report:
    version, is_archived = int(row["metric_version"]), row["status"] == "归档"
    return Report(row["report"], row["department"], row["metric"], version, row["period"], is_archived)


def _score(row: dict[str, str]) -> Score:
    values = (float(row[name]) for name in ("target", "value_before_edit", "value_scored"))
    return Score(row["quarter"], row["department"], row["metric"], *values)


def _answers(people: Path) -> Iterator[QuizAnswer]:
    about = {quiz["id"]: (quiz["metric"], int(quiz["version"])) for quiz in _yaml(people / "quizzes.yml")}
    for row in _csv(people / "quiz_answers.csv"):
        metric, version = about[row["quiz"]]
        yield QuizAnswer(
            metric,
            version,
            row["person"],
            row["department"],
            int(row["question"]),
            int(row["attempt"]),
            row["correct"] == "1",
        )
