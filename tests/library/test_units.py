"""Units read, multiplied, divided, compared: exactly, and with no word about what is not known."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest

import hedu
from hedu.errors import QueryError
from hedu.model.expressions import read_expression
from hedu.model.unit_words import in_words, words_of
from hedu.model.units import agrees, factor_between, in_currency, mixes_scales, of_formula, read_unit
from hedu.plan.meaning import columns
from hedu.query import Question


@pytest.mark.parametrize(
    ("text", "scale", "powers"),
    [
        ("元", 1, (("CNY", 1),)),
        ("亿元", 10**8, (("CNY", 1),)),
        ("千万元", 10**7, (("CNY", 1),)),
        ("千克", 1000, (("g", 1),)),
        ("千件", 1000, (("件", 1),)),
        ("USD", 1, (("USD", 1),)),
        ("万美元/件", 10**4, (("USD", 1), ("件", -1))),
        ("元/人/月", 1, (("CNY", 1), ("month", -1), ("人", -1))),
        ("件/小时", Fraction(1, 3600), (("second", -1), ("件", 1))),
        ("orders", 1, (("order", 1),)),
        ("minutes", 60, (("second", 1),)),
        ("%", Fraction(1, 100), ()),
        ("ratio", 1, ()),
        ("k USD", 1000, (("USD", 1),)),
        ("人月", 1, (("人月", 1),)),
        ("件/", 1, (("件/", 1),)),
    ],
)
def test_read(text: str, scale: Fraction, powers: tuple[tuple[str, int], ...]) -> None:
    unit = read_unit(text)
    assert unit is not None and (unit.scale, unit.powers) == (scale, powers)


def test_nothing_said_is_nothing_known() -> None:
    assert read_unit(None) is None and read_unit(" ") is None
    assert in_currency(None, "USD") is None


@pytest.mark.parametrize(
    ("unit", "zh", "en"),
    [
        ("件", "件", "items"),
        ("元/人", "元/人", "CNY/person"),
        ("万件", "万件", "×10K items"),
        ("家", "家", "companies"),
        ("件/家/月", "件/家/月", "items/company/month"),
        ("orders", "单", "orders"),
        ("台", "台", "台"),
        ("小时", "小时", "hours"),
        ("CNY", "CNY", "CNY"),
        ("%", "%", "%"),
    ],
)
def test_units_are_said_in_both_languages_by_one_list(unit: str, zh: str, en: str) -> None:
    text = "version: 1\nworkspace: shop\nwords: {件: items, 人: people, 家: companies, orders: {zh: 单}}\n"
    words = words_of(hedu.load({"shop.yml": text}, engine="duckdb://", strict=True).definitions.settings)
    assert (in_words(unit, "zh", words), in_words(unit, "en", words)) == (zh, en)


def unit_of(formula: str) -> tuple[str | None, list[tuple[str, str]]]:
    texts = {"yuan": "元", "wan": "万元", "pieces": "件", "hours": "小时", "minutes": "分钟", "usd": "USD"}
    units = {name: unit for name, text in texts.items() if (unit := read_unit(text)) is not None}
    clashes: list[tuple[str, str]] = []
    found = of_formula(read_expression(formula), units, clashes)
    return found.text if found else None, clashes


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("yuan - wan", "CNY"),
        ("yuan / pieces", "CNY/件"),
        ("yuan / pieces / hours", "CNY/second/件"),
        ("yuan / wan", "1"),
        ("(yuan / pieces) * pieces - yuan", "CNY"),
        ("coalesce(yuan, 0) + abs(wan)", "CNY"),
        ("hours + minutes", "second"),
        ("yuan * 2", None),
        ("yuan + unknown", "CNY"),
        ("yuan / unknown", None),
        ("case when yuan > 0 then pieces end", None),
    ],
)
def test_through_a_formula(formula: str, text: str | None) -> None:
    assert unit_of(formula) == (text, [])


@pytest.mark.parametrize(
    "formula", ["yuan + pieces", "usd - yuan", "yuan / pieces + yuan", "(yuan + hours) * 2", "coalesce(yuan, pieces)"]
)
def test_unlike_things_clash(formula: str) -> None:
    assert len(unit_of(formula)[1]) == 1


def test_scales_that_mix() -> None:
    units = {"a": read_unit("万元"), "b": read_unit("元")}
    known = {name: unit for name, unit in units.items() if unit is not None}
    assert mixes_scales(read_expression("a + b"), known) and not mixes_scales(read_expression("a / b"), known)


@pytest.mark.parametrize(
    ("declared", "computed", "does"),
    [
        ("元", "元/单", True), ("ratio", "单/人", True), ("次", "元/元", True), ("天", "1", True), ("%", "1", True),
        ("元/人", "元/件", False), ("ratio", "元/单", False), ("元", "1", False), ("USD", "元", False),
        ("件", "单", False),
    ],
)  # fmt: skip
def test_what_a_declared_unit_may_stand_for(declared: str, computed: str, does: bool) -> None:
    one, other = read_unit(declared), read_unit(computed)
    assert one is not None and other is not None and agrees(one, other) is does


def test_scales_convert_exactly() -> None:
    yi, yuan = read_unit("亿元"), read_unit("元")
    assert yi is not None and yuan is not None
    assert factor_between(yuan, yi) == Fraction(1, 10**8) and factor_between(yi, yuan) == 10**8
    assert in_currency("亿元/人", "EUR") == "亿EUR/人" and in_currency("件", "EUR") == "件"


def test_without_rates_nothing_is_converted() -> None:
    texts = {
        "a.yml": "version: 1\ndataset: t\nselect: select 1 as x, date '2024-01-01' as d\ntime: d\n"
        "dimensions: {d: {type: date}}\nmeasures: {x: {agg: sum, currency: EUR}}\n---\nversion: 1\nmetric: total\n"
        "simple: t.x\n"
    }
    workspace = hedu.load(texts, engine="duckdb://", strict=True)
    assert workspace.ask("total").columns[0].unit == "EUR"
    with pytest.raises(QueryError) as caught:
        workspace.ask("total", currency="USD")
    assert caught.value.code == "currency-without-rates"


def test_an_answer_says_the_currency_it_is_in() -> None:
    workspace = hedu.load(Path("tests/cases/worlds/abroad"), engine="duckdb://", strict=True)
    asked = Question(("sale_per_piece", "deals", "ad_cost"), currency="EUR")
    told = columns(workspace.model, asked, asked.metrics)
    assert [one.unit for one in told] == ["EUR/件", "单", "EUR"]
    told = columns(workspace.model, replace(asked, currency=None), asked.metrics)
    assert [one.unit for one in told] == ["CNY/件", "单", "USD"]


def test_a_receipt_names_the_rates(tmp_path: Path) -> None:
    place = tmp_path / "abroad.duckdb"
    with duckdb.connect(str(place)) as connection:
        connection.execute(Path("tests/cases/worlds/abroad/tables.sql").read_text(encoding="utf-8"))
    workspace = hedu.load(Path("tests/cases/worlds/abroad"), engine=f"duckdb:///{place}", strict=True)
    (note,) = workspace.ask("sales", currency="USD").receipt.notes
    assert "rates (kind = 'mid'), ≤ 4 days" in note
    assert workspace.ask("ad_cost").receipt.notes == ()


def test_variance_is_of_squares() -> None:
    text = """
version: 1
dataset: lines
source: t
primary_key: id
measures:
  apart: {agg: stddev, expr: price, unit: 万元}
  spread: {agg: variance, expr: price, unit: 万元/件}
  scatter: {agg: variance_pop, expr: price, unit: ratio}
"""
    metrics = "".join(
        f"---\nversion: 1\nmetric: {name}\nsimple: lines.{name}\n" for name in ("apart", "spread", "scatter")
    )
    root = "---\nversion: 1\nmetric: root\nunit: 元\nderived: sqrt(spread)\n"
    ws = hedu.load({"a.yml": text + metrics + root})
    assert [ws.model.metrics[name].unit for name in ("apart", "spread", "scatter")] == [
        "万元", "万元/件·万元/件", "1",
    ]  # fmt: skip
    unit = read_unit(ws.model.metrics["spread"].unit)
    assert unit is not None and (unit.scale, unit.powers) == (10**8, (("CNY", 2), ("件", -2)))
