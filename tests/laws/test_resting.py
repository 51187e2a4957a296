"""Laws of what rests on what: a change that moves a metric's number is never unheard of by that metric."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import hedu
from hedu.define.definitions import Source
from hedu.errors import HeduError
from hedu.model.resting import built_on, made_with, referred_to, rests_on
from tests.laws.shop import NOW, POLICIES, WORLD, build
from tests.laws.test_questions import EXAMPLES, close, law

PLAIN = ("orders", "sales", "tickets", "customers", "buyers", "order_value", "paid_share", "stock", "net_sales")
LOOKED_UP = ("orders", "sales", "tickets", "minutes_per_ticket")
BY = {"orders": "customer", "sales": "order.customer", "tickets": "customer", "minutes_per_ticket": "customer"}
MEASURES = ("orders.orders", "customers.customers", "tickets.tickets", "lines.sales")
REFUSED = "refused"
WAYS = {"orders.orders": "customer.", "customers.customers": "", "tickets.tickets": "customer.",
        "lines.sales": "order.customer."}  # fmt: skip


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = tmp_path_factory.mktemp("shop") / "shop.duckdb"
    workspace = build(path)
    workspace.close()
    yield f"duckdb:///{path}"


@st.composite
def bodies(draw: Any, names: tuple[str, ...]) -> str:
    """A definition over what there is and what was made before."""
    kind = draw(st.sampled_from(("filter", "filter", "filter", "ratio", "derived", "cumulative")))
    one, other = draw(st.sampled_from(names)), draw(st.sampled_from(names))
    if kind == "filter":
        measure = draw(st.sampled_from(MEASURES))
        way = WAYS[measure]
        inner = draw(st.sampled_from(LOOKED_UP + tuple(name for name in names if name.startswith("made"))))
        entity = f"{way}customer" if not way else way.removesuffix(".")
        filters = (f"{way}order_count > 2", f"{way}region = '华东'", f"metric({inner} by {entity}) > 1",
                   f"{way}first_buy >= '2023-06-01'", f"{way}nation.continent = '亚洲'", f"{way}tier = 'A'")  # fmt: skip
        return f'simple: {{measure: {measure}, where: "{draw(st.sampled_from(filters))}"}}'
    if kind == "ratio":
        return f"ratio: {{numerator: {one}, denominator: {other}}}"
    if kind == "derived":
        return f'derived: {{formula: "a - 2 * b", metrics: {{a: {{metric: {one}}}, b: {{metric: {other}}}}}}}'
    summed = draw(st.sampled_from(("orders", "sales", "tickets")))
    return f"cumulative: {{metric: {{metric: {summed}, where: \"customer.region = '华东'\"}}}}"


@st.composite
def worlds(draw: Any) -> dict[str, str]:
    """The shop with three more metrics, each free to look at the ones before it."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in WORLD.glob("*.yml")}
    names = PLAIN
    for at in range(3):
        name = f"made{at}"
        texts[f"{name}.yml"] = f"version: 1\nmetric: {name}\nowner: sales\n{draw(bodies(names))}\n"
        names = (*names, name)
    return texts


def loaded(texts: dict[str, str], engine: str) -> hedu.Workspace:
    workspace = hedu.load(texts, engine=engine, now=NOW)
    assume({"made0", "made1", "made2"} <= set(workspace.model.metrics))
    return workspace


def value(workspace: hedu.Workspace, metric: str, **question: Any) -> Any:
    try:
        return workspace.ask(metric, **question).rows()[0][metric]
    except HeduError:
        return REFUSED


def numbers(workspace: hedu.Workspace, **question: Any) -> dict[str, Any]:
    return {name: value(workspace, name, **question) for name in (*PLAIN, "made0", "made1", "made2")}


def moved(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {name for name, one in before.items() if not same(one, after[name])}


def same(one: Any, other: Any) -> bool:
    return one == other if REFUSED in (one, other) else close(one, other)


@law(max_examples=max(EXAMPLES // 100, 20))
@given(texts=worlds(), data=st.data())
def test_whoever_a_metric_moves_is_built_on_it(engine: str, texts: dict[str, str], data: st.DataObject) -> None:
    workspace = loaded(texts, engine)
    changed = data.draw(st.sampled_from((*LOOKED_UP, "first_order", "made0", "made1")))
    body = data.draw(st.sampled_from(("simple: stock.on_hand", "simple: customers.customers", "simple: orders.orders")))
    other = _with_metric(texts, changed, body, engine)
    met = moved(numbers(workspace), numbers(other)) - {changed}
    assert met <= set(built_on(workspace.model, [changed]))
    for name in met:
        assert changed in made_with(workspace.model, name)


def _with_metric(texts: dict[str, str], name: str, body: str, engine: str) -> hedu.Workspace:
    found = dict(texts)
    head = f"metric: {name}\n"
    for file, text in texts.items():
        pieces = text.split("---\n")
        for at, piece in enumerate(pieces):
            if head in piece:
                pieces[at] = f"version: 1\n{head}owner: sales\n{body}\n"
                found[file] = "---\n".join(pieces)
    assert found != texts, name
    return loaded(found, engine)


@law(max_examples=max(EXAMPLES // 100, 20))
@given(texts=worlds(), data=st.data())
def test_whoever_a_dataset_moves_is_built_on_it(engine: str, texts: dict[str, str], data: st.DataObject) -> None:
    workspace = loaded(texts, engine)
    model = workspace.model
    name = data.draw(st.sampled_from(("orders", "customers", "nations", "profiles", "tickets", "products")))
    dataset = model.datasets[name]
    emptied = replace(dataset, source=Source(select=f"select * from {dataset.source.table} limit 0"))
    other = replace(model, datasets={**model.datasets, name: emptied}, path_cache={})
    met = moved(numbers(workspace), numbers(hedu.Workspace(other, workspace.definitions, (), engine, None, NOW)))
    assert met <= set(built_on(model, datasets=[name]))
    for one in met:
        assert name in rests_on(model, one)


@law(max_examples=max(EXAMPLES // 100, 20))
@given(texts=worlds(), policy=st.sampled_from(POLICIES))
def test_whoever_a_policy_moves_refers_to_what_it_speaks_of(engine: str, texts: dict[str, str], policy: Any) -> None:
    workspace = loaded(texts, engine)
    met = moved(numbers(workspace), numbers(workspace, access=policy.access))
    spoken_of = {item.dataset for item in policy.access.rows}
    for name in met:
        assert spoken_of & referred_to(workspace.model, rests_on(workspace.model, name)), name
