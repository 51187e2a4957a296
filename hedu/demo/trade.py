"""Market + goods + forces -> what was truly ordered: some 95,000 orders with 300,000 lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hedu.demo.dates import (
    DAYS,
    END,
    MONTH_OF_DAY,
    MONTHS,
    START,
    WEEK_OF_DAY,
    Days,
    Floats,
    Ints,
    day_weights,
    rng,
    season_of_months,
)
from hedu.demo.forces import PRICE_RISE, Forces
from hedu.demo.goods import Goods
from hedu.demo.market import Market
from hedu.demo.places import CHANNEL_WEIGHTS, REGIONS

TAX = 13
"""Percent, included in what sales quotes."""
STUFFED_FROM = np.datetime64("2025-01")
STUFFING_REGION, PEAKING_REGION = "华南", "华北"
"""Both crowd their quarter ends; only the first takes its orders back afterwards."""
COMPLETED, CANCELLED, WAITING = 0, 1, 2
STATUSES = ("已完成", "已取消", "待发货")


@dataclass(frozen=True, slots=True)
class Trade:
    """Orders (one entry each) and lines (`order` points into orders). Amounts in fen."""

    number: list[str]
    customer: Ints
    day: Days
    channel: Ints
    status: Ints
    stuffed: NDArray[np.bool_]
    freight: Ints
    order: Ints
    line_no: Ints
    product: Ints
    quantity: Ints
    discount: Floats
    unit_price: Ints
    amount: Ints
    net: Ints
    cost: Ints


def make_trade(seed: int, market: Market, goods: Goods, forces: Forces) -> Trade:
    """Every active customer orders at least once in each of its months."""
    random = rng(seed, "trade")
    customer, day_index = _orders(random, market)
    day_index, stuffed = _crowd_quarter_ends(random, market, customer, day_index)
    ordering = np.argsort(day_index, kind="stable")
    customer, day_index, stuffed = customer[ordering], day_index[ordering], stuffed[ordering]
    count = len(customer)
    day = DAYS[day_index]
    usual = random.random(count) < 0.86
    channel = np.where(usual, market.channel[customer], random.choice(4, count, p=CHANNEL_WEIGHTS))
    status = np.where(random.random(count) < 0.026, CANCELLED, COMPLETED)
    status = np.where((END - day).astype(np.int64) < random.integers(0, 9, count), WAITING, status)
    stamp = np.char.replace(np.datetime_as_string(day), "-", "").tolist()
    order, lines = _lines(random, market, goods, forces, customer, day_index, channel)
    units = np.bincount(order, weights=lines["quantity"], minlength=count)
    return Trade(
        number=[f"SO{s[2:]}{n % 100000:05d}" for n, s in enumerate(stamp)],
        customer=customer,
        day=day,
        channel=channel,
        status=status,
        stuffed=stuffed & (status == COMPLETED),
        freight=np.round(800 + 35 * units * random.uniform(0.8, 1.3, count)).astype(np.int64),
        order=order,
        **lines,
    )


def _orders(random: np.random.Generator, market: Market) -> tuple[Ints, Ints]:
    weights, season = day_weights(), season_of_months()
    customers, days = [], []
    for month in range(len(MONTHS)):
        buyers = np.flatnonzero(market.active[:, month])
        growth = 1 + 0.09 * month / 12
        counts = 1 + random.poisson(market.rate[buyers] * season[month] * growth)
        inside = np.flatnonzero(month == MONTH_OF_DAY)
        chance = weights[inside] / weights[inside].sum()
        customers.append(np.repeat(buyers, counts))
        days.append(random.choice(inside, int(counts.sum()), p=chance))
    return np.concatenate(customers), np.concatenate(days)


def _crowd_quarter_ends(
    random: np.random.Generator, market: Market, customer: Ints, day_index: Ints
) -> tuple[Ints, NDArray[np.bool_]]:
    """From 2025 on two regions move orders of a quarter's last month into its last three days."""
    moved = day_index.copy()
    stuffed = np.zeros(len(customer), dtype=bool)
    month = MONTH_OF_DAY[day_index]
    calendar = (MONTHS[month].astype(np.int64)) % 12 + 1
    closing = (calendar % 3 == 0) & (MONTHS[month] >= STUFFED_FROM) & (month < len(MONTHS) - 1)
    last_day = (DAYS[day_index].astype("M8[M]") + 1).astype("M8[D]") - 1
    for name in (STUFFING_REGION, PEAKING_REGION):
        chosen = closing & (market.region[customer] == REGIONS.index(name)) & (random.random(len(customer)) < 0.33)
        back = random.integers(0, 3, len(customer))
        moved = np.where(chosen, (last_day - START).astype(np.int64) - back, moved)
        if name == STUFFING_REGION:
            stuffed |= chosen & (random.random(len(customer)) < 0.62)
    return moved, stuffed


def _lines(
    random: np.random.Generator,
    market: Market,
    goods: Goods,
    forces: Forces,
    customer: Ints,
    day_index: Ints,
    channel: Ints,
) -> tuple[Ints, dict[str, Any]]:
    counts = 1 + random.poisson(2.15, len(customer))
    order = np.repeat(np.arange(len(customer)), counts)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    total = len(order)
    product = random.choice(len(goods.code), total, p=goods.popularity)
    grade, day = market.grade[customer[order]], day_index[order]
    size = np.array([14.0, 7.0, 3.5])[grade] * np.array([1.0, 1.25, 0.45, 1.6])[channel[order]]
    quantity = 1 + np.floor(random.gamma(1.6, size / 1.6)).astype(np.int64)
    discount = (
        forces.discount[WEEK_OF_DAY[day]]
        + np.array([0.035, 0.01, -0.015])[grade]
        + np.array([0.0, 0.03, -0.02, 0.01])[channel[order]]
        + 0.012 * random.standard_normal(total)
    )
    discount = np.round(np.clip(discount, 0.0, 0.35), 3)
    list_price = goods.list_price[product] * (1 + PRICE_RISE * (MONTH_OF_DAY[day] // 12))
    unit_price = np.round(list_price * (100 + TAX) / 100 * (1 - discount)).astype(np.int64)
    amount = unit_price * quantity
    material = forces.material_cost[MONTH_OF_DAY[day]]
    return order, {
        "line_no": np.arange(total) - first + 1,
        "product": product,
        "quantity": quantity,
        "discount": discount,
        "unit_price": unit_price,
        "amount": amount,
        "net": net_of(amount),
        "cost": np.round(goods.cost[product] * material * quantity).astype(np.int64),
    }


def net_of(amount: Ints) -> Ints:
    """Fen with tax -> fen without, rounded half up (a half never occurs: 113 is odd)."""
    return (amount * 200 + 113) // 226
