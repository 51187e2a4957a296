"""Seed -> the hidden forces of the company: what drives what, after how long, and how strongly.

Every true driver link, trade-off and project effect starts here; systems only record its consequences.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hedu.demo.dates import MONTHS, WEEKS, Floats, rng
from hedu.demo.places import REGIONS

DELIVERY_PROJECT = ("西南", np.datetime64("2025-07"), 0.065)
"""交付协同: region, start, true lift of on-time delivery."""
LEADS_PROJECT = ("华中", np.datetime64("2025-07"), 0.0)
"""线索共享: region, start, no effect on the win rate although the region recovers from a bad quarter."""
RESPONSE_TARGET_FROM = np.datetime64("2025-04")
"""From this month service is scored on answering within 30 minutes."""
REGION_MOOD = np.array([0.35, 0.1, 0.2, 0.0, -0.3, -1.3, -1.1])
"""Satisfaction differs by region; the small far ones are least content."""
FLOOD_MONTH = np.datetime64("2024-07")
"""A flooded warehouse: 华中 delivers late."""
PRICE_RISE = 0.02
"""Yearly, of list prices and of material, every October."""
BAD_BATCH_MONTH = np.datetime64("2025-03")
"""A supplier's bad batch: gas sensors fail inspection and come back."""


@dataclass(frozen=True, slots=True)
class Lags:
    """How long each planted driver takes."""

    satisfaction_to_retention_months: int
    delivery_to_satisfaction_months: int
    spend_to_leads_weeks: int
    training_to_efficiency_months: int


@dataclass(frozen=True, slots=True)
class Forces:
    """Monthly series have 36 entries, weekly ones 157; regional ones are [month, region]."""

    lags: Lags
    on_time: Floats
    satisfaction: Floats
    retention: Floats
    discount: Floats
    win_rate: Floats
    spend: Floats
    leads: Floats
    overtime: Floats
    training: Floats
    efficiency: Floats
    first_pass: Floats
    cover: Floats
    fill: Floats
    material_cost: Floats


def wave(random: np.random.Generator, length: int, memory: float) -> Floats:
    """A stationary autoregressive series with mean 0 and standard deviation 1."""
    shocks = random.standard_normal(length + 30)
    level = np.zeros(length + 30)
    for step in range(1, length + 30):
        level[step] = memory * level[step - 1] + np.sqrt(1 - memory**2) * shocks[step]
    tail = level[30:]
    return np.asarray((tail - tail.mean()) / tail.std())


def lagged(series: Floats, steps: int) -> Floats:
    """The series `steps` later; its first value stands for what came before."""
    return np.concatenate([np.full(steps, series[0]), series[: len(series) - steps]])


def by_week(monthly: Floats) -> Floats:
    """A monthly series at weekly points."""
    month = np.clip((WEEKS.astype("M8[M]") - MONTHS[0]).astype(np.int64), 0, len(MONTHS) - 1)
    return np.asarray(monthly[month])


def make_forces(seed: int) -> Forces:
    """All forces; lags differ from seed to seed, strengths hardly do."""
    random = rng(seed, "forces")
    lags = Lags(int(random.choice([2, 3])), 1, int(random.choice([1, 2, 3])), 1)
    months, weeks = len(MONTHS), len(WEEKS)
    delivery = wave(random, months, 0.25)
    satisfaction = 0.55 * wave(random, months, 0.2) + 0.83 * lagged(delivery, lags.delivery_to_satisfaction_months)
    discount = wave(random, weeks, 0.6)
    spend = wave(random, weeks, 0.3)
    overtime = wave(random, weeks, 0.6)
    training = wave(random, months, 0.1)
    cover = wave(random, months, 0.3)
    leads = np.exp(0.30 * lagged(spend, lags.spend_to_leads_weeks) + 0.04 * wave(random, weeks, 0.0))
    learned = by_week(lagged(training, lags.training_to_efficiency_months))
    return Forces(
        lags=lags,
        on_time=_on_time(random, delivery),
        satisfaction=satisfaction[:, None] + REGION_MOOD + 0.1 * random.standard_normal(len(REGIONS)),
        retention=np.clip(0.928 + 0.030 * lagged(satisfaction, lags.satisfaction_to_retention_months), 0.80, 0.992),
        discount=0.075 + 0.022 * discount,
        win_rate=_win_rate(random, discount),
        spend=np.exp(0.36 * spend),
        leads=leads,
        overtime=np.clip(0.12 + 0.05 * overtime, 0.0, 0.4),
        training=np.exp(0.35 * training),
        efficiency=12.5 * (1 + 0.054 * overtime + 0.042 * learned + 0.0002 * np.arange(weeks)),
        first_pass=np.clip(0.962 - 0.0125 * overtime + 0.0012 * wave(random, weeks, 0.0), 0.85, 0.995),
        cover=np.exp(0.16 * cover),
        fill=np.clip(0.945 + 0.020 * cover + 0.003 * wave(random, months, 0.0), 0.8, 0.995),
        material_cost=1 + 0.005 * wave(random, months, 0.3) + PRICE_RISE * (np.arange(months) // 12),
    )


def _on_time(random: np.random.Generator, delivery: Floats) -> Floats:
    """On-time share by month and region: common wave, level and noise of the region, flood, joint project."""
    level = np.array([0.02, 0.0, 0.01, -0.01, -0.035, -0.02, 0.0])
    share = 0.895 + 0.028 * delivery[:, None] + level + 0.008 * random.standard_normal((len(MONTHS), len(REGIONS)))
    region, start, lift = DELIVERY_PROJECT
    share[:, REGIONS.index(region)] += lift * (start <= MONTHS)
    flood = FLOOD_MONTH == MONTHS
    share[:, REGIONS.index("华中")] -= 0.22 * flood
    return np.asarray(np.clip(share, 0.4, 0.985))


def _win_rate(random: np.random.Generator, discount: Floats) -> Floats:
    """Win rate by week and region; deep discounts win, and the project's region merely returns to normal."""
    level = np.array([0.01, 0.0, 0.005, 0.0, -0.005, -0.01, 0.0])
    rate = 0.30 + 0.085 * discount[:, None] + level + 0.006 * random.standard_normal((len(WEEKS), len(REGIONS)))
    months = WEEKS.astype("M8[M]")
    region, start, _ = LEADS_PROJECT
    slump = (months >= start - 4) & (months < start)
    rate[:, REGIONS.index(region)] -= 0.11 * slump
    rate += 0.02 * (months >= start)[:, None]
    return np.asarray(np.clip(rate, 0.05, 0.7))
