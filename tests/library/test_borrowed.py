"""Columns that a SELECT takes from another dataset's source stand under that dataset's policies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

import hedu
from hedu.define.ossie.carry import read_ossie
from hedu.doors.cli_import import native_texts
from hedu.errors import Denied
from hedu.plan.borrowed import borrowed, with_borrowed
from hedu.query import ALL, Access, Mask, RowFilter

OSSIE = Path(__file__).parent / "ossie"
PRICE = Access(masks=(Mask("goods", "list_price"),))
TIER = Access(masks=(Mask("people", "tier"),))
NO_GOODS = Access(hidden=("goods",))


@pytest.fixture(scope="module")
def mart(tmp_path_factory: pytest.TempPathFactory) -> hedu.Workspace:
    """An imported model whose metrics multiply sales with prices of goods, and count by the tier of people."""
    path = tmp_path_factory.mktemp("mart") / "tables.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute((OSSIE / "tables.sql").read_text(encoding="utf-8"))
    return hedu.load(native_texts(read_ossie(OSSIE / "mart.yaml")), engine=f"duckdb:///{path}", strict=True)


@pytest.mark.parametrize(
    ("metric", "access"),
    [("list_value", PRICE), ("list_value", NO_GOODS), ("gold_revenue", TIER), ("home_lines", NO_GOODS)],
)
def test_what_is_closed_at_its_owner_is_closed_where_it_is_borrowed(
    metric: str, access: Access, mart: hedu.Workspace
) -> None:
    assert mart.ask(metric).table.num_rows == 1
    with pytest.raises(Denied, match="access-measure-masked"):
        mart.ask(metric, access=access)


@pytest.mark.parametrize(
    ("metric", "access"), [("revenue", PRICE), ("revenue", NO_GOODS), ("gold_revenue", PRICE), ("list_value", TIER)]
)
def test_all_else_stays_open(metric: str, access: Access, mart: hedu.Workspace) -> None:
    assert mart.ask(metric, access=access).rows() == mart.ask(metric).rows()


def test_row_filters_of_the_owner_hide_the_rows_that_borrow(mart: hedu.Workspace) -> None:
    home = Access(rows=(RowFilter("goods", "category = 'Home'"),))
    whole = {row["goods.category"]: row for row in mart.ask(["revenue", "list_value"], by="goods.category").rows()}
    assert mart.ask(["revenue", "list_value"], by="goods.category", access=home).rows() == [whole["Home"]]


def test_without_policies_nothing_is_looked_for(mart: hedu.Workspace) -> None:
    assert with_borrowed(ALL, mart.model) is ALL
    rows = Access(rows=(RowFilter("goods", "category = 'Home'"),))
    assert with_borrowed(rows, mart.model) is rows


@pytest.mark.parametrize(
    ("select", "found"),
    [
        ("select * from a", []),
        ("select a.x, b.y as z from a join b on a.k = b.k", [("b", "z", {"y"}, True)]),
        ("select a.x, y from a join b using (k)", [("b", "y", {"y"}, False)]),
        ("select a.*, b.* from a join m.b on a.k = b.k", [("m.b", "*", set(), False)]),
        ("select * from a, b", [("b", "*", set(), False)]),
        ("select upper(c.Y) || c.w as t from a left join (select y, w from b) as c on true",
         [("(select y, w from b)", "t", {"y", "w"}, True), ("b", "t", {"y", "w"}, False)]),
        ("select x from a union all select x from b", []),
    ],
)  # fmt: skip
def test_what_a_select_takes(select: str, found: list[tuple[Any, ...]]) -> None:
    seen = [(one.owner.lower(), one.name, set(one.read), one.told) for one in borrowed(select, "d") if one.name != "x"]
    assert seen == found


DEFINITIONS = """\
version: 1
dataset: people
source: people
primary_key: id
dimensions: {phone: {}, city: {}}
---
version: 1
dataset: calls
select: "%s"
entities: {person: id}
dimensions: {called: {}}
measures: {calls: {agg: count}, numbers: {agg: count_distinct, expr: phone}}
---
version: 1
metric: calls
simple: calls.calls
---
version: 1
metric: numbers
simple: calls.numbers
"""


@pytest.mark.parametrize(
    "source",
    [
        "select c.id, p.phone, c.called from calls c join people p on p.id = c.id",
        "select c.id, phone, called from calls c join people p on p.id = c.id",
        "select * from calls c join people using (id)",
        "select c.*, people.* exclude (id) from calls c join people using (id)",
        "select c.*, p.phone from calls c join (select id, phone from people where city = 'X') p using (id)",
        "with p as (select id, phone from people) select c.*, p.phone from calls c join p using (id)",
        "select * from (select c.id, p.phone, c.called from calls c join people p on p.id = c.id) x",
        "with j as (select c.*, p.phone from calls c join people p using (id)) select id, upper(phone) as phone, called from j",
        "with a as (select id, phone from people), b as (select c.*, a.phone from calls c join a using (id)) select b.* from b",
    ],
)
def test_own_selects_are_no_way_around_a_mask(source: str) -> None:
    ws = hedu.load({"m.yml": DEFINITIONS % source})
    assert ws.compile("numbers")
    for access in (Access(masks=(Mask("people", "phone"),)), Access(hidden=("people",))):
        with pytest.raises(Denied, match="access-measure-masked"):
            ws.compile("numbers", access=access)
        assert ws.compile("calls", access=access)


def test_rows_hidden_at_their_owner_lend_nothing_to_who_does_not_refer_to_them() -> None:
    """Which rows took from a hidden one, only an entity can tell."""
    access = Access(rows=(RowFilter("people", "city = 'X'"),))
    text = DEFINITIONS % "select c.id, p.phone, c.called from calls c join people p on p.id = c.id"
    text = text.replace("primary_key: id\n", "primary_key: id\nentities: {person: id}\n", 1)
    assert "'X'" in hedu.load({"m.yml": text}).compile("numbers", access=access)
    apart = hedu.load({"m.yml": text.replace("entities: {person: id}\ndimensions: {called", "dimensions: {called")})
    with pytest.raises(Denied, match="access-measure-masked"):
        apart.compile("numbers", access=access)
    assert apart.compile("calls", access=access)
