"""What a publish touches: every metric whose value can depend on what was published."""

from __future__ import annotations

import pytest

from hedu.center.conflicts import reads
from hedu.center.conflicts.models import Case
from hedu.center.conflicts.reads.evidence import kept_from
from hedu.center.people import actions as people
from tests.center.catalog.world import ORDERS

SHOPS = """version: 1
dataset: shops
label: {zh: 门店, en: Shops}
owner: sales
select: "select * from (values ('web', 'A'), ('shop', 'B')) as t(channel, tier)"
primary_key: channel
entities: {chan: channel}
dimensions: {tier: {label: {zh: 等级, en: Tier}}}
"""
TOP = """version: 1
metric: top
label: {zh: 一级渠道销售额, en: Top channels}
kind: financial
owner: finance
simple: {measure: orders.amount, where: "chan.tier = 'A'"}
"""


@pytest.fixture
def more_texts() -> dict[str, str]:
    orders = ORDERS.replace("{order: order_id}", "{order: order_id, chan: channel}")
    return {"datasets/orders.yml": orders, "shops.yml": SHOPS, "top.yml": TOP}


def test_a_dataset_that_only_a_filter_looks_at_touches_the_metric(published):
    assert reads.touched_by([("dataset", "shops")]) == ("top",)
    assert reads.touched_by([("dataset", "orders")]) == ("basket", "order_count", "revenue", "top")
    assert reads.touched_by([("metric", "order_count")]) == ("basket", "order_count")
    assert reads.touched_by([("metric", "gone")]) == ("gone",)


def test_numbers_over_a_filter_of_unseen_data_are_kept_too(published, person, ada, act):
    mo = person("mo", "hr", "manager")
    people.grant(act(ada), dataset="shops", effect="dataset", department="sales")
    case = Case.objects.create(kind="definition", code="x", fingerprint="x", names=["top"])
    other = Case.objects.create(kind="definition", code="x", fingerprint="y", names=["revenue"])
    assert kept_from(act(mo), [case, other]) == {case.pk}
