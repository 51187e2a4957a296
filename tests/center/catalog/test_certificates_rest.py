"""A certificate ends with whatever the value rests on, and with nothing else."""

from __future__ import annotations

import pytest

import hedu
from hedu.center.catalog.actions.versions import standing_digest

WORLD = """\
version: 1
dataset: orders
source: orders
primary_key: id
entities: {order: id, chan: channel, buyer: buyer_id}
time: day
dimensions: {day: {type: date}, channel: {expr: raw_channel}, note: {}}
measures: {amount: {agg: sum}, lines: {agg: count}}
---
version: 1
dataset: shops
source: shops
primary_key: channel
entities: {chan: channel}
dimensions: {tier: {}, colour: {}}
---
version: 1
dataset: visits
source: visits
entities: {buyer: buyer_id}
measures: {n: {agg: count}}
---
version: 1
metric: visits
simple: visits.n
---
version: 1
metric: keen
simple: {measure: orders.amount, where: "chan.tier = 'A' and channel <> 'x' and metric(visits by buyer) > 3"}
"""


def digest(text: str) -> str:
    workspace = hedu.load({"all.yml": text})
    assert not workspace.problems
    return standing_digest(workspace, "keen")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("tier: {}", "tier: {expr: upper(tier)}"),
        ("channel: {expr: raw_channel}", "channel: {expr: lower(raw_channel)}"),
        ("source: shops", "source: shops_of_today"),
        ("source: visits", "source: visits_of_today"),
        ("n: {agg: count}", "n: {agg: count, where: day > '2024-01-01'}"),
        ("chan: channel, buyer", "chan: old_channel, buyer"),
        ("day: {type: date}", "day: {type: date, expr: paid_on}"),
    ],
)
def test_it_ends_where_the_value_may_change(old: str, new: str) -> None:
    assert old in WORLD and digest(WORLD.replace(old, new, 1)) != digest(WORLD)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("colour: {}", "colour: {expr: upper(colour)}"),
        ("note: {}", "note: {}, more: {}"),
        ("lines: {agg: count}", "lines: {agg: count, where: channel = 'web'}"),
        ("tier: {}", "tier: {label: {en: Tier}}"),
    ],
)
def test_it_stays_where_the_value_cannot(old: str, new: str) -> None:
    assert old in WORLD and digest(WORLD.replace(old, new, 1)) == digest(WORLD)
