"""What definitions declare of their data, looked up in the data: keys, references, rows that hold for a time."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

import hedu
from hedu.doors.cli_define import check_folder
from hedu.sql.declared import faults_in_data

TEXT = """
version: 1
workspace: w
parameters: {least: {default: 2}}
---
version: 1
dataset: shops
source: shops
primary_key: shop_id
unique_keys: [[city, street], code]
entities: {shop: shop_id}
dimensions: {city: {}}
---
version: 1
dataset: sales
select: select * from sales where sale_id >= parameter(least)
primary_key: sale_id
entities: {shop: {key: shop_id, integrity: true}}
time: day
dimensions: {day: {type: date}}
measures: {amount: {agg: sum}}
---
version: 1
dataset: plans
source: plans
entities: {shop: shop_id}
validity: {entity: shop, from: since, to: until_day}
dimensions: {plan: {}}
---
version: 1
metric: amount
label: {zh: 金额, en: Amount}
meaning: {zh: 金额合计, en: All amounts}
simple: sales.amount
"""


@pytest.fixture
def data(tmp_path: Path) -> str:
    with duckdb.connect(str(tmp_path / "data.duckdb")) as connection:
        connection.execute("create table shops (shop_id integer, city varchar, street varchar, code varchar)")
        connection.execute("insert into shops values (1, 'a', 's', 'x'), (2, 'a', 't', null), (3, null, 's', null)")
        connection.execute("create table sales (sale_id integer, shop_id integer, day date, amount integer)")
        connection.execute("insert into sales values (1, 9, null, 5), (2, 1, '2024-01-01', 7), (3, 2, '2024-01-02', 1)")
        connection.execute("create table plans (shop_id integer, plan varchar, since date, until_day date)")
        connection.execute(
            "insert into plans values (1, 'm', '2023-01-01', '2024-01-01'), (1, 'y', '2024-01-01', null)"
        )
    return f"duckdb:///{tmp_path / 'data.duckdb'}"


def found(data: str, *changes: str) -> list[tuple[str, object, object]]:
    path = data.removeprefix("duckdb:///")
    with duckdb.connect(path) as connection:
        for change in changes:
            connection.execute(change)
    ws = hedu.load({"a.yml": TEXT}, engine=data, strict=True)
    problems = [*faults_in_data(ws.model, ws.engine.rows, ws.engine.dialect, datetime(2024, 6, 30))]
    ws.close()
    return [(one.code, one.facts.get("dataset"), one.facts.get("count")) for one in problems]


def test_data_that_hold_to_everything(data: str) -> None:
    assert found(data) == []


def test_keys_that_rows_share(data: str) -> None:
    told = found(data, "insert into shops values (1, 'b', 's', 'y'), (1, 'b', 'u', 'x'), (4, 'a', 't', null)")
    assert told == [("key-not-unique", "shops", 1)] * 3


def test_references_that_miss_their_match(data: str) -> None:
    """The first sale is none: the dataset's own SELECT leaves it out."""
    told = found(data, "insert into sales values (4, 8, null, 1), (5, null, null, 1)")
    assert told == [("reference-not-held", "sales", 2)]


def test_rows_that_hold_at_once(data: str) -> None:
    assert found(data, "insert into plans values (1, 'd', '2024-03-01', null)") == [("validity-overlaps", "plans", 1)]


def test_a_table_that_is_not_there_is_told_once(data: str) -> None:
    assert found(data, "drop table shops") == [("engine-missing-table", None, None)] * 2


def test_the_command(data: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "w"
    folder.mkdir()
    (folder / "a.yml").write_text(TEXT, encoding="utf-8")
    assert check_folder(folder, engine=data, lang="zh") == 0
    with duckdb.connect(data.removeprefix("duckdb:///")) as connection:
        connection.execute("insert into sales values (3, 1, null, 2)")
    capsys.readouterr()
    assert check_folder(folder, lang="zh") == 0
    capsys.readouterr()
    assert check_folder(folder, engine=data, json=True, lang="en") == 1
    (told,) = [one for one in json.loads(capsys.readouterr().out)["problems"] if one["code"] == "key-not-unique"]
    assert told["where"] == "a.yml:15:10" and "sale_id" in told["what"]


def test_an_answer_over_a_shared_key_is_refused(data: str) -> None:
    """What is joined would count twice; where nothing is joined, the answer stands."""
    path = data.removeprefix("duckdb:///")
    with duckdb.connect(path) as connection:
        connection.execute("insert into shops values (1, 'b', 's', 'y')")
    ws = hedu.load({"a.yml": TEXT}, engine=data, strict=True)
    assert ws.ask("amount").rows() == [{"amount": 8}]
    for ask in (ws.ask, ws.rows):
        with pytest.raises(hedu.errors.QueryError, match="key-not-unique") as refused:
            ask("amount", by="shop.city")
        assert refused.value.problem.facts["dataset"] == "shops"
    ws.close()
    with duckdb.connect(path) as connection:
        connection.execute("delete from shops where street = 's' and city = 'b'")
    ws = hedu.load({"a.yml": TEXT}, engine=data, strict=True)
    assert ws.ask("amount", by="shop.city").rows() == [{"shop.city": "a", "amount": 8}]
    ws.close()
