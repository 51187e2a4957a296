"""`hedu fmt` and `hedu check`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hedu.define.style import restyle
from hedu.doors.cli_define import check_folder, format_folder, problem_text
from hedu.errors import Problem, Where

UNTIDY = """\
# The orders of the company

# about orders
dataset: orders   # the orders
version: 1
source: erp.orders


dimensions:   # dims here
    # first
    channel:

    paid_on:   # when
        type: date   # a date
        label:
            zh: 付款日
            en: "Paid on"
primary_key:
  - order_id
measures: {amount: {agg: sum, expr: "a * b"}, n: {agg: count}}   # what is measured
entities: {
   # in flow
   order: order_id
}
meaning: |   # verbatim
   one
   # not a comment
# the end
---   # second
metric: m
version: 1
meaning: {zh: 已付款, 按付款日期计}
simple: {where: "a = 'b'", measure: orders.amount}
"""

TIDY = """\
# The orders of the company

version: 1
# about orders
dataset: orders  # the orders
meaning: |   # verbatim
   one
   # not a comment
source: erp.orders
primary_key: [order_id]
entities: {
   # in flow
   order: order_id
}
dimensions:  # dims here
  # first
  channel: {}
  paid_on:  # when
    type: date  # a date
    label: {zh: 付款日, en: Paid on}
measures:  # what is measured
  amount: {expr: "a * b", agg: sum}
  n: {agg: count}
# the end
---   # second
version: 1
metric: m
meaning: {zh: '已付款, 按付款日期计'}
simple: {measure: orders.amount, where: "a = 'b'"}
"""


def test_style() -> None:
    assert restyle("a.yml", UNTIDY) == (TIDY, ())
    assert restyle("a.yml", TIDY) == (TIDY, ())


@pytest.mark.parametrize(
    "text",
    [
        "version: 1\nmetric: m\nx: {a: &a 1, b: *a}\nsimple: o.n\n",
        "version: 1\nmetric: m\nsimple: {measure: o.n}\nx:\n  a:\n  - 1 # one\n  - 2\n",
        "# only a comment\n",
        'version: 1\nmetric: m\nowner:  "a\u2028 b"\nsimple: o.n\n',
    ],
)
def test_what_cannot_be_styled_safely_is_left(text: str) -> None:
    assert restyle("a.yml", text) == (text, ())


def test_a_product_is_no_alias() -> None:
    text = "version: 1\nmetric: m\nderived:  {formula: a *b}  # twice &c\n"
    assert restyle("a.yml", text)[0] == 'version: 1\nmetric: m\nderived: {formula: "a *b"}  # twice &c\n'


def test_windows_line_ends_and_marks_go() -> None:
    assert restyle("a.yml", b"\xef\xbb\xbfversion: 1\r\nmetric: m\r\nsimple: o.n\r\n")[0] == (
        "version: 1\nmetric: m\nsimple: o.n\n"
    )


def test_one_flow_map_becomes_lines() -> None:
    assert restyle("a.yml", "{metric: m, simple: o.n, version: 1}")[0] == "version: 1\nmetric: m\nsimple: o.n\n"


def test_a_broken_text_is_left_with_its_problems() -> None:
    text, problems = restyle("a.yml", "metric:  m\n")
    assert text == "metric:  m\n"
    assert [problem.code for problem in problems] == ["version-missing", "one-of-missing"]


def test_fmt_rewrites_and_is_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "sales" / "orders.yml"
    file.parent.mkdir()
    file.write_text(UNTIDY, encoding="utf-8")
    assert format_folder(tmp_path, check=True, lang="en") == 1
    assert file.read_text(encoding="utf-8") == UNTIDY
    assert format_folder(tmp_path, lang="zh") == 0
    assert file.read_text(encoding="utf-8") == TIDY
    assert format_folder(tmp_path, check=True, lang="en") == 0
    said = capsys.readouterr().out
    assert "would rewrite sales/orders.yml" in said and "已重写 sales/orders.yml" in said
    assert sorted(path.name for path in file.parent.iterdir()) == ["orders.yml"]


def test_fmt_writes_nothing_into_a_broken_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yml").write_text("metric:  m\n")
    assert format_folder(tmp_path, lang="en") == 1
    assert (tmp_path / "a.yml").read_text() == "metric:  m\n"
    assert "version-missing  a.yml:1:1" in capsys.readouterr().err


def test_check_shows_the_line_and_points_at_the_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yml").write_text("version: 1\nmetric: m\nlabel: {zh: 净销售额, fr: x}\n", encoding="utf-8")
    assert check_folder(tmp_path, lang="zh") == 1
    said = capsys.readouterr().out
    line = "    label: {zh: 净销售额, fr: x}\n"
    assert line + " " * (4 + len("label: {zh: ") + 2 * len("净销售额") + len(", ")) + "^\n" in said
    assert "one-of-missing  a.yml:1:1" in said and "2 个问题, 0 条建议。" in said


def test_check_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yml").write_text("version: 1\nmetric: m\n")
    assert check_folder(tmp_path, json=True, lang="en") == 1
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert (problem["code"], problem["where"]) == ("one-of-missing", "a.yml:1:1")
    assert problem["facts"]["keys"] == [
        "simple",
        "ratio",
        "derived",
        *("cumulative", "conversion", "share", "rank"),
        "reported",
    ]
    assert problem["hint"]


def test_check_says_when_all_is_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yml").write_text(
        "version: 1\ndataset: o\nlabel: {zh: 订单, en: Orders}\nsource: erp.orders\ntime: d\nprimary_key: id\n"
        "owner: sales\ndimensions: {d: {type: date}}\nmeasures: {n: {agg: count}}\n---\nversion: 1\nmetric: m\n"
        "label: {zh: 订单数, en: Orders}\nowner: sales\nunit: 笔\nmeaning: 全部订单\nsimple: o.n\n",
        encoding="utf-8",
    )
    assert check_folder(tmp_path, lang="en") == 0
    assert capsys.readouterr().out == "All fine: 1 metrics, 1 datasets.\n"


def test_advice_is_shown_but_does_not_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yml").write_text(
        "version: 1\ndataset: o\nsource: erp.orders\ntime: d\ndimensions: {d: {type: date}}\n"
        "measures: {n: {agg: count}}\n---\nversion: 1\nmetric: m\nsimple: o.n\n",
        encoding="utf-8",
    )
    assert check_folder(tmp_path, lang="zh") == 0
    said = capsys.readouterr().out
    assert "建议  metric-without-owner  a.yml:9:9" in said and "没有问题, 2 条建议。" in said
    assert check_folder(tmp_path, json=True, lang="en") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["problems"] == [] and len(found["advice"]) == 2


def test_check_of_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check_folder(tmp_path / "nowhere", lang="zh") == 1
    assert "folder-missing" in capsys.readouterr().err
    assert check_folder(tmp_path, json=True, lang="zh") == 1
    assert json.loads(capsys.readouterr().out)["problems"][0]["code"] == "folder-empty"


def test_a_long_line_is_cut_around_the_place() -> None:
    line = "a" * 150 + "X" + "b" * 300
    shown = problem_text(Problem("value-missing", Where("a.yml", 1, 151), {"key": "k"}), line, "en").split("\n")
    assert len(shown[2]) < 130
    assert shown[2][shown[3].index("^")] == "X"
