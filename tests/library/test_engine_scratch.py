"""A throw-away database: it answers SELECTs over what it was handed, and nothing else."""

from __future__ import annotations

import pyarrow as pa
import pytest

from hedu.engine.scratch import scratch
from hedu.errors import EngineError

ROWS = {"shop.orders": pa.table({"id": [1, 2], "客户": ["甲", None]})}


def test_a_dot_is_part_of_the_name() -> None:
    ask = scratch(ROWS)
    assert ask('SELECT count("客户") AS known FROM "shop.orders"').to_pylist() == [{"known": 1}]


def test_each_scratch_is_its_own() -> None:
    one, other = scratch({"t": pa.table({"x": [1]})}), scratch({"t": pa.table({"x": [2]})})
    assert [ask("SELECT x FROM t").to_pylist()[0]["x"] for ask in (one, other)] == [1, 2]


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("DROP TABLE t", "engine-not-a-select"),
        ("SELECT * FROM read_csv('x.csv')", "engine-refused"),
        ("SELECT * FROM nowhere", "engine-missing-table"),
    ],
)
def test_it_reads_nothing_else_and_changes_nothing(sql: str, code: str) -> None:
    ask = scratch({"t": pa.table({"x": [1]})})
    with pytest.raises(EngineError) as caught:
        ask(sql)
    assert caught.value.code == code
