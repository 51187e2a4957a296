"""Seed + forces -> the true customers of the company and in which months they buy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hedu.demo.dates import MONTHS, Floats, Ints, rng
from hedu.demo.forces import Forces
from hedu.demo.names import companies, people, phones, unique_people
from hedu.demo.places import (
    CHANNEL_WEIGHTS,
    CITIES,
    GRADE_WEIGHTS,
    REGION_WEIGHTS,
    REGIONS,
    SEGMENT_WEIGHTS,
    SEGMENTS,
)

CUSTOMERS = 1500
AT_START = 950
SALESPEOPLE = 42
COMEBACK = 0.24


@dataclass(frozen=True, slots=True)
class Market:
    """Parallel columns per true customer; `active` is [customer, month]. `seller` indexes `sellers`."""

    name: list[str]
    contact: list[str]
    phone: list[str]
    city: Ints
    region: Ints
    segment: Ints
    grade: Ints
    channel: Ints
    seller: Ints
    joined: Ints
    rate: Floats
    active: NDArray[np.bool_]
    sellers: list[str]
    seller_region: Ints


def make_market(seed: int, forces: Forces) -> Market:
    """Customers with home, segment, size and habits, and the months in which each buys."""
    random = rng(seed, "market")
    region = random.choice(len(REGIONS), CUSTOMERS, p=REGION_WEIGHTS)
    city = np.zeros(CUSTOMERS, dtype=np.int64)
    for index, name in enumerate(REGIONS):
        here = [place for place, (home, _, _) in enumerate(CITIES) if home == name]
        mine = region == index
        city[mine] = random.choice(here, int(mine.sum()))
    segment = random.choice(len(SEGMENTS), CUSTOMERS, p=SEGMENT_WEIGHTS)
    grade = random.choice(3, CUSTOMERS, p=GRADE_WEIGHTS)
    joined = np.zeros(CUSTOMERS, dtype=np.int64)
    joined[AT_START:] = np.sort(random.integers(1, len(MONTHS), CUSTOMERS - AT_START))
    seller_region = np.repeat(np.arange(len(REGIONS)), SALESPEOPLE // len(REGIONS))
    per_region = SALESPEOPLE // len(REGIONS)
    return Market(
        name=companies(random, [CITIES[c][2] for c in city], [SEGMENTS[s] for s in segment]),
        contact=people(random, CUSTOMERS),
        phone=phones(random, CUSTOMERS),
        city=city,
        region=region,
        segment=segment,
        grade=grade,
        channel=random.choice(4, CUSTOMERS, p=CHANNEL_WEIGHTS),
        seller=region * per_region + random.integers(0, per_region, CUSTOMERS),
        joined=joined,
        rate=np.array([4.2, 2.0, 0.85])[grade] * random.lognormal(-0.08, 0.4, CUSTOMERS),
        active=_activity(random, forces, joined),
        sellers=unique_people(random, SALESPEOPLE),
        seller_region=seller_region,
    )


def _activity(random: np.random.Generator, forces: Forces, joined: Ints) -> NDArray[np.bool_]:
    """Buyers of last month stay with the month's retention, others come back now and then."""
    active = np.zeros((CUSTOMERS, len(MONTHS)), dtype=bool)
    active[:, 0] = (joined == 0) & (random.random(CUSTOMERS) < 0.78)
    for month in range(1, len(MONTHS)):
        draw = random.random(CUSTOMERS)
        stays = active[:, month - 1] & (draw < forces.retention[month])
        back = ~active[:, month - 1] & (joined < month) & (draw < COMEBACK)
        active[:, month] = stays | back | (joined == month)
    return active
