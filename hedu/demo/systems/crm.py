"""Sales' CRM: amounts with tax, order dates, Chinese headers, GB18030, its own customer list."""

from __future__ import annotations

import numpy as np

from hedu.demo.company import Company
from hedu.demo.dates import DAYS, END, MONTHS, START, WEEK_OF_DAY, Ints, is_workday, rng
from hedu.demo.files import Columns, yuan
from hedu.demo.places import CHANNELS, CITIES, GRADES, REGIONS, SEGMENTS
from hedu.demo.systems.words import pick
from hedu.demo.trade import COMPLETED, STATUSES

ERP_ONLY_SHARE = 0.008
"""Orders taken by phone and invoiced without ever being entered in the CRM."""
OPPORTUNITIES_A_DAY = 26
LONGEST_DEAL = 75
"""Days from opening to closing, at most."""


def in_crm(company: Company) -> Ints:
    """Which orders the CRM knows (1) and which went straight to the ERP (0)."""
    random = rng(company.seed, "crm orders")
    trade = company.trade
    return np.where((random.random(len(trade.number)) < ERP_ONLY_SHARE) & (trade.status == COMPLETED), 0, 1)


def make_crm(company: Company) -> dict[str, Columns]:
    """The tables of the CRM."""
    return {
        "crm.order_lines": _order_lines(company),
        "crm.customers": _customers(company),
        "crm.salespeople": _salespeople(company),
        "crm.customer_months": _customer_months(company),
        "crm.opportunities": _opportunities(company),
    }


def _order_lines(company: Company) -> Columns:
    trade, market, goods = company.trade, company.market, company.goods
    kept = np.flatnonzero(in_crm(company)[trade.order] == 1)
    order = trade.order[kept]
    customer = trade.customer[order]
    crm = company.lists.crm
    region = market.region[customer]
    return {
        "订单号": pick(trade.number, order),
        "行号": trade.line_no[kept],
        "下单日期": trade.day[order],
        "客户编号": pick(crm.code, crm.main[customer]),
        "业务员": pick(market.sellers, market.seller[customer]),
        "大区": pick(REGIONS, region),
        "渠道": pick(CHANNELS, trade.channel[order]),
        "产品编码": pick(goods.code, trade.product[kept]),
        "数量": trade.quantity[kept],
        "折扣率": trade.discount[kept],
        "含税单价": yuan(trade.unit_price[kept]),
        "含税金额": yuan(trade.amount[kept]),
        "客户等级": pick(GRADES, market.grade[customer]),
        "订单状态": pick(STATUSES, trade.status[order]),
    }


def _customers(company: Company) -> Columns:
    market, crm = company.market, company.lists.crm
    city = market.city[crm.truth]
    joined = MONTHS[market.joined[crm.truth]].astype("M8[D]") + (crm.truth % 27)
    return {
        "客户编号": crm.code,
        "客户名称": crm.name,
        "联系人": crm.contact,
        "联系电话": crm.phone,
        "大区": [CITIES[c][0] for c in city],
        "省份": [CITIES[c][1] for c in city],
        "城市": [CITIES[c][2] for c in city],
        "行业": pick(SEGMENTS, market.segment[crm.truth]),
        "客户等级": pick(GRADES, market.grade[crm.truth]),
        "建档日期": joined,
    }


def _salespeople(company: Company) -> Columns:
    market = company.market
    return {
        "姓名": market.sellers,
        "大区": pick(REGIONS, market.seller_region),
        "职级": ["经理" if n % 6 == 0 else "高级" if n % 6 < 3 else "专员" for n in range(len(market.sellers))],
    }


def _customer_months(company: Company) -> Columns:
    """The ledger of regular customers: who bought last month, who of them came back."""
    market, crm = company.market, company.lists.crm
    active = market.active
    before = np.zeros_like(active)
    before[:, 1:] = active[:, :-1]
    customer, month = np.nonzero(active | before)
    ordering = np.lexsort((customer, month))
    customer, month = customer[ordering], month[ordering]
    kept = month > 0
    customer, month = customer[kept], month[kept]
    opening, bought = before[customer, month], active[customer, month]
    return {
        "月份": MONTHS[month].astype("M8[D]"),
        "客户编号": pick(crm.code, crm.main[customer]),
        "大区": pick(REGIONS, market.region[customer]),
        "客户等级": pick(GRADES, market.grade[customer]),
        "期初活跃": opening.astype(np.int64),
        "本月留存": (opening & bought).astype(np.int64),
        "新客": (market.joined[customer] == month).astype(np.int64),
    }


def _opportunities(company: Company) -> Columns:
    """Opportunities by the day they close; those that will close after the end are still open."""
    random = rng(company.seed, "opportunities")
    market, crm = company.market, company.lists.crm
    days = np.arange(START, END + LONGEST_DEAL)
    open_days = np.flatnonzero(is_workday(days))
    closing = np.repeat(open_days, random.poisson(OPPORTUNITIES_A_DAY, len(open_days)))
    opened = days[closing] - random.integers(8, LONGEST_DEAL, len(closing))
    closing, opened = closing[opened <= END], opened[opened <= END]
    count = len(closing)
    customer = random.integers(0, len(market.name), count)
    week = WEEK_OF_DAY[np.minimum(closing, len(DAYS) - 1)]
    won = random.random(count) < company.forces.win_rate[week, market.region[customer]]
    still_open = closing >= len(DAYS)
    stage = np.where(still_open, 2, np.where(won, 0, 1))
    closed_on = np.where(still_open, np.datetime64("NaT"), days[closing])
    value = np.round(random.lognormal(10.6, 0.8, count), -2)
    return {
        "商机编号": [f"OP{n:06d}" for n in range(1, count + 1)],
        "客户编号": pick(crm.code, crm.main[customer]),
        "业务员": pick(market.sellers, market.seller[customer]),
        "大区": pick(REGIONS, market.region[customer]),
        "创建日期": opened,
        "关闭日期": closed_on,
        "阶段": pick(("赢单", "输单", "跟进中"), stage),
        "预计金额": value,
    }
