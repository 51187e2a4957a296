"""What intake makes of sources as people have them: encodings, separators, headers, kinds of values."""

from __future__ import annotations

import json
import sqlite3
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from hedu.engine import connect
from hedu.engine.warehouse import Warehouse
from hedu.errors import EngineError
from hedu.intake import LoadReport, load_all, load_file
from hedu.intake.inference import inferred

ROWS = "编号,地区,金额\n001,华东,1.5\n002,华北,2\n"
EXPECTED = [("001", "华东", Decimal("1.5")), ("002", "华北", Decimal("2.0"))]


def loaded(path: Path, **options: Any) -> tuple[LoadReport, list[tuple[Any, ...]]]:
    """The report, and the table's rows in the order of the source."""
    folder = path.parent / "warehouse"
    report = load_file(Warehouse(folder), path, "t", options)
    engine = connect(f"duckdb:///{folder}")
    rows = [tuple(row.values()) for row in engine.query("select * from t").to_pylist()]
    engine.close()
    return report, rows


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("gb18030", None),
        ("gbk", "gbk"),
        ("utf-16", None),
        ("utf-16-le", None),
        ("utf-16-be", None),
        ("big5", "big5"),
    ],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_encodings(tmp_path: Path, encoding: str, declared: str | None, ending: str) -> None:
    text = "編號,地區,金額\n001,華東,1.5\n002,華北,2\n" if encoding == "big5" else ROWS
    (tmp_path / "a.csv").write_bytes(text.replace("\n", ending).encode(encoding))
    _, rows = loaded(tmp_path / "a.csv", encoding=declared)
    assert rows == ([(EXPECTED[0][0], "華東", EXPECTED[0][2]), (EXPECTED[1][0], "華北", EXPECTED[1][2])]
                    if encoding == "big5" else EXPECTED)  # fmt: skip


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators(tmp_path: Path, separator: str) -> None:
    (tmp_path / "a.txt").write_text(ROWS.replace(",", separator), encoding="utf-8")
    assert loaded(tmp_path / "a.txt")[1] == EXPECTED


def test_an_odd_separator_is_declared(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(ROWS.replace(",", "^"), encoding="utf-8")
    assert loaded(tmp_path / "a.csv", separator="^")[1] == EXPECTED


def test_quotes_hold_separators_lines_and_quotes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('id,note\n1,"a, b"\n2,"first\nsecond"\n3,"say ""yes"""\n\n4,x\n', encoding="utf-8")
    report, rows = loaded(tmp_path / "a.csv")
    assert rows == [(1, "a, b"), (2, "first\nsecond"), (3, 'say "yes"'), (4, "x")]
    assert report.rejects == ()


def test_lines_of_rejects_count_quoted_ends_and_blank_lines(tmp_path: Path) -> None:
    text = 'id,note\n1,"first\nsecond"\n\n2\n3,x\n' + "".join(f"{at},y\n" for at in range(4, 60))
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    report, rows = loaded(tmp_path / "a.csv")
    assert [(one.line, one.value) for one in report.rejects] == [(5, "2")]
    assert len(rows) == 58


def test_ragged_rows_are_kept_beside(tmp_path: Path) -> None:
    good = "".join(f"{at},x\n" for at in range(40))
    (tmp_path / "a.csv").write_text("id,note\n" + good + "41,x,extra\n42,x,,\n", encoding="utf-8")
    report, rows = loaded(tmp_path / "a.csv")
    assert len(rows) == 41 and [one.line for one in report.rejects] == [42]
    engine = connect(f"duckdb:///{tmp_path}/warehouse")
    kept = engine.query("select table_name, line, value from hedu_rejects").to_pylist()
    assert kept == [{"table_name": "t", "line": 42, "value": "41…x…extra"}]


def test_no_header_and_a_header_further_down(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1,x\n2,y\n", encoding="utf-8")
    report, rows = loaded(tmp_path / "a.csv", header_row=0)
    assert rows == [(1, "x"), (2, "y")] and [name for name, *_ in report.columns] == ["column_1", "column_2"]
    report, _ = loaded(tmp_path / "a.csv", header_row=0, names=["编号", "名称"])
    assert [name for name, *_ in report.columns] == ["编号", "名称"]
    (tmp_path / "b.csv").write_text("销售报表\n\nid,name\n1,x\n", encoding="utf-8")
    assert loaded(tmp_path / "b.csv", header_row=3)[1] == [(1, "x")]


@pytest.mark.parametrize(
    ("texts", "type_", "values"),
    [
        (["1", "-2", None], "integer", [1, -2, None]),
        (["1,234", "12"], "integer", [1234, 12]),
        (["1,234.50", "-3"], "decimal", [Decimal("1234.5"), Decimal(-3)]),
        (["￥12.5", "¥3", "7"], "decimal", [Decimal("12.5"), Decimal(3), Decimal(7)]),
        (["12元", "3元"], "decimal", [Decimal(12), Decimal(3)]),
        (["(1.5)", "2"], "decimal", [Decimal("-1.5"), Decimal(2)]),
        (["12%", "5.5%"], "decimal", [Decimal("0.12"), Decimal("0.055")]),
        (["１２３", "４"], "integer", [123, 4]),
        (["1e3", "2.5E-1"], "decimal", [Decimal(1000), Decimal("0.25")]),
        (["12%", "0.5"], "text", None),
        (["$5", "￥5"], "text", None),
        (["1,23", "4"], "text", None),
        (["007", "008"], "text", None),
        (["0", "0.5"], "decimal", [Decimal(0), Decimal("0.5")]),
        (["13800001111", "18600002222"], "text", None),
        (["1234567890123456"], "text", None),
        (["110101199003074512", "11010119900307451X"], "text", None),
        (["2024-01-05", "2024-12-31"], "date", [date(2024, 1, 5), date(2024, 12, 31)]),
        (["2024/1/5", "2024/12/31"], "date", [date(2024, 1, 5), date(2024, 12, 31)]),
        (["2024年1月5日"], "date", [date(2024, 1, 5)]),
        (["2024.1.5"], "date", [date(2024, 1, 5)]),
        (["20240105", "19991231"], "date", [date(2024, 1, 5), date(1999, 12, 31)]),
        (["20240105", "20241301"], "integer", [20240105, 20241301]),
        (["2024-02-30", "2024-01-01"], "text", None),
        (["05/01/2024"], "text", None),
        (["2024-1/5"], "text", None),
        (["2024-01-05 08:30", "2024-01-05 08:30:15.25"], "timestamp",
         [datetime(2024, 1, 5, 8, 30), datetime(2024, 1, 5, 8, 30, 15, 250_000)]),
        (["2024年1月5日 8:30"], "timestamp", [datetime(2024, 1, 5, 8, 30)]),
        (["2024-01-05T00:30:00Z", "2024-01-05T08:30:00+08:00"], "timestamp", [datetime(2024, 1, 5, 8, 30)] * 2),
        (["2024-01-05T00:30:00Z", "2024-01-05T08:30:00"], "text", None),
        (["2024-01-05 25:00"], "text", None),
        (["是", "否", None], "boolean", [True, False, None]),
        (["TRUE", "false"], "boolean", [True, False]),
        (["1", "N/A", "2"], "integer", [1, None, 2]),
        (["N/A", "null"], "text", None),
        (["x", "1"], "text", None),
        ([None, None], "text", None),
        (["９９９９９９９９９９９９９９９９９９"], "text", None),
    ],
)  # fmt: skip
def test_types_are_found_out_over_all_values(texts: list[str | None], type_: str, values: list[Any] | None) -> None:
    found, parsed = inferred(pa.array(texts, type=pa.string()), "all", "Asia/Shanghai")
    assert found == type_
    plain = parsed.to_pylist() if isinstance(parsed, pa.Array) else list(parsed)
    assert plain == (texts if values is None else values)


def test_the_last_row_decides_too(tmp_path: Path) -> None:
    rows = "".join(f"{at}\n" for at in range(20_000)) + "x7\n"
    (tmp_path / "a.csv").write_text("code\n" + rows, encoding="utf-8")
    report, found = loaded(tmp_path / "a.csv")
    assert report.columns[0][1] == "string" and len(found) == 20_001
    (note,) = report.notes
    assert (note.column, note.type, note.line, note.value) == ("code", "number", 20_002, "x7")
    report, found = loaded(tmp_path / "a.csv", types={"code": "integer"})
    assert len(found) == 20_000 and [(one.line, one.value) for one in report.rejects] == [(20_002, "x7")]


def test_declared_types_formats_nulls_and_names(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "订单号,金额,下单,天,完成,别的\n0012,1.239,05/01/2024,45296,2024-01-05T00:30:00Z,无\n7,无,31/12/2023,1,2024-01-05,b\n",
        encoding="utf-8",
    )
    report, rows = loaded(
        tmp_path / "a.csv",
        columns={"订单号": "id", "金额": "amount", "下单": "on", "天": "day", "完成": "done"},
        types={"id": "integer", "amount": "number", "on": "date %d/%m/%Y", "day": "excel_date", "done": "timestamp"},
        nulls=["无"],
    )
    assert rows == [
        (12, 1.239, date(2024, 1, 5), date(2024, 1, 5), datetime(2024, 1, 5, 8, 30)),
        (7, None, date(2023, 12, 31), date(1899, 12, 31), datetime(2024, 1, 5)),
    ]
    assert [original for *_, original in report.columns] == ["订单号", "金额", "下单", "天", "完成"]


def test_names_are_tidied_and_the_originals_kept(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(" 订单  号 ,金额（元）\nx,1\n", encoding="utf-8")
    report, _ = loaded(tmp_path / "a.csv")
    assert [(name, original) for name, _, original in report.columns] == [
        ("订单_号", "订单  号"),
        ("金额(元)", "金额（元）"),
    ]
    engine = connect(f"duckdb:///{tmp_path}/warehouse")
    kept = json.loads(engine.query("select columns from hedu_tables").to_pylist()[0]["columns"])
    assert kept == {"订单_号": "订单  号", "金额(元)": "金额（元）"}


def workbook(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet, other = book.add_worksheet("说明"), book.add_worksheet("数据")
        sheet.write(0, 0, "请看第二张表")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        other.merge_range(1, 1, 1, 5, "2024 年销售明细")
        other.write_row(3, 1, ["地区", "编号", "日期", "时间", "数量", "单价"])
        for at in range(4):
            row = 4 + at + (at > 1)  # an empty row between
            if at % 2 == 0:
                other.write_string(row, 1, ("华东", "华北")[at // 2])
            other.write_string(row, 2, f"00{at}")
            other.write_datetime(row, 3, datetime(2024, 1, at + 1), day)
            other.write_datetime(row, 4, datetime(2024, 1, at + 1, 8, 30), moment)
            other.write_number(row, 5, at)
            other.write_number(row, 6, at + 0.5)
        other.set_column(5, 5, None, None, {"hidden": True})
        other.write_blank(20, 9, None, day)


def test_excel_with_titles_merged_cells_and_blanks(tmp_path: Path) -> None:
    workbook(tmp_path / "a.xlsx")
    expected = [
        (("华东", "华东", "华北", "华北")[at], f"00{at}", date(2024, 1, at + 1), datetime(2024, 1, at + 1, 8, 30), at, at + 0.5)
        for at in range(4)
    ]  # fmt: skip
    for options in ({"sheet": "数据"}, {"sheet": 2, "header_row": 4}):
        report, rows = loaded(tmp_path / "a.xlsx", fill_down=["地区"], **options)
        assert rows == expected
        assert [name for name, *_ in report.columns] == ["地区", "编号", "日期", "时间", "数量", "单价"]
    assert [row[0] for row in loaded(tmp_path / "a.xlsx", sheet="数据")[1]] == ["华东", None, "华北", None]


def test_excel_cells_in_error_are_rejects_not_blanks(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["id", "rate"])
        for at in range(1, 40):
            sheet.write_row(at, 0, [at, at / 2])
        sheet.write_formula(7, 1, "=1/0", None, "#DIV/0!")
    report, rows = loaded(tmp_path / "a.xlsx")
    assert [(one.line, one.column) for one in report.rejects] == [(8, "rate")]
    assert len(rows) == 38 and rows[0] == (1, 0.5)


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    table = pa.table(
        {
            "id": pa.array([1, 2], pa.int32()),
            "code": ["1", "2"],
            "kind": pa.array(["a", "b"]).dictionary_encode(),
            "place": [{"city": "上海", "zip": 1}, None],
            "nothing": pa.nulls(2),
            "half": pa.array([1.5, None], pa.float16()),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    report, rows = loaded(tmp_path / "a.parquet")
    assert rows == [(1, "1", "a", "上海", 1, None, 1.5), (2, "2", "b", None, None, None, None)]
    assert [name for name, *_ in report.columns] == ["id", "code", "kind", "place_city", "place_zip", "nothing", "half"]


@pytest.mark.parametrize("form", ["list", "wrapped", "lines", "lines named json"])
def test_json_in_each_form(tmp_path: Path, form: str) -> None:
    records = [
        {
            "id": 1,
            "price": 2,
            "when": "2024-01-05",
            "code": "1",
            "to": {"city": "上海", "geo": {"x": 1}},
            "tags": ["a"],
        },
        {"id": 2, "price": 2.5, "when": "2024-01-06", "code": "2", "to": None, "extra": True},
    ]
    path = tmp_path / ("a.jsonl" if form == "lines" else "a.json")
    lines = "\n".join(json.dumps(record, ensure_ascii=False) for record in records)
    text = {"list": json.dumps(records), "wrapped": json.dumps({"count": 2, "data": records})}.get(form, lines)
    path.write_text(text, encoding="utf-8")
    report, rows = loaded(path)
    names = [name for name, *_ in report.columns]
    assert names[:7] == ["id", "price", "when", "code", "to_city", "to_geo", "tags"]
    assert rows[0][:7] == (1, 2.0, date(2024, 1, 5), "1", "上海", '{"x": 1}', '["a"]')
    assert rows[1][:5] == (2, 2.5, date(2024, 1, 6), "2", None)


def test_sqlite_tables(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "a.sqlite")
    connection.execute('create table "员工 表" (id integer, name text, hired text, pay real)')
    connection.execute("insert into \"员工 表\" values (1, '007', '2024-01-05', 1.5), (2, null, '2024-02-05', 2)")
    connection.execute("create table other (x)")
    connection.commit()
    connection.close()
    _, rows = loaded(tmp_path / "a.sqlite", source_table="员工 表")
    assert rows == [(1, "007", date(2024, 1, 5), 1.5), (2, None, date(2024, 2, 5), 2.0)]


def test_a_list_of_loads_is_one_snapshot(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,shop\n1,s1\n2,s1\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("shop,name\ns1,一店\ns2,二店\n", encoding="utf-8")
    (tmp_path / "load.yml").write_text(
        "version: 1\nloads:\n"
        "- {table: erp.sales, file: a.csv, references: {shop: erp.shops.shop}}\n- {table: erp.shops, file: b.csv}\n",
        encoding="utf-8",
    )
    warehouse = Warehouse(tmp_path / "w")
    told: list[tuple[str, int, int]] = []
    reports = load_all(warehouse, tmp_path / "load.yml", lambda *said: told.append(said))
    assert told == [("erp.sales", 0, 2), ("erp.shops", 1, 2)]
    assert [report.rows for report in reports] == [2, 2] and all(report.is_changed for report in reports)
    assert len(warehouse.snapshots()) == 1
    engine = connect(f"duckdb:///{tmp_path}/w")
    assert engine.integrity() == {("erp.sales", ("shop",), "erp.shops", ("shop",))}
    again = load_all(warehouse, tmp_path / "load.yml")
    assert not any(report.is_changed for report in again) and len(warehouse.snapshots()) == 1


def test_days_among_moments_are_one_kind_of_time(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n2024-01-05 00:00:00,2024-01-05\n2024-01-06,2024-01-06 10:30\n")
    assert loaded(tmp_path / "a.csv")[1] == [
        (date(2024, 1, 5), datetime(2024, 1, 5)),
        (date(2024, 1, 6), datetime(2024, 1, 6, 10, 30)),
    ]


def test_wide_decimals_of_parquet_fit_or_are_refused(tmp_path: Path) -> None:
    for value in (Decimal("1.50"), Decimal(10) ** 45):
        pq.write_table(pa.table({"a": pa.array([value], pa.decimal256(60, 2))}), tmp_path / "a.parquet")
        if value < 2:
            assert loaded(tmp_path / "a.parquet")[1] == [(value,)]
        else:
            with pytest.raises(EngineError, match="file-broken"):
                loaded(tmp_path / "a.parquet")


def test_whole_numbers_too_large_for_a_float_stay_as_written(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('[{"a": 9007199254740993}, {"a": 1.5}]')
    assert loaded(tmp_path / "a.json")[1] == [("9007199254740993",), ("1.5",)]


def test_half_a_character_and_a_key_given_twice_are_left_out_with_their_line(tmp_path: Path) -> None:
    lines = ['{"a": "x"}', '{"a": "\\ud800"}', '{"a": 1, "a": 2}', '{"a": "\\ud83d\\ude00"}']
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    report, rows = loaded(tmp_path / "a.jsonl", max_rejects=1)
    assert rows == [("x",), ("😀",)]
    assert [(one.line, one.reason.split(" · ")[1]) for one in report.rejects] == [
        (2, "holds half a character"),
        (3, "not JSON: 'a' stands twice"),
    ]


def test_a_row_of_values_is_no_header_of_a_sheet(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    sheet = book.add_worksheet()
    for at, row in enumerate([["区域", "2024"], ["", "一季度", "二季度"], ["华东", 1, 2], ["华北", 3, 4]]):
        sheet.write_row(at, 0, row)
    book.close()
    with pytest.raises(EngineError, match="header-looks-like-data"):
        loaded(tmp_path / "a.xlsx")
