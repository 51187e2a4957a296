"""Broken sources: each a typed error with a hint in both languages, and nothing half-loaded."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from hedu.engine import connect
from hedu.engine.warehouse import Warehouse
from hedu.errors import HeduError
from hedu.intake import load_all, load_file

Make = Callable[[Path], Any]


def text(content: str, encoding: str = "utf-8") -> Make:
    return lambda path: path.write_bytes(content.encode(encoding))


def data(content: bytes) -> Make:
    return lambda path: path.write_bytes(content)


def sheet(*rows: list[Any], name: str = "Sheet1") -> Make:
    def make(path: Path) -> None:
        with xlsxwriter.Workbook(path) as book:
            made = book.add_worksheet(name)
            for at, row in enumerate(rows):
                made.write_row(at, 0, row)

    return make


def cut(make: Make, share: float) -> Make:
    def made(path: Path) -> None:
        make(path)
        whole = path.read_bytes()
        path.write_bytes(whole[: int(len(whole) * share)])

    return made


def parquet(path: Path) -> None:
    pq.write_table(pa.table({"id": list(range(5000))}), path)


def database(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("create table a (x)")
    connection.execute("create table b (x)")
    connection.executemany("insert into a values (?)", [(str(at) * 50,) for at in range(3000)])
    connection.commit()
    connection.close()


def bomb(path: Path) -> None:
    block = b"0" * 2**22
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as entry,
    ):
        for _ in range(260):
            entry.write(block)


JUNK = random.Random(7).randbytes(5000)
WIDE = ",".join(f"c{at}" for at in range(10_000))
BROKEN: list[tuple[str, str, Make, dict[str, Any], str]] = [
    ("an empty file", "a.csv", data(b""), {}, "file-empty"),
    ("only blank lines", "a.csv", text("\n \n\n"), {}, "file-empty"),
    ("only a mark", "a.csv", data(b"\xef\xbb\xbf"), {}, "file-empty"),
    ("only a header", "a.csv", text("id,name\n"), {}, "file-empty"),
    ("binary junk", "a.csv", data(JUNK), {}, "file-binary"),
    ("a workbook called csv", "a.csv", sheet(["id"], [1]), {}, "file-binary"),
    ("NUL bytes", "a.csv", data(b"id,name\n1,a\x00b\n2,c\n"), {}, "file-binary"),
    ("bytes of no encoding we know", "a.csv", data(b"id,name\n1,\xff\xfe\xfa\xfb\xff\n"), {}, "encoding-wrong"),
    ("Big5 that was not declared", "a.csv", text("編號,說明\n1,這裡寫著許多繁體字與標點\n", "big5"), {}, "encoding-wrong"),
    ("Latin-1 that was not declared", "a.csv", text("id,café\n1,Zoë é è à ü ñ\n", "latin-1"), {}, "encoding-wrong"),
    ("GB18030 declared as UTF-8", "a.csv", text("编号,名称\n1,甲\n", "gb18030"), {"encoding": "utf-8"}, "encoding-wrong"),
    ("half a character of UTF-16", "a.csv", data("id,名\n1,甲\n".encode("utf-16")[:-1]), {}, "encoding-wrong"),
    ("an encoding that is none", "a.csv", text("id\n1\n"), {"encoding": "klingon"}, "encoding-unknown"),
    ("a quote that never ends", "a.csv", text('id,name\n1,"open\n2,b\n3,c\n'), {}, "field-too-long"),
    ("text after a closing quote", "a.csv", text('id,name\n1,"a"b"\n'), {}, "field-too-long"),
    ("a field of two megabytes", "a.csv", text("id,name\n1," + "x" * 2_000_000 + "\n"), {}, "field-too-long"),
    ("columns named twice", "a.csv", text("id,Name,name\n1,a,b\n"), {}, "columns-twice"),
    ("columns alike once tidied", "a.csv", text("a b,a_b\n1,2\n"), {}, "columns-twice"),
    ("a column without a name", "a.csv", text("id,,name\n1,2,3\n"), {}, "columns-twice"),
    ("ten thousand columns", "a.csv", text(f"{WIDE}\n{WIDE}\n"), {}, "columns-too-many"),
    ("data where the header should be", "a.csv", text("1,2024-01-05,3\n2,2024-01-06,4\n"), {}, "header-looks-like-data"),
    ("a header row beyond the end", "a.csv", text("id\nx\n"), {"header_row": 9}, "header-missing"),
    ("ragged rows throughout", "a.csv", text("a,b,c\n" + "1,2\n" * 9 + "1,2,3\n"), {}, "too-many-rejects"),
    ("words in a declared number", "a.csv", text("id,n\n1,many\n2,few\n"), {"types": {"n": "number"}}, "too-many-rejects"),
    ("dates out of range", "a.csv", text("on\n2024-13-45\n2024-01-01\n"), {"types": {"on": "date"}}, "too-many-rejects"),
    ("numbers out of range", "a.csv", text("n\n99999999999999999999\n"), {"types": {"n": "integer"}}, "too-many-rejects"),
    ("a number beyond any float", "a.csv", text("n\n1e999\n"), {"types": {"n": "number"}}, "too-many-rejects"),
    ("a declared column that is not there", "a.csv", text("id,amount\n1,2\n"), {"types": {"amountt": "number"}}, "column-missing"),
    ("a renamed column that is not there", "a.csv", text("id\nx\n"), {"columns": {"idd": "id"}}, "column-missing"),
    ("an unknown option", "a.csv", text("id\nx\n"), {"sep": ";"}, "load-option-unknown"),
    ("a separator of two letters", "a.csv", text("id\nx\n"), {"separator": "ab"}, "load-option-wrong"),
    ("an unknown type", "a.csv", text("id\nx\n"), {"types": {"id": "money"}}, "load-option-wrong"),
    ("a share beyond one", "a.csv", text("id\nx\n"), {"max_rejects": 5}, "load-option-wrong"),
    ("an unknown time zone", "a.csv", text("id\nx\n"), {"time_zone": "Mars/Olympus"}, "load-option-wrong"),
    ("a reference to no column", "a.csv", text("id\nx\n"), {"references": {"id": "shops"}}, "load-option-wrong"),
    ("a file that is not there", "a.csv", lambda path: None, {}, "file-missing"),
    ("a folder", "a.csv", lambda path: path.mkdir(), {}, "file-missing"),
    ("a kind nobody knows", "a.docx", text("x"), {}, "file-kind-unknown"),
    ("half a workbook", "a.xlsx", cut(sheet(*([at, "x" * 50] for at in range(500))), 0.5), {}, "file-broken"),
    ("text called xlsx", "a.xlsx", text("id,name\n1,a\n"), {}, "file-broken"),
    ("an archive that is no workbook", "a.xlsx", bomb, {}, "file-unpacks-too-large"),
    ("an empty workbook", "a.xlsx", sheet(), {}, "file-empty"),
    ("a workbook with only a header", "a.xlsx", sheet(["id", "name"]), {}, "file-empty"),
    ("a sheet that is not there", "a.xlsx", sheet(["id"], ["x"], name="数据"), {"sheet": "数居"}, "sheet-missing"),
    ("a sheet number beyond the last", "a.xlsx", sheet(["id"], ["x"]), {"sheet": 4}, "sheet-missing"),
    ("a sheet with columns named twice", "a.xlsx", sheet(["id", "ID"], [1, 2]), {}, "columns-twice"),
    ("half a parquet file", "a.parquet", cut(parquet, 0.5), {}, "file-broken"),
    ("junk called parquet", "a.parquet", data(b"PAR1" + JUNK), {}, "file-broken"),
    ("half a JSON list", "a.json", text('[{"id": 1}, {"id": '), {}, "file-broken"),
    ("a JSON list of numbers", "a.json", text("[1, 2, 3]"), {}, "file-empty"),
    ("JSON nested without end", "a.json", text("[" * 100_000), {}, "file-broken"),
    ("a JSON number that is none", "a.json", text('[{"id": NaN}]'), {}, "file-broken"),
    ("two lists in one JSON object", "a.json", text(json.dumps({"a": [{"x": 1}], "b": [{"x": 2}]})), {}, "file-broken"),
    ("JSON names that collide", "a.json", text('[{"a": {"b": 1}, "a_b": 2}]'), {}, "columns-twice"),
    ("JSON lines with half of them broken", "a.jsonl", text('{"id": 1}\n{"id": \n'), {}, "too-many-rejects"),
    ("half a SQLite file", "a.sqlite", cut(database, 0.5), {"source_table": "a"}, "file-broken"),
    ("junk called sqlite", "a.sqlite", data(JUNK), {}, "file-broken"),
    ("a SQLite file with several tables", "a.sqlite", database, {}, "source-table-missing"),
    ("a declared type a column cannot take", "a.parquet", parquet, {"types": {"id": "date"}}, "column-type-unfit"),
]  # fmt: skip


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """A warehouse that already holds the table every broken source would replace."""
    good = tmp_path / "good.csv"
    good.write_text("id,name\n1,before\n", encoding="utf-8")
    made = Warehouse(tmp_path / "warehouse")
    load_file(made, good, "erp.t")
    return made


def unchanged(warehouse: Warehouse) -> bool:
    rows = connect(f"duckdb:///{warehouse.folder}").query("select * from erp.t").to_pylist()
    left = set(os.listdir(warehouse.folder)) - {".writing", "manifest.json"}
    return rows == [{"id": 1, "name": "before"}] and left == {one.file for one in warehouse.snapshots()}


def stopped(code: str, call: Callable[[], object], private: str) -> None:
    with pytest.raises(HeduError) as caught:
        call()
    assert caught.value.code == code
    for problem in caught.value.problems:
        for lang in ("zh", "en"):
            said = problem.what(lang) + problem.hint(lang)  # type: ignore[arg-type]
            assert problem.what(lang) and problem.hint(lang), lang  # type: ignore[arg-type]
            assert private not in said


@pytest.mark.parametrize(
    ("file", "make", "options", "code"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN]
)
def test_broken_sources(
    tmp_path: Path, warehouse: Warehouse, file: str, make: Make, options: dict[str, Any], code: str
) -> None:
    make(tmp_path / file)
    stopped(code, lambda: load_file(warehouse, tmp_path / file, "erp.t", options), str(tmp_path))
    assert unchanged(warehouse)


@pytest.mark.parametrize("table", ["", "1a", "a b", "a;drop", "a.b.c", "hedu_tables", "files.a", "memory.a", 'a"b'])
def test_table_names_that_cannot_be(tmp_path: Path, warehouse: Warehouse, table: str) -> None:
    stopped("table-name-wrong", lambda: load_file(warehouse, tmp_path / "good.csv", table), str(tmp_path))
    assert unchanged(warehouse)


@pytest.mark.parametrize(
    ("listed", "code"),
    [
        ("loads: [", "load-manifest-wrong"),
        ("version: 1", "load-manifest-wrong"),
        ("version: 2\nloads: []", "load-manifest-wrong"),
        ("version: 1\nloads: [{file: good.csv}]", "load-manifest-wrong"),
        ("version: 1\nloads: [{file: good.csv, table: a}, {file: good.csv, table: a}]", "load-manifest-wrong"),
        ("version: 1\nloads: [{file: good.csv, table: a, sep: x}]", "load-option-unknown"),
        ("version: 1\nloads: [{file: good.csv, table: a, header_row: yes}]", "load-option-wrong"),
        ("version: 1\nloads: [{file: good.csv, table: erp.t2}, {file: gone.csv, table: b}]", "file-missing"),
        ("version: 1\nloads: [{file: good.csv, table: erp.t2}, {file: bad.csv, table: b}]", "file-empty"),
    ],
)
def test_lists_of_loads_that_cannot_be_all_loaded(tmp_path: Path, warehouse: Warehouse, listed: str, code: str) -> None:
    (tmp_path / "bad.csv").write_text("a,b\n", encoding="utf-8")
    (tmp_path / "load.yml").write_text(listed, encoding="utf-8")
    stopped(code, lambda: load_all(warehouse, tmp_path / "load.yml"), str(tmp_path))
    assert unchanged(warehouse)
    with pytest.raises(HeduError, match="engine-missing-table"):
        connect(f"duckdb:///{warehouse.folder}").query("select * from erp.t2")


@pytest.mark.parametrize(
    ("module", "source"),
    [("fastexcel", "a.xlsx"), ("adbc_driver_postgresql.dbapi", "postgresql://nobody@127.0.0.1:1/x")],
)
def test_readers_that_are_not_installed(
    tmp_path: Path, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, module: str, source: str
) -> None:
    sheet(["id"], [1])(tmp_path / "a.xlsx")
    monkeypatch.setitem(sys.modules, module, None)
    path = source if "://" in source else tmp_path / source
    stopped("driver-missing", lambda: load_file(warehouse, path, "erp.t"), str(tmp_path))
    assert unchanged(warehouse)


def test_a_list_that_is_not_there(tmp_path: Path, warehouse: Warehouse) -> None:
    stopped("file-missing", lambda: load_all(warehouse, tmp_path / "gone.yml"), str(tmp_path))


def test_text_that_looks_like_sql_is_text(tmp_path: Path, warehouse: Warehouse) -> None:
    hostile = "'; drop table erp.t; --"
    (tmp_path / "a.csv").write_text(f'id,"na""me"\n1,{hostile}\n', encoding="utf-8")
    load_file(warehouse, tmp_path / "a.csv", "other")
    engine = connect(f"duckdb:///{warehouse.folder}")
    assert engine.query("select * from other").to_pylist() == [{"id": 1, 'na"me': hostile}]
    assert engine.query("select count(*) as n from erp.t").to_pylist() == [{"n": 1}]
