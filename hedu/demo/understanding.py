"""The demo company's quizzes -> questions, answers and open requests in a centre.

The papers hold answers of a survey among some 250 employees, under pseudonyms (marketing-01): they are taken over as
answers given elsewhere and count for their departments. The people who sign in here are asked anew about two metrics.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import yaml

QUESTIONS: dict[str, tuple[str, tuple[tuple[str, str], ...], int]] = {
    "打 7 分的客户算推荐者吗?": ("Is a customer who scores 7 a promoter?", (("算", "Yes"), ("不算，9 分以上才算", "No, only 9 and 10 are")), 1),
    "净推荐值可能是负数吗?": ("Can the net promoter score be negative?", (("可能", "Yes"), ("不可能", "No")), 0),
    "毛利率扣除期间费用吗?": ("Does gross margin deduct operating expense?", (("扣除", "Yes"), ("不扣除", "No")), 1),
    "2026 年起成本包含材料价差吗?": ("Does cost include material price variance since 2026?", (("包含", "Yes"), ("不包含", "No")), 0),
    "3 分算满意吗?": ("Does a score of 3 count as satisfied?", (("算", "Yes"), ("不算", "No")), 1),
    "平均分按问卷还是按大区平均?": ("Is the average taken over answers or over regions?", (("按问卷", "Over answers"), ("先按大区", "Over regions first")), 0),
    "新客户计入分母吗?": ("Are new customers in the denominator?", (("计入", "Yes"), ("不计入", "No")), 1),
    "按季度还是按月?": ("By quarter or by month?", (("按季度", "By quarter"), ("按月", "By month")), 0),
    "上月没下单的客户计入分母吗?": ("Are customers without an order last month in the denominator?", (("计入", "Yes"), ("不计入", "No")), 1),
}  # fmt: skip
"""Each question of the papers with its English, its choices (zh, en) and the place of the right one."""
ASKED = ("gross_margin", "nps")
"""Metrics about which those who sign in are asked, so that inboxes have something to read."""


def fill_understanding(company: Path) -> None:
    """Write the questions, take over the answers, ask about two metrics. The definitions are published by now."""
    from hedu.center.catalog import actions
    from hedu.center.kernel.actor import SYSTEM

    quizzes = yaml.safe_load((company / "people/quizzes.yml").read_text(encoding="utf-8"))
    newest = {quiz["metric"]: quiz["version"] for quiz in sorted(quizzes, key=lambda quiz: quiz["version"])}
    with (company / "people/quiz_answers.csv").open(encoding="utf-8", newline="") as file:
        given = list(csv.DictReader(file))
    for quiz in quizzes:
        questions = [_question(text) for text in quiz["questions"]]
        is_present = quiz["version"] == newest[quiz["metric"]]
        if is_present:
            actions.write_questions(SYSTEM, quiz["metric"], questions=questions)
        actions.take_over_answers(
            SYSTEM,
            quiz["metric"],
            version=quiz["version"],
            rows=[_answer(row) for row in given if row["quiz"] == quiz["id"]],
            questions=questions,
            is_present=is_present,
        )
    for metric in ASKED:
        actions.ask_to_confirm(SYSTEM, metric)


def _question(text: str) -> dict[str, Any]:
    english, choices, right = QUESTIONS[text]
    return {"zh": text, "en": english, "choices": [{"zh": zh, "en": en} for zh, en in choices], "right": right}


def _answer(row: dict[str, str]) -> dict[str, Any]:
    told = {"person": row["person"], "department": row["department"]}
    return {
        **told,
        "question": int(row["question"]),
        "attempt": int(row["attempt"]),
        "correct": row["correct"] == "1",
    }
