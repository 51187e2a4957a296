"""A metric that another only looks up, in a filter or through a dimension, is followed wherever one asks who uses it."""

from __future__ import annotations

import pytest

from hedu.center.catalog import reads, serving
from hedu.center.catalog.models import DatasetEntry, Metric
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.people.models import Department, Policy
from hedu.errors import Conflict
from tests.center import signed

SHOPPERS = """version: 1
dataset: shoppers
owner: sales
select: select * from (values (1, 'east'), (2, 'west'), (3, 'west')) as t(shopper_id, region)
primary_key: shopper_id
entities: {shopper: shopper_id}
dimensions: {region: {}, visit_count: {type: number, metric: visits}}
measures: {shoppers: {agg: count}}
"""
VISITS = """version: 1
dataset: visits
owner: finance
select: select * from (values (1, 1, 'app'), (2, 1, 'web'), (3, 2, 'app'), (4, 3, 'web')) as t(visit_id, shopper_id, page)
primary_key: visit_id
entities: {shopper: shopper_id}
dimensions: {page: {}}
measures: {n: {agg: count}}
"""
METRICS = {
    "visits": ("finance", "simple: visits.n"),
    "keen": ("sales", 'simple: {measure: shoppers.shoppers, where: "visit_count > 1"}'),
    "keen_west": ("sales", "simple: {measure: shoppers.shoppers, where: \"metric(visits by shopper) > 0 and region = 'west'\"}"),
    "keen_share": ("sales", "derived: {formula: keen / keen_west}"),
}  # fmt: skip
TEXTS = {
    "datasets/shoppers.yml": SHOPPERS,
    "datasets/visits.yml": VISITS,
    **{
        f"metrics/{name}.yml": f"version: 1\nmetric: {name}\nowner: {owner}\n{body}\n"
        for name, (owner, body) in METRICS.items()
    },
}


@pytest.fixture(autouse=True)
def looked_up(published: None) -> None:
    signed.put(TEXTS)


def edges(graph: dict[str, object]) -> set[tuple[str, str]]:
    return {(edge["from"], edge["to"]) for edge in graph["edges"]}  # type: ignore[attr-defined]


def test_lineage_follows_a_filter_and_a_dimension(sally: Actor) -> None:
    below = edges(reads.lineage_of(reads.asker(sally), metric="keen"))
    assert {("metric:visits", "metric:keen"), ("dataset:visits", "metric:visits")} <= below
    above = edges(reads.lineage_of(reads.asker(sally), metric="visits"))
    assert {("metric:visits", "metric:keen_west"), ("metric:keen", "metric:keen_share")} <= above
    over = edges(reads.lineage_of(reads.asker(sally), dataset="visits"))
    assert {("metric:visits", "metric:keen"), ("metric:keen_west", "metric:keen_share")} <= over


def test_what_rests_on_a_dataset_counts_those_that_look_it_up(sally: Actor) -> None:
    who = reads.asker(sally)
    assert [row.name for row in reads.metrics_on(sally, who, "visits")] == ["keen", "keen_share", "keen_west", "visits"]
    counts = reads.metric_counts(who)
    assert (counts["visits"], counts["shoppers"], counts["orders"]) == (4, 3, 3)


def limited(dataset: str, where: str) -> None:
    Policy.objects.create(dataset=dataset, where=where, department=Department.objects.get(code="finance"))
    Policy.objects.create(dataset=dataset, where="true", department=Department.objects.get(code="sales"))


def test_a_number_is_partial_where_what_it_looks_up_is(sally: Actor, finn: Actor) -> None:
    limited("visits", "page = 'app'")
    whole, part = reads.asker(sally), reads.asker(finn)
    assert [reads.is_partial(part, name) for name in METRICS] == [True] * 4
    assert not any(reads.is_partial(whole, name) for name in METRICS) and not reads.is_partial(part, "order_count")
    assert (reads.ask(sally, "keen").rows(), reads.ask(finn, "keen").rows()) == ([{"keen": 1}], [{"keen": 0}])


def test_a_number_is_partial_where_its_rows_refer_to_hidden_ones(finn: Actor) -> None:
    limited("shoppers", "region = 'east'")
    assert reads.ask(finn, "visits").rows() == [{"visits": 2}]
    assert reads.is_partial(reads.asker(finn), "visits") and not reads.is_partial(reads.asker(finn), "revenue")


def test_a_grant_of_every_row_leaves_nothing_partial(finn: Actor) -> None:
    limited("shoppers", "region = 'east'")
    limited("shoppers", "true")
    assert reads.ask(finn, "visits").rows() == [{"visits": 4}]
    assert not reads.is_partial(reads.asker(finn), "visits")


def test_what_is_looked_up_cannot_be_retired(sally: Actor) -> None:
    with pytest.raises(Conflict) as refused:
        reads.retirement_wanted(Metric.objects.get(name="visits"))
    assert refused.value.code == "metric-built-upon" and refused.value.problem.facts["metrics"] == ["keen", "keen_west"]


def test_a_new_name_is_taken_over_by_filters_and_dimensions(sally: Actor) -> None:
    before = reads.ask(sally, ["keen", "keen_west", "keen_share"]).rows()
    change = reads.rename_wanted(Metric.objects.get(name="visits"), "calls")
    assert {item.name for item in change.items} == {"calls", "keen_west", "shoppers"}
    told = reads.changes_of(change)
    assert not any(one.is_meaning for fields in told.values() for one in fields), told
    signed.published(SYSTEM, change)
    assert not serving.served().workspace.problems
    assert "metric: calls" in DatasetEntry.objects.get(name="shoppers").head.text
    assert reads.ask(sally, ["keen", "keen_west", "keen_share"]).rows() == before
