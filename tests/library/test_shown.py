"""A notebook shows names with units, every value as text, and a chart where there is one thing to see."""

from __future__ import annotations

import sys
from decimal import Decimal
from html.parser import HTMLParser
from typing import Literal

import pytest

import hedu
from hedu.errors import EngineError
from hedu.query.scales import shown_in
from hedu.query.shown import BARS_SHOWN, ROWS_SHOWN

DEFINITIONS = """\
version: 1
dataset: sales
select: |
  select * from (values (date '2024-01-01', '<b>East</b>', 10.5, 1), (date '2024-02-01', 'West', -2, 3),
    (date '2024-03-01', null, null, 2)) as t(day, region, amount, size)
time: day
dimensions: {day: {type: date}, region: {label: {zh: 大区, en: Region}}, size: {type: number}}
measures: {amount: {agg: sum}}
---
version: 1
metric: revenue
label: {zh: 收入, en: Revenue}
unit: CNY
simple: sales.amount
"""


class Read(HTMLParser):
    """What an HTML text holds: tags by name, and the words between them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def shown(**question: object) -> Read:
    with_values = hedu.load({"m.yml": DEFINITIONS}, engine="duckdb://")
    return Read(with_values.ask(**question)._repr_html_())  # type: ignore[arg-type]


def test_totals_stand_below() -> None:
    read = shown(metrics="revenue", by="region", totals=True)
    assert read.words[read.words.index("合计") :][:2] == ["合计", "8.5"]
    assert shown(metrics="revenue", totals=True).words.count("8.5") == 1, "one row is its own total"


@pytest.mark.parametrize("frame", ["pandas", "polars"])
def test_a_library_of_frames_that_is_missing_is_named(frame: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = hedu.load({"m.yml": DEFINITIONS}, engine="duckdb://").ask("revenue", by="day")
    assert getattr(answer, f"to_{frame}")().shape == (3, 2)
    monkeypatch.setitem(sys.modules, frame, None)
    with pytest.raises(EngineError, match="extra-missing") as refused:
        getattr(answer, f"to_{frame}")()
    assert "hedu[notebook]" in refused.value.problem.hint("en")


def test_a_table_says_units_and_escapes_values() -> None:
    read = shown(metrics="revenue", by="region")
    assert "收入（元）" in read.words and "大区" in read.words
    assert "<b>East</b>" in read.words and "b" not in read.tags
    assert {"10.5", "-2.0", "∅"} <= set(read.words)
    assert read.tags.count("rect") == 2


def test_time_is_a_line_broken_where_nothing_is_known() -> None:
    read = shown(metrics="revenue", by="metric_time.month")
    assert read.tags.count("polyline") == 1 and "rect" not in read.tags


def test_there_is_no_chart_of_one_number_or_of_two_dimensions() -> None:
    assert "svg" not in shown(metrics="revenue").tags
    assert "svg" not in shown(metrics="revenue", by=["region", "metric_time.month"]).tags
    assert "svg" not in shown(by="region").tags


def test_long_answers_are_cut_and_say_so() -> None:
    many = DEFINITIONS.replace("  select * from (values", "  select day + x::int as day, region, amount, x as size "
                               f"from range({ROWS_SHOWN * 3}) r(x), (values").replace("amount, size)\ntime", "amount, n)\ntime")  # fmt: skip
    result = hedu.load({"m.yml": many}, engine="duckdb://").ask("revenue", by="size")
    read = Read(result._repr_html_())
    assert read.tags.count("tr") == ROWS_SHOWN + 1 and result.table.num_rows > BARS_SHOWN
    assert "svg" not in read.tags
    assert any(f"显示前 {ROWS_SHOWN} 行" in words for words in read.words)


@pytest.mark.parametrize(
    ("unit", "values", "lang", "shown"),
    [
        ("CNY", [12_345_678, None], "zh", (1e4, "万元")),
        ("CNY/单", [3e10], "zh", (1e8, "亿元/单")),
        ("CNY", [999_999], "zh", (1, "元")),
        ("USD", [Decimal("2.5e9")], "en", (1e6, "M USD")),
        ("EUR", [2e11], "en", (1e9, "B EUR")),
        ("件", [1e12], "zh", (1, "件")),
        ("ratio", [0.2], "zh", (1, "")),
        (None, [1e12], "zh", (1, "")),
        ("CNY", [float("nan"), True], "zh", (1, "元")),
    ],
)
def test_a_column_of_money_stands_in_one_multiple(
    unit: str | None, values: list[object], lang: Literal["zh", "en"], shown: tuple[float, str]
) -> None:
    assert shown_in(unit, values, lang) == shown


def test_frames_hold_the_rows_of_the_table() -> None:
    result = hedu.load({"sales.yml": DEFINITIONS}, engine="duckdb://").ask("revenue", by="region", order="-revenue")
    rows = result.table.to_pylist()
    assert [row["region"] for row in rows] == ["<b>East</b>", "West", None]
    assert result.to_polars().to_dicts() == rows
    frame = result.to_pandas()
    assert list(frame.columns) == ["region", "revenue"] and frame["revenue"].tolist()[:2] == [
        row["revenue"] for row in rows[:2]
    ]


def test_decimals_in_a_multiple_keep_their_digits() -> None:
    text = DEFINITIONS.split("---")[0] + "---\nversion: 1\nmetric: exact\nunit: CNY\nsimple: {measure: one.amount}\n"
    one = "---\nversion: 1\ndataset: one\nselect: select 1234567890123456789012345678.13::decimal(38, 2) as amount\n"
    one += "measures: {amount: {agg: sum, unit: CNY}}\n"
    read = Read(hedu.load({"m.yml": text + one}, engine="duckdb://").ask("exact")._repr_html_())
    assert "12,345,678,901,234,567,890.12" in read.words
