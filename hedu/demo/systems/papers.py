"""What people signed, reported, understood: versions, reports, approvals, quizzes, guardrails, projects."""

from __future__ import annotations

from typing import Any

import numpy as np

from hedu.demo.company import Company
from hedu.demo.dates import rng
from hedu.demo.files import Columns
from hedu.demo.places import DEPARTMENTS

Row = dict[str, Any]


def _columns(names: tuple[str, ...], rows: list[tuple[Any, ...]]) -> Columns:
    return {name: [row[at] for row in rows] for at, name in enumerate(names)}


def make_versions() -> list[Row]:
    """Definitions that changed: when, by whom, and whether the meaning changed or only the wording."""
    rows = (
        ("gross_margin", 1, "2024-01-01", "2025-12-31", True, "finance.owner", "成本不含材料价差"),
        ("gross_margin", 2, "2026-01-01", None, True, "finance.owner", "成本计入材料价差"),
        ("order_customers", 1, "2024-01-01", "2026-03-31", True, "sales.owner", "含已取消订单的客户"),
        ("order_customers", 2, "2026-04-01", None, True, "sales.owner", "剔除已取消订单"),
        (
            "csat_score",
            1,
            "2024-01-01",
            "2026-02-28",
            False,
            "service.owner",
            "名称由满意度得分改为客户满意度",
        ),
        ("csat_score", 2, "2026-03-01", None, False, "service.owner", "只改名称, 算法不变"),
        ("defect_closure", 1, "2024-01-01", "2026-08-09", True, "rnd.successor", "全部缺陷"),
        ("defect_closure", 2, "2026-08-10", None, True, "rnd.successor", "不计轻微缺陷"),
        ("release_on_plan_rate", 1, "2024-01-01", "2026-07-31", False, "rnd.successor", "初版"),
        ("release_on_plan_rate", 2, "2026-08-01", None, False, "rnd.successor", "补充英文名称"),
        ("on_time_operations", 1, "2024-01-01", "2026-08-14", True, "operations.owner", "承诺日次日也算准时"),
        ("on_time_operations", 2, "2026-08-15", None, True, "operations.owner", "收紧: 只认承诺日当天及以前"),
        ("retention", 1, "2024-01-01", "2026-06-30", True, "service.owner", "按季度计算"),
        ("retention", 2, "2026-07-01", None, True, "service.owner", "改为按月计算，季度开始前会签"),
    )
    names = ("metric", "version", "valid_from", "valid_to", "meaning_changed", "edited_by", "change")
    return [dict(zip(names, row, strict=True)) for row in rows]


def make_reports() -> Columns:
    """Standing and archived reports with the version of the definition each is bound to."""
    rows: list[tuple[Any, ...]] = [
        ("财务经营月报", "finance", "gross_margin", 1, "2026-09", "在用"),
        ("2025 年度报告", "finance", "gross_margin", 1, "2025", "归档"),
        ("毛利专项分析", "finance", "gross_margin", 2, "2026-09", "在用"),
        ("客服服务月报", "service", "csat_score", 1, "2026-09", "在用"),
        ("运营交付周报", "operations", "on_time_operations", 2, "2026-09", "在用"),
        ("研发质量季报", "rnd", "defect_closure", 2, "2026-Q3", "在用"),
        ("2025 客户盘点", "sales", "order_customers", 1, "2025", "归档"),
        ("客户留存简报", "service", "retention", 2, "2026-09", "在用"),
    ]
    return _columns(("report", "department", "metric", "metric_version", "period", "status"), rows)


def make_approvals() -> Columns:
    """Past changes of definitions: who proposed, who signed."""
    rows: list[tuple[Any, ...]] = [
        ("P-101", "expense_ratio", "finance.analyst", "finance.analyst", "2026-04-02"),
        ("P-102", "gross_margin", "finance.owner", "finance.owner", "2025-12-11"),
        ("P-102", "gross_margin", "finance.owner", "sales.liaison", "2025-12-15"),
        ("P-103", "on_time_operations", "operations.analyst", "operations.owner", "2026-08-10"),
        ("P-103", "on_time_operations", "operations.analyst", "sales.liaison", "2026-08-12"),
        ("P-104", "retention", "service.owner", "sales.liaison", "2026-06-20"),
        ("P-104", "retention", "service.owner", "product.deputy", "2026-06-22"),
        ("P-105", "order_customers", "sales.analyst", "sales.owner", "2026-03-20"),
        ("P-106", "defect_closure", "rnd.successor", "product.owner", "2026-08-09"),
    ]
    return _columns(("proposal", "metric", "proposer", "approver", "signed_on"), rows)


def make_drivers() -> Columns:
    """Which department can move which part of a metric, as agreed in a workshop."""
    rows: list[tuple[Any, ...]] = [
        ("retention", "客户满意度", "service", 0.28),
        ("retention", "价格与账期", "sales", 0.41),
        ("retention", "产品适用性", "product", 0.31),
        ("csat_score", "响应与解决", "service", 0.56),
        ("csat_score", "准时交付", "operations", 0.30),
        ("csat_score", "产品质量", "operations", 0.14),
        ("lead_count", "投放", "marketing", 0.83),
        ("lead_count", "门店拜访", "sales", 0.17),
        ("win_rate", "折扣权限", "sales", 0.64),
        ("win_rate", "方案质量", "product", 0.36),
    ]
    return _columns(("metric", "driver", "department", "share"), rows)


def make_usage(company: Company) -> Columns:
    """Views of metrics in the last ninety days, by department."""
    random = rng(company.seed, "usage register")
    named = (
        "revenue",
        "profit_margin",
        "csat_score",
        "retention",
        "market_share",
        "production_efficiency",
        "first_pass_yield",
    )
    rows: list[tuple[Any, ...]] = [
        (department, metric, int(random.integers(6, 180)), int(random.integers(1, 4)))
        for department, _, _ in DEPARTMENTS
        for metric in named
        if random.random() < 0.8 or metric == "first_pass_yield"
    ]
    return _columns(("department", "metric", "views_90_days", "dashboards"), rows)


def make_departments() -> list[Row]:
    """Posts of each department; a post may name somebody who is no longer there (see people.csv)."""
    rows: list[Row] = []
    for name, zh, en in DEPARTMENTS:
        posts = {post: f"{name}.{post}" for post in ("manager", "owner", "liaison", "deputy")}
        rows.append({"name": name, "label": {"zh": zh, "en": en}, "parent": "company", **posts})
    return rows


def make_guardrails() -> list[Row]:
    """Metrics that must not suffer while another is pushed."""
    pairs = (
        ("response_rate_30", "repeat_rate"),
        ("lead_count", "qualified_rate"),
        ("close_hours", "solved_first_rate"),
        ("release_on_plan_rate", "escape_rate"),
        ("sales_amount", "cancel_rate"),
    )
    return [{"metric": metric, "guardrail": guard} for metric, guard in pairs]


QUIZZES: tuple[tuple[str, str, int, str, str], ...] = (
    ("Q1", "nps", 1, "打 7 分的客户算推荐者吗?", "净推荐值可能是负数吗?"),
    ("Q2", "gross_margin", 2, "毛利率扣除期间费用吗?", "2026 年起成本包含材料价差吗?"),
    ("Q3", "csat_score", 2, "3 分算满意吗?", "平均分按问卷还是按大区平均?"),
    ("Q4", "retention", 1, "新客户计入分母吗?", "按季度还是按月?"),
    ("Q5", "retention", 2, "新客户计入分母吗?", "上月没下单的客户计入分母吗?"),
)
"""Quiz, metric, version, two questions."""
ANSWERS: tuple[tuple[str, str, int, float, float | None], ...] = (
    ("Q1", "marketing", 24, 0.62, None),
    ("Q1", "product", 16, 0.08, None),
    ("Q1", "hr", 3, 0.67, None),
    ("Q2", "operations", 30, 0.57, None),
    ("Q2", "finance", 15, 0.05, None),
    ("Q2", "sales", 36, 0.14, None),
    ("Q3", "sales", 32, 0.18, None),
    ("Q3", "service", 28, 0.06, None),
    ("Q4", "product", 14, 0.60, None),
    ("Q5", "product", 14, 0.08, None),
    ("Q5", "service", 26, 0.58, 0.04),
    ("Q5", "sales", 30, 0.10, None),
)
"""Quiz, department, people, share wrong at first, share wrong when repeated."""  # fmt: skip


def make_quizzes() -> list[Row]:
    """Two questions for each metric whose meaning people must confirm."""
    return [
        {"id": code, "metric": metric, "version": version, "questions": [first, second]}
        for code, metric, version, first, second in QUIZZES
    ]


def make_quiz_answers(company: Company) -> Columns:
    """One row per person, question and attempt. The share wrong is met to the person, on every seed."""
    random = rng(company.seed, "quizzes")
    rows: list[tuple[Any, ...]] = []
    for quiz, department, people, wrong, again in ANSWERS:
        for attempt, share in ((1, wrong), (2, again)):
            if share is None:
                continue
            total = people * 2
            flags = np.zeros(total, dtype=int)
            flags[random.permutation(total)[: round(share * total)]] = 1
            rows += [
                (quiz, f"{department}-{n // 2 + 1:02d}", department, n % 2 + 1, attempt, int(1 - flag))
                for n, flag in enumerate(flags)
            ]
    return _columns(("quiz", "person", "department", "question", "attempt", "correct"), rows)


def make_projects() -> list[Row]:
    """Two projects between departments; what they achieved is for the reader to find out."""
    return [
        {
            "id": "J1",
            "name": {"zh": "交付协同", "en": "Delivery together"},
            "departments": ["operations", "sales", "service"],
            "region": "西南",
            "started_on": "2025-07-01",
            "metric": "on_time_operations",
            "goal": {
                "zh": "销售提前报大单, 仓库按周排产, 客服主动告知",
                "en": "Sales announce large orders, warehouses plan by week",
            },
        },
        {
            "id": "J2",
            "name": {"zh": "线索共享", "en": "Leads shared"},
            "departments": ["marketing", "sales"],
            "region": "华中",
            "started_on": "2025-07-01",
            "metric": "win_rate",
            "goal": {"zh": "市场与销售共用线索池", "en": "Marketing and sales share one pool of leads"},
        },
    ]
