"""The demo company's plans -> the centre's goal tree and targets: 2027 as planned, 2026 as it was set a year before."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import yaml

NAMES = {
    "G0": ("公司利润", "Company profit"),
    "G1": ("收入增长", "Grow revenue"),
    "G2": ("管住费用", "Hold expenses"),
    "G3": ("多卖", "Sell more"),
    "G4": ("留住客户", "Keep customers"),
    "G5": ("提高赢单", "Win more deals"),
    "G6": ("更多线索", "More leads"),
    "G7": ("客户更满意", "Happier customers"),
    "G8": ("准时交付", "Deliver on time"),
    "G9": ("生产效率", "Produce efficiently"),
    "G10": ("守住质量", "Guard quality"),
}
"""What people call the goals; the others go by their metric."""
LAST_YEAR, THIS_YEAR = "2025", "2026"
STRETCH = {"up": 1.06, "down": 0.97}
"""This year's target against last year's value, by the metric's direction."""
HARD = {"win_rate": 1.25, "escape_rate": 0.7, "lead_count": 1.3, "leaver_rate": 0.7, "on_time_operations": 1.03,
        "first_pass_yield": 1.01, "retention": 1.02}  # fmt: skip
"""Where more was asked."""
SAID = (
    ("G3", "sales.owner", 7, "华东大单在谈，四季度有双十一；华南退货偏高，正在跟进。"),
    ("G4", "service.owner", 6, "新口径按月看，三季度略有回升；准时交付是关键。"),
    ("G6", "marketing.owner", 4, "投放费用卡得紧，线索质量和数量难两全，需要和销售商量分工。"),
    ("G9", "operations.owner", 8, "两条线完成改造，加班明显减少。"),
    ("G10", "operations.owner", 5, "提效之后一次合格率波动，已加一道抽检。"),
)


def fill_aims(company: Path) -> None:
    """Goals, guardrails, constraints, targets of two years and what people said of them, through the centre's deeds."""
    _goals(company)
    _agreed(company)
    planned = _planned(company)
    _kept([*planned, *_this_year(_versions(company))])
    _check_ins()


def _goals(company: Path) -> None:
    from hedu.center.goals import actions
    from hedu.center.kernel.actor import SYSTEM

    for row in yaml.safe_load((company / "people/goals.yml").read_text(encoding="utf-8")):
        zh, en = NAMES.get(row["id"], ("", ""))
        named: dict[str, Any] = {"name_zh": zh, "name_en": en, "owner": f"{row['department'].split('-')[0]}.owner"}
        where: dict[str, Any] = {"parent": row["parent"] or "", "edge": row["edge"], "scope": row["scope"]}
        actions.create_goal(SYSTEM, row["id"], metric=row["metric"], department=row["department"], **named, **where)


def _agreed(company: Path) -> None:
    from hedu.center.goals import actions
    from hedu.center.kernel.actor import SYSTEM

    for row in yaml.safe_load((company / "plans/guardrails.yml").read_text(encoding="utf-8")):
        actions.pair_guardrail(SYSTEM, row["metric"], guardrail=row["guardrail"])
    for row in yaml.safe_load((company / "plans/constraints.yml").read_text(encoding="utf-8")):
        said = {"text_zh": row["text"]["zh"], "text_en": row["text"]["en"]}
        bound = {"terms": row["terms"], "operator": row["operator"], "bound": str(row["bound"])}
        actions.set_constraint(SYSTEM, row["id"], department=row["department"], period=row["period"], **bound, **said)


def _planned(company: Path) -> list[dict[str, Any]]:
    """The paper of next year's targets."""
    with (company / "plans/targets.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    by_metric = _goals_by_look()
    return [
        {
            **{name: row[name] for name in ("metric", "department", "scope", "period", "operator", "value", "unit")},
            "code": row["target_id"],
            "parent": row["parent"],
            "note": row["note"],
            "metric_version": int(row["metric_version"]),
            "goal": by_metric.get((row["metric"], row["scope"]), ""),
        }
        for row in rows
    ]


def _goals_by_look() -> dict[tuple[str, str], str]:
    from hedu.center.goals import reads
    from hedu.center.kernel.actor import SYSTEM

    return {(row.metric.name, row.scope): row.code for row in reads.visible_to(SYSTEM).order_by("-order")}


def _versions(company: Path) -> dict[str, int]:
    """The latest version of each metric that has had several."""
    rows = yaml.safe_load((company / "people/versions.yml").read_text(encoding="utf-8"))
    return {row["metric"]: row["version"] for row in sorted(rows, key=lambda row: row["version"])}


def _this_year(versions: dict[str, int]) -> list[dict[str, Any]]:
    """A target of this year for each goal: last year's value with what was then thought possible."""
    from hedu.center.catalog import reads as catalog
    from hedu.center.goals import reads
    from hedu.center.kernel.actor import SYSTEM

    rows: list[dict[str, Any]] = []
    for goal in reads.visible_to(SYSTEM):
        scope = (goal.scope,) if goal.scope else ()
        result = catalog.ask(SYSTEM, goal.metric.name, where=scope, since=LAST_YEAR, until=LAST_YEAR)
        value = result.table.column(0)[0].as_py()
        if value is None or goal.metric.direction not in STRETCH:
            continue
        direction = goal.metric.direction
        aimed = float(value) * HARD.get(goal.metric.name, STRETCH[direction])
        rows.append(
            {
                "code": f"Y26-{goal.code}", "metric": goal.metric.name, "department": goal.department.code,
                "period": THIS_YEAR, "operator": ">=" if direction == "up" else "<=", "value": _round(aimed),
                "scope": goal.scope, "goal": goal.code, "note": "年初设定",
                "metric_version": versions.get(goal.metric.name),
            }
        )  # fmt: skip
    return rows


def _round(value: float) -> str:
    """Three digits, as targets are written."""
    return f"{float(f'{value:.3g}'):f}".rstrip("0").rstrip(".")


def _kept(rows: list[dict[str, Any]]) -> None:
    from hedu.center.goals import actions
    from hedu.center.kernel.actor import SYSTEM

    actions.import_targets(SYSTEM, targets=rows)


def _check_ins() -> None:
    from hedu.center.goals import actions
    from hedu.center.kernel.models import User
    from hedu.center.people.reads import actor_of

    for code, username, confidence, note in SAID:
        actor = actor_of(User.objects.get(username=username))
        actions.check_in(actor, code, confidence=confidence, note=note)
