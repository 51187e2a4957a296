"""Marketing's workbooks: campaigns, weekly spend, leads, and a sheet of competitors' sales."""

from __future__ import annotations

import numpy as np

from hedu.demo.company import Company
from hedu.demo.dates import DAYS, MONTHS, START, WEEKS, Floats, rng, season_of_months
from hedu.demo.files import Columns
from hedu.demo.forces import by_week, wave
from hedu.demo.names import misspell
from hedu.demo.places import REGION_WEIGHTS, REGIONS
from hedu.demo.systems.erp import Ledger, month_of
from hedu.demo.systems.words import numbered, pick

AD_CHANNELS = ("搜索", "信息流", "社交媒体", "行业展会", "电商站内", "老客户推荐")
AD_SHARES = (0.28, 0.22, 0.16, 0.16, 0.13, 0.05)
WEEKLY_SPEND = 150_000.0
WEEKLY_LEADS = 86
COMPETITORS = ("知衡传感", "海川仪控", "明锐电子", "泰格传感", "其他厂商")
OWN = COMPETITORS[0]


def make_marketing(company: Company, ledger: Ledger) -> dict[str, Columns]:
    """The sheets of marketing."""
    campaigns = _campaigns(company)
    return {
        "mkt.campaigns": campaigns,
        "mkt.spend": _spend(company),
        "mkt.leads": _leads(company, campaigns),
        "mkt.market_share": _market_share(company, ledger),
    }


def _campaigns(company: Company) -> Columns:
    random = rng(company.seed, "campaigns")
    count = 120
    start = START + np.sort(random.integers(0, len(DAYS) - 20, count))
    channel = random.choice(len(AD_CHANNELS), count, p=AD_SHARES)
    themes = ("新品发布", "老客回馈", "行业方案", "双11大促", "618促销", "渠道招募", "展会邀约", "白皮书下载")
    theme = random.integers(0, len(themes), count)
    return {
        "活动编号": numbered("MK", count, 4),
        "活动名称": [f"{AD_CHANNELS[c]}{themes[t]}" for c, t in zip(channel, theme, strict=True)],
        "投放渠道": pick(AD_CHANNELS, channel),
        "开始日期": start,
        "结束日期": start + random.integers(7, 45, count),
        "目标线索数": random.integers(40, 300, count),
    }


def spend_by_week(company: Company) -> Floats:
    """Advertising money by week and channel, in yuan."""
    random = rng(company.seed, "spend")
    season = by_week(season_of_months())
    total = WEEKLY_SPEND * company.forces.spend * season
    split = random.dirichlet(np.array(AD_SHARES) * 300, len(WEEKS))
    return np.round(total[:, None] * split, 2)


def _spend(company: Company) -> Columns:
    random = rng(company.seed, "clicks")
    spend = spend_by_week(company)
    price = np.array([9.0, 6.0, 5.0, 60.0, 7.0, 20.0])
    clicks = np.round(spend / price * random.normal(1, 0.06, spend.shape)).astype(np.int64)
    channels = len(AD_CHANNELS)
    return {
        "周起始日": np.repeat(np.maximum(WEEKS, START), channels),
        "投放渠道": pick(AD_CHANNELS, np.tile(np.arange(channels), len(WEEKS))),
        "投放金额(元)": spend.ravel(),
        "曝光量": np.round(clicks * random.normal(42, 3, spend.shape)).astype(np.int64).ravel(),
        "点击量": clicks.ravel(),
    }


def _leads(company: Company, campaigns: Columns) -> Columns:
    random = rng(company.seed, "leads")
    market = company.market
    expected = WEEKLY_LEADS * company.forces.leads * by_week(season_of_months())
    counts = random.poisson(expected)
    week = np.repeat(np.arange(len(WEEKS)), counts)
    day = WEEKS[week] + random.choice(7, len(week), p=(0.19, 0.18, 0.17, 0.16, 0.15, 0.09, 0.06))
    inside = (day >= START) & (day <= DAYS[-1])
    day = np.sort(day[inside])
    count = len(day)
    known = random.integers(0, len(market.name), count)
    qualified = random.random(count) < 0.36
    return {
        "线索编号": numbered("L", count),
        "登记日期": day,
        "来源渠道": pick(AD_CHANNELS, random.choice(len(AD_CHANNELS), count, p=AD_SHARES)),
        "活动编号": pick(campaigns["活动编号"], random.integers(0, len(campaigns["活动编号"]), count)),
        "公司名称": [misspell(market.name[k], k) if k % 7 == 0 else market.name[k] for k in known],
        "大区": pick(REGIONS, market.region[known]),
        "是否合格": pick(("否", "是"), qualified.astype(np.int64)),
        "转商机": pick(("否", "是"), (qualified & (random.random(count) < 0.55)).astype(np.int64)),
    }


def _market_share(company: Company, ledger: Ledger) -> Columns:
    """Monthly sales by maker and region in 10,000 yuan, as research estimates them: ours is near the books."""
    random = rng(company.seed, "market share")
    trade, market = company.trade, company.market
    order = trade.order[ledger.line]
    cell = month_of(trade.day[order]) * len(REGIONS) + market.region[trade.customer[order]]
    ours = np.bincount(cell, weights=ledger.net, minlength=len(MONTHS) * len(REGIONS)).reshape(-1, len(REGIONS)) / 1e6
    season, growth = season_of_months()[:, None], 1.04 ** (np.arange(len(MONTHS)) / 12)[:, None]
    base = ours.mean() * len(REGIONS) * np.array(REGION_WEIGHTS) * season * growth
    sizes = [ours * random.normal(1, 0.02, ours.shape)]
    for weight in (1.9, 1.5, 1.1, 2.9):
        swing = 1 + 0.05 * wave(random, len(MONTHS), 0.6)[:, None]
        sizes.append(base * weight * swing * random.normal(1, 0.03, base.shape))
    amount = np.round(np.stack(sizes, axis=2), 2)
    regions, makers = len(REGIONS), len(COMPETITORS)
    return {
        "月份": np.repeat(MONTHS.astype("M8[D]"), regions * makers),
        "大区": pick(REGIONS, np.tile(np.repeat(np.arange(regions), makers), len(MONTHS))),
        "厂商": pick(COMPETITORS, np.tile(np.arange(makers), len(MONTHS) * regions)),
        "销售规模(万元)": amount.ravel(),
    }
