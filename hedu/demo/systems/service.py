"""Service desk: tickets and satisfaction surveys as JSON lines, clock in UTC, free text in Chinese."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from hedu.demo.company import Company
from hedu.demo.dates import DAYS, END, MONTH_OF_DAY, MONTHS, WEEKDAY, Floats, Ints, rng
from hedu.demo.files import Columns
from hedu.demo.forces import BAD_BATCH_MONTH, RESPONSE_TARGET_FROM, Forces
from hedu.demo.goods import LINES
from hedu.demo.places import REGIONS
from hedu.demo.systems.words import numbered, pick

CATEGORIES = ("安装调试", "产品故障", "物流配送", "账务发票", "使用咨询", "投诉")
CATEGORY_WEIGHTS = (0.20, 0.26, 0.16, 0.09, 0.23, 0.06)
ENTRIES = ("电话", "在线客服", "微信", "邮件")
TICKETS_A_DAY = 30
UNTIMED = 0.03
"""Share of tickets whose handling nobody timed."""
BUNCH_AT = 30
"""Minutes; the target that answers crowd below once they are scored."""
PRAISE = (
    "安装师傅很专业，响应快",
    "传感器精度稳定，继续合作",
    "客服耐心，问题当天解决",
    "发货比承诺的早，包装完好",
    "网关配置说明很清楚",
    "售后跟进及时，满意",
    "数据平台好用，报表一目了然",
    "价格合理，质量对得起价格",
)
NEUTRAL = (
    "整体还可以，希望资料更全",
    "功能够用，界面再简洁些更好",
    "一般般，没有特别的感受",
    "处理完了，就是等得有点久",
)
COMPLAINTS: dict[int, tuple[str, ...]] = {
    0: ("安装文档和实物对不上，折腾了一天", "调试预约改了两次时间"),
    1: ("用了两个月读数就漂移，需要返修", "网关经常掉线，重启才恢复", "气体传感器误报太多"),
    2: ("发货晚了一周，影响我们停产检修", "物流信息不更新，催了三次", "外箱破损，少发一件"),
    3: ("发票抬头开错，重开拖了半个月", "对账金额和合同不一致"),
    4: ("问了三个人三种说法", "转接好几次才找到懂技术的人"),
    5: ("投诉没人回，只有自动短信", "承诺回电却没有回", "问题反复出现，没有根本解决"),
}


def make_service(company: Company) -> dict[str, Columns]:
    """The tables of the service desk."""
    tickets, customer, day = _tickets(company)
    return {
        "svc.tickets": tickets,
        "svc.surveys": _surveys(company, tickets, customer, day),
        "svc.customers": _customers(company),
    }


def _tickets(company: Company) -> tuple[Columns, Ints, Ints]:
    random = rng(company.seed, "tickets")
    market, service = company.market, company.lists.service
    base = TICKETS_A_DAY * (1 + 0.10 * MONTH_OF_DAY / 36) * np.where(WEEKDAY >= 5, 0.5, 1.18)
    day = np.repeat(np.arange(len(DAYS)), random.poisson(base))
    count, month = len(day), MONTH_OF_DAY[day]
    known = np.flatnonzero(service.main >= 0)
    customer = random.choice(known, count)
    category = random.choice(len(CATEGORIES), count, p=CATEGORY_WEIGHTS)
    line = random.choice(len(LINES), count, p=(0.28, 0.2, 0.16, 0.24, 0.12))
    bad = (MONTHS[month] == BAD_BATCH_MONTH) & (random.random(count) < 0.22)
    category, line = np.where(bad, 1, category), np.where(bad, 2, line)
    local = _moments(random, day)
    response = _first_response(random, month)
    handled = np.maximum(5, np.round(random.lognormal(3.55, 0.55, count) / 5) * 5).astype(np.int64)
    closing = np.maximum(1, np.round(random.lognormal(3.1, 0.7, count) / 12)) * 12
    closed = local + (closing * 3600).astype("m8[s]")
    closed = np.where(closed.astype("M8[D]") > END, np.datetime64("NaT"), closed)
    return (
        {
            "ticket_id": numbered("T", count),
            "created_at": _stamps(local - np.timedelta64(8, "h")),
            "created_on": DAYS[day],
            "closed_on": closed.astype("M8[D]"),
            "customer_code": pick(service.code, service.main[customer]),
            "region": pick(REGIONS, market.region[customer]),
            "entry": pick(ENTRIES, random.choice(4, count, p=(0.42, 0.27, 0.23, 0.08))),
            "category": pick(CATEGORIES, category),
            "product_line": pick(LINES, line),
            "first_response_minutes": response,
            "handle_minutes": pa.array(handled, mask=random.random(count) < UNTIMED),
            "close_hours": closing.astype(np.int64),
            "solved_first_time": (random.random(count) < 0.73).astype(np.int64),
            "repeat_contact": (random.random(count) < _repeat_share(month)).astype(np.int64),
        },
        customer,
        day,
    )


def _moments(random: np.random.Generator, day: Ints) -> Any:
    """Local wall-clock seconds: two thirds in office hours, the rest early and late."""
    early = random.random(len(day)) < 0.16
    hour = np.where(early, random.uniform(0, 8, len(day)), random.normal(13.5, 3.2, len(day)))
    seconds = (np.clip(hour, 0, 23.99) * 3600).astype("m8[s]")
    return DAYS[day].astype("M8[s]") + seconds


def _stamps(moments: Any) -> list[str]:
    return [text + "Z" for text in np.datetime_as_string(moments.astype("M8[s]"), unit="s").tolist()]


def _first_response(random: np.random.Generator, month: Ints) -> Ints:
    """Minutes to the first answer; once scored, what would have taken 30 to 75 is stamped just below 30."""
    minutes = np.maximum(1, np.round(random.lognormal(3.35, 0.62, len(month)))).astype(np.int64)
    scored = MONTHS[month] >= RESPONSE_TARGET_FROM
    pulled = scored & (minutes >= BUNCH_AT) & (minutes < 75) & (random.random(len(month)) < 0.68)
    return np.where(pulled, random.integers(BUNCH_AT - 3, BUNCH_AT, len(month)), minutes)


def _repeat_share(month: Ints) -> Floats:
    """Callers who must call again within a week: level, then rising as answers become hollow."""
    since = np.clip(month - (RESPONSE_TARGET_FROM - MONTHS[0]).astype(np.int64) + 1, 0, None)
    return np.asarray(0.105 + np.minimum(0.0075 * since, 0.09))


def _surveys(company: Company, tickets: Columns, customer: Ints, day: Ints) -> Columns:
    random = rng(company.seed, "surveys")
    asked = np.flatnonzero(random.random(len(day)) < 0.46)
    on = np.minimum(day[asked] + random.integers(0, 3, len(asked)), len(DAYS) - 1)
    region = company.market.region[customer[asked]]
    mood = _mood(company.forces, MONTH_OF_DAY[on], region)
    category = np.array([CATEGORIES.index(c) for c in tickets["category"].take(asked).to_pylist()])
    mood = mood - 0.25 * (category == 5)
    score = np.clip(np.round(random.normal(mood, 0.8)), 1, 5).astype(np.int64)
    spoken = random.random(len(asked)) < 0.62
    words = random.integers(0, 840, len(asked))
    return {
        "survey_id": numbered("CS", len(asked)),
        "ticket_id": [tickets["ticket_id"][row] for row in asked],
        "answered_on": DAYS[on],
        "region": pick(REGIONS, region),
        "category": pick(CATEGORIES, category),
        "score": score,
        "satisfied": (score >= 4).astype(np.int64),
        "comment": [
            _comment(int(s), int(c), int(w)) if say else None
            for s, c, w, say in zip(score, category, words, spoken, strict=True)
        ],
    }


def _mood(forces: Forces, month: Ints, region: Ints) -> Floats:
    return np.asarray(4.05 + 0.24 * forces.satisfaction[month, region])


def _comment(score: int, category: int, word: int) -> str:
    if score >= 4:
        return PRAISE[word % len(PRAISE)]
    if score == 3:
        return NEUTRAL[word % len(NEUTRAL)]
    return COMPLAINTS[category][word % len(COMPLAINTS[category])]


def _customers(company: Company) -> Columns:
    service = company.lists.service
    return {
        "customer_code": service.code,
        "customer_name": service.name,
        "contact": service.contact,
        "phone": [phone or None for phone in service.phone],
        "region": pick(REGIONS, company.market.region[service.truth]),
    }
