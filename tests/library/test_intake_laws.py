"""What goes into a file comes out of the warehouse, however the file is written."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from hedu.engine import connect
from hedu.engine.warehouse import Warehouse
from hedu.intake import load_file

TYPES = {"code": "text", "count": "integer", "price": "number"}
ALPHABET = st.characters(codec="gb18030", exclude_categories=("C", "Z"), exclude_characters="\ufeff")
WORDS = st.one_of(st.none(), st.text(ALPHABET, min_size=1, max_size=8))
TRICKY = st.sampled_from(["a,b", 'say "x"', "one\ntwo", "007", "1e5", "是", "；", "a\tb", "|", "=1+1"])
ROWS = st.lists(
    st.tuples(
        st.one_of(WORDS, TRICKY),
        st.one_of(st.none(), st.integers(-(10**15), 10**15)),
        st.one_of(st.none(), st.floats(-1e12, 1e12, allow_nan=False)),
    ).filter(lambda row: any(value is not None for value in row)),
    min_size=1,
    max_size=12,
)


def out_of(path: Path, **options: object) -> list[tuple[object, ...]]:
    report = load_file(Warehouse(path.parent / "w"), path, "t", {"types": TYPES, "max_rejects": 0, **options})
    assert report.rejects == ()
    engine = connect(f"duckdb:///{path.parent}/w")
    rows = engine.rows("select code, count, price from t")[1]
    engine.close()
    return rows


@settings(max_examples=40)
@given(
    ROWS,
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-be"]),
    st.sampled_from(",;|\t"),
    st.booleans(),
)
def test_csv_in_any_encoding_with_any_separator(
    rows: list[tuple[str | None, int | None, float | None]], encoding: str, separator: str, quotes_all: bool
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, quoting=csv.QUOTE_ALL if quotes_all else csv.QUOTE_MINIMAL)
    writer.writerows([("code", "count", "price"), *rows])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(text.getvalue().encode(encoding))
        assert out_of(path, encoding=encoding, separator=separator) == rows


@settings(max_examples=15)
@given(ROWS)
def test_excel(rows: list[tuple[str | None, int | None, float | None]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
            sheet = book.add_worksheet()
            for at, row in enumerate([("code", "count", "price"), *rows]):
                for column, value in enumerate(row):
                    if isinstance(value, str):
                        sheet.write_string(at, column, value)
                    elif value is not None:
                        sheet.write_number(at, column, value)
        for found, (code, count, price) in zip(out_of(path, header_row=1), rows, strict=True):
            # The workbook itself keeps 16 digits.
            assert found[:2] == (code, count) and found[2] == (
                None if price is None else pytest.approx(price, rel=1e-14)
            )
