"""Product, R&D and HR: requirements, NPS, usage; releases and defects; people and training."""

from __future__ import annotations

from typing import Any

import numpy as np

from hedu.demo.company import Company
from hedu.demo.dates import DAYS, END, MONTH_OF_DAY, MONTHS, START, Ints, rng
from hedu.demo.files import Columns
from hedu.demo.forces import lagged
from hedu.demo.goods import LINES
from hedu.demo.names import people
from hedu.demo.places import DEPARTMENTS, REGIONS
from hedu.demo.systems.erp import OTHER_SALARY, SALARIES, SALARY
from hedu.demo.systems.service import COMPLAINTS, NEUTRAL, PRAISE
from hedu.demo.systems.words import numbered, pick

DEFECTS_PER_RELEASE = 26
"""Customer-found defects that one release brings in the month after."""
COURSES = ("精益生产", "质量意识", "数据分析", "客户服务礼仪", "安全生产", "新产品知识", "项目管理")


def make_product(company: Company) -> dict[str, Columns]:
    """The product department's tables."""
    return {
        "prd.requirements": _requirements(company),
        "prd.nps": _nps(company),
        "prd.usage": _usage(company),
    }


def _requirements(company: Company) -> Columns:
    random = rng(company.seed, "requirements")
    count = 760
    proposed = START + np.sort(random.integers(0, len(DAYS), count))
    taken = random.random(count) < 0.62
    delivered = proposed + random.integers(25, 160, count)
    done = taken & (delivered <= END)
    status = np.where(done, 2, np.where(taken, 1, np.where(random.random(count) < 0.5, 0, 3)))
    who = random.choice(8, count, p=(0.14, 0.26, 0.22, 0.08, 0.2, 0.02, 0.01, 0.07))
    return {
        "req_no": numbered("RQ", count, 4),
        "proposed_on": proposed,
        "from_department": pick([zh for _, zh, _ in DEPARTMENTS], who),
        "product_line": pick(LINES, random.integers(0, 5, count)),
        "priority": pick(("P0", "P1", "P2", "P3"), random.choice(4, count, p=(0.06, 0.24, 0.45, 0.25))),
        "status": pick(("待评审", "开发中", "已上线", "已拒绝"), status),
        "delivered_on": np.where(done, delivered, np.datetime64("NaT")),
    }


def _nps(company: Company) -> Columns:
    random = rng(company.seed, "nps")
    count = 6200
    day = np.sort(random.integers(0, len(DAYS), count))
    customer = random.integers(0, len(company.market.name), count)
    region = company.market.region[customer]
    mood = 8.1 + 0.35 * company.forces.satisfaction[MONTH_OF_DAY[day], region]
    score = np.clip(np.round(random.normal(mood, 1.7)), 0, 10).astype(np.int64)
    words = random.integers(0, 840, count)
    texts = [
        ""
        if w % 3 == 0
        else PRAISE[w % len(PRAISE)]
        if s >= 9
        else NEUTRAL[w % len(NEUTRAL)]
        if s >= 7
        else COMPLAINTS[int(w) % 6][0]
        for s, w in zip(score, words, strict=True)
    ]
    return {
        "答卷编号": numbered("NPS", count),
        "答卷日期": DAYS[day],
        "大区": pick(REGIONS, region),
        "推荐分": score,
        "推荐者": (score >= 9).astype(np.int64),
        "贬损者": (score <= 6).astype(np.int64),
        "意见": texts,
    }


def _usage(company: Company) -> Columns:
    random = rng(company.seed, "usage")
    market, crm = company.market, company.lists.crm
    customer, month = np.nonzero((market.joined[:, None] <= np.arange(len(MONTHS))) & (market.grade != 2)[:, None])
    ordering = np.lexsort((customer, month))
    customer, month = customer[ordering], month[ordering]
    owned = np.round(
        (30 + 260 * (market.grade[customer] == 0)) * (1 + 0.03 * month) * random.uniform(0.6, 1.4, len(month))
    )
    online = random.binomial(owned.astype(np.int64), np.where(market.active[customer, month], 0.82, 0.31))
    return {
        "month": MONTHS[month].astype("M8[D]"),
        "customer_no": pick(crm.code, crm.main[customer]),
        "region": pick(REGIONS, market.region[customer]),
        "devices_owned": owned.astype(np.int64),
        "devices_online": online,
        "login_days": random.binomial(22, np.where(market.active[customer, month], 0.5, 0.1)),
    }


def make_rnd(company: Company) -> dict[str, Columns]:
    """R&D's tables."""
    random = rng(company.seed, "rnd")
    per_month = 1 + random.poisson(2.4, len(MONTHS))
    month = np.repeat(np.arange(len(MONTHS)), per_month)
    planned = MONTHS[month].astype("M8[D]") + random.integers(0, 27, len(month))
    slip = np.where(random.random(len(month)) < 0.72, 0, random.integers(3, 25, len(month)))
    released = np.minimum(planned + slip, (MONTHS[month] + 1).astype("M8[D]") - 1)
    return {
        "rnd.releases": {
            "release_no": numbered("V", len(month), 4),
            "product_line": pick(LINES, random.integers(0, 5, len(month))),
            "planned_on": planned,
            "released_on": released,
            "on_plan": (released <= planned).astype(np.int64),
            "kind": pick(("功能", "修复", "平台"), random.integers(0, 3, len(month))),
        },
        "rnd.defects": _defects(company, per_month),
    }


def _defects(company: Company, releases: Ints) -> Columns:
    random = rng(company.seed, "defects")
    expected = 34 + DEFECTS_PER_RELEASE * lagged(releases.astype(np.float64), 1)
    at_customer = random.poisson(expected)
    inside = random.poisson(120, len(MONTHS))
    month = np.concatenate([np.repeat(np.arange(len(MONTHS)), at_customer), np.repeat(np.arange(len(MONTHS)), inside)])
    stage = np.concatenate([np.zeros(at_customer.sum(), np.int64), 1 + random.integers(0, 2, inside.sum())])
    found = MONTHS[month].astype("M8[D]") + random.integers(0, 28, len(month))
    ordering = np.argsort(found, kind="stable")
    found, stage = found[ordering], stage[ordering]
    fixed = found + np.maximum(1, np.round(random.gamma(2.0, 6.5, len(found)))).astype(np.int64)
    open_still = (fixed > END) | (random.random(len(found)) < 0.02)
    return {
        "defect_no": numbered("BUG", len(found), 5),
        "found_on": found,
        "product_line": pick(LINES, random.integers(0, 5, len(found))),
        "severity": pick(("致命", "严重", "一般", "轻微"), random.choice(4, len(found), p=(0.02, 0.18, 0.5, 0.3))),
        "found_by": pick(("客户", "测试", "产线"), stage),
        "fixed_on": np.where(open_still, np.datetime64("NaT"), fixed),
        "closed": (~open_still).astype(np.int64),
    }


def make_hr(company: Company) -> dict[str, Columns]:
    """HR's tables: a snapshot of heads per month end, and every training session."""
    return {"hr.headcount": _headcount(company), "hr.training": _training(company)}


def _headcount(company: Company) -> Columns:
    random = rng(company.seed, "headcount")
    day, department, kind, heads, joined, left, pay = [], [], [], [], [], [], []
    for name, zh, _ in DEPARTMENTS:
        for contract, share in (("正式", 0.82), ("外包", 0.18)):
            size = max(2, round(SALARIES[name] * share))
            for month in range(len(MONTHS)):
                leavers = int(random.binomial(size, 0.013))
                wanted = max(2, round(SALARIES[name] * share * (1 + 0.004 * month)))
                hires = max(0, wanted - size + leavers)
                size += hires - leavers
                day.append((MONTHS[month] + 1).astype("M8[D]") - 1)
                department.append(zh)
                kind.append(contract)
                heads.append(size)
                joined.append(hires)
                left.append(leavers)
                pay.append(round(size * SALARY.get(name, OTHER_SALARY) * 1.32))
    days = np.array(day)
    rows = np.argsort(days, kind="stable")
    columns: dict[str, list[Any]] = {"部门": department, "用工类型": kind, "在岗人数": heads}
    columns |= {"入职人数": joined, "离职人数": left, "人力成本": pay}
    return {"月末日期": days[rows], **{name: [values[r] for r in rows] for name, values in columns.items()}}


def _training(company: Company) -> Columns:
    random = rng(company.seed, "training")
    rows: list[tuple[np.datetime64, str, str, float, int, int]] = []
    for index, (name, zh, _) in enumerate(DEPARTMENTS):
        for month, level in enumerate(company.forces.training):
            sessions = 4 if name == "operations" else 1
            for number in range(sessions):
                factor = float(level) if name == "operations" else float(random.lognormal(0, 0.3))
                day = MONTHS[month].astype("M8[D]") + int(random.integers(1, 26))
                invited = max(3, int(SALARIES[name] * 0.2))
                came = int(random.binomial(invited, 0.9))
                hours = round(3.0 * factor * float(random.normal(1, 0.03)), 1)
                rows.append((day, zh, COURSES[(index + number) % len(COURSES)], hours, invited, came))
    rows.sort(key=lambda row: row[0])
    trainers = people(random, len(rows))
    return {
        "培训编号": numbered("TR", len(rows), 4),
        "培训日期": np.array([row[0] for row in rows]),
        "部门": [row[1] for row in rows],
        "课程": [row[2] for row in rows],
        "讲师": trainers,
        "课时": [row[3] for row in rows],
        "应到人数": [row[4] for row in rows],
        "实到人数": [row[5] for row in rows],
    }
