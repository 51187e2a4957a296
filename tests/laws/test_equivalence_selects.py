"""Law: SELECTs of one form answer alike on every database that obeys the keys, however they are joined and nested."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass

import pyarrow as pa
import pytest

from hedu.alignment.equivalence.queries import TableKeys, form_of_select
from hedu.alignment.equivalence.witnesses import alike
from hedu.engine.scratch import scratch

SCHEMA = {"o": {"id": "integer", "cid": "integer", "s": "text", "x": "number"},
          "c": {"id": "integer", "s": "text", "y": "number"}}  # fmt: skip
KEYS = {"o": TableKeys(("id",), foreign=((("cid",), "c", ("id",)),)), "c": TableKeys(("id",))}
LITERALS = {"text": ["'a'", "'b'"], "number": ["1", "2"]}
ORDERS = [("o.s", "text"), ("o.x", "number"), ("o.cid", "number")]
CUSTOMERS = [("c.s", "text"), ("c.y", "number")]
Columns = list[tuple[str, str]]


@dataclass
class Writer:
    """Writes SELECTs at random, of so few parts that many come to one form."""

    chance: random.Random

    def predicate(self, columns: Columns, depth: int = 0) -> str:
        luck = self.chance.random()
        if depth < 2 and luck < 0.35:
            sides = [self.predicate(columns, depth + 1) for _ in range(2)]
            return f"({sides[0]} {self.chance.choice(['AND', 'OR'])} {sides[1]})"
        if depth < 2 and luck < 0.42:
            return f"NOT {self.predicate(columns, depth + 1)}"
        name, kind = self.chance.choice(columns)
        literal = self.chance.choice(LITERALS[kind])
        return self.chance.choice(
            [f"{name} IS NULL", f"{name} IS NOT NULL", f"{name} IN ({literal})", f"coalesce({name}, {literal}) = {literal}",
             f"{name} = {literal}", f"{name} <> {literal}", f"{name} < {literal}", f"{name} IS DISTINCT FROM {literal}"]
        )  # fmt: skip

    def relation(self) -> tuple[str, Columns]:
        plain = [(name.partition(".")[2], kind) for name, kind in CUSTOMERS]
        both = ORDERS + CUSTOMERS
        return self.chance.choice(
            [("o", ORDERS), (f"(SELECT * FROM o WHERE {self.predicate(ORDERS)}) AS o", ORDERS),
             ("o JOIN c ON o.cid = c.id", both), ("c JOIN o ON c.id = o.cid", both), ("o, c", both),
             ("o LEFT JOIN c ON o.cid = c.id", both),
             (f"o LEFT JOIN c ON o.cid = c.id AND {self.predicate(CUSTOMERS)}", both),
             (f"o LEFT JOIN (SELECT id, s, y FROM c WHERE {self.predicate(plain)}) AS c ON c.id = o.cid", both),
             ("o LEFT JOIN (SELECT id, s, coalesce(y, 1) AS y FROM c) AS c ON c.id = o.cid", both)]
        )  # fmt: skip

    def aggregate(self, columns: Columns) -> str:
        number = self.chance.choice([name for name, kind in columns if kind == "number"])
        name, condition = self.chance.choice(columns)[0], self.predicate(columns, 2)
        return self.chance.choice(
            ["count(*)", "count(1)", f"count({name})", f"sum({number})", f"count(DISTINCT {name})", "count(o.id)",
             f"avg({number})", f"sum(CASE WHEN {condition} THEN {number} END)", "count(DISTINCT o.id)", f"max({number})",
             f"count(CASE WHEN {condition} THEN 1 END)", f"sum({number}) FILTER (WHERE {condition})"]
        )  # fmt: skip

    def select(self) -> str:
        relation, columns = self.relation()
        where = f" WHERE {self.predicate(columns)}" if self.chance.random() < 0.6 else ""
        key = self.chance.choice([name for name, kind in columns if kind == "text"])
        having = self.chance.choice(
            ["", "", f" HAVING {key} = 'a'", " HAVING count(*) > 1", f" HAVING {key} IS NOT NULL"]
        )
        return self.chance.choice(
            [f"SELECT {self.aggregate(columns)} FROM {relation}{where}",
             f"SELECT {key}, {self.aggregate(columns)} FROM {relation}{where} GROUP BY {key}{having}",
             f"SELECT {key} FROM {relation}{where}", f"SELECT DISTINCT {key} FROM {relation}{where}",
             f"SELECT {key} FROM {relation}{where} GROUP BY {key}"]
        )  # fmt: skip


def _data(chance: random.Random) -> dict[str, pa.Table]:
    def some(*values: object) -> object:
        return chance.choice([None, *values])

    customers = [{"id": at, "s": some("a", "b", "c"), "y": some(0.5, 1.0, 2.0)} for at in range(4)]
    orders = [
        {"id": at, "cid": some(*range(4)), "s": some("a", "b", "c"), "x": some(0.5, 1.0, 2.0)} for at in range(14)
    ]
    schemas = {"o": [("id", pa.int64()), ("cid", pa.int64()), ("s", pa.string()), ("x", pa.float64())],
               "c": [("id", pa.int64()), ("s", pa.string()), ("y", pa.float64())]}  # fmt: skip
    rows = {"o": orders, "c": customers}
    return {name: pa.Table.from_pylist(rows[name], schema=pa.schema(schemas[name])) for name in rows}


@pytest.mark.parametrize("seed", range(3))
def test_selects_of_one_form_answer_alike(seed: int, thorough: bool) -> None:
    chance = random.Random(seed)
    writer, forms = Writer(chance), defaultdict(set)
    for _ in range(4000 if thorough else 350):
        sql = writer.select()
        form = form_of_select(sql, SCHEMA, KEYS)
        assert form is not None, sql
        forms[repr(form)].add(sql)
    databases = [scratch(_data(chance)) for _ in range(6)]
    pairs = [(first, other) for first, *others in map(sorted, forms.values()) for other in others]
    assert len(pairs) > 10
    for one, other in pairs:
        for ask in databases:
            assert alike(ask(one).to_pylist(), ask(other).to_pylist()), (one, other)
