"""Native expressions go out in the expression language of Ossie, come back as they were, or are told."""

from __future__ import annotations

import pytest

from hedu.define.ossie.language import unsaid
from hedu.define.ossie.meant import Refused
from hedu.define.ossie.model import Expression
from hedu.define.ossie.spell import parsed, spelt
from hedu.define.ossie.sql import sql_of, tree_of
from hedu.define.ossie.write import document
from hedu.define.read import read

SAID = [
    ("datediff('day', a, b)", "DATEDIFF(day, a, b)"),
    ("date_diff('month', a, b) / 12", "DATEDIFF(month, a, b) / 12"),
    ("date_trunc('month', d)", "DATE_TRUNC('month', d)"),
    ("date_trunc('day', t)::date", "CAST(DATE_TRUNC('day', t) AS DATE)"),
    ("dayofyear(d)", "DAYOFYEAR(d)"),
    ("cast(x as timestamp)", "CAST(x AS TIMESTAMP)"),
    ("x::varchar", "CAST(x AS VARCHAR)"),
    ("strptime(s, '%d.%m.%Y')", "TO_TIMESTAMP(s, 'DD.MM.YYYY')"),
    ("strftime(d, '%Y-%m')", "TO_CHAR(d, 'YYYY-MM')"),
    ("strpos(s, 'a')", "CHARINDEX('a', s)"),
    ("starts_with(s, 'a')", "STARTSWITH(s, 'a')"),
    ("regexp_extract(s, 'a')", "REGEXP_EXTRACT(s, 'a')"),
    ("regexp_replace(s, 'a', 'b', 'g')", "REGEXP_REPLACE(s, 'a', 'b')"),
    ("case when a in (1, 2) then 'f(' end", "CASE WHEN a IN (1, 2) THEN 'f(' END"),
    ("current_timestamp", "CURRENT_TIMESTAMP"),
]


@pytest.mark.parametrize(("native", "core"), SAID, ids=[core for _, core in SAID])
def test_what_the_language_can_say_comes_back(native: str, core: str) -> None:
    tree = parsed(native)
    assert (spelt(tree), unsaid(tree)) == (core, ())
    assert sql_of(tree_of(Expression((("ANSI_SQL", core),)))[0]) == sql_of(tree)


@pytest.mark.parametrize(
    ("native", "words"),
    [
        ("last_day(d)", ("LAST_DAY",)),
        ("x::timestamptz", ("TIMESTAMPTZ",)),
        ("strftime(d, '%j')", ("TIME_TO_STR",)),
        ("dayofweek(d) + extract(isodow from d)", ("DAYOFWEEK", "ISODOW")),
        ("md5(s) || lpad(s, 2, '0')", ("MD5", "LPAD")),
        ("regexp_extract(s, '(a)b', 1)", ("REGEXP_EXTRACT",)),
        ("a & b", ("&",)),
    ],
)
def test_what_it_has_no_word_for_is_named(native: str, words: tuple[str, ...]) -> None:
    assert unsaid(parsed(native)) == words


@pytest.mark.parametrize("native", ["x // 2", "x[1]", "xor(a, b)", "regexp_replace(s, 'a', 'b')", "to_timestamp(n)"])
def test_what_it_would_take_for_something_else_is_refused(native: str) -> None:
    with pytest.raises(Refused, match="means something else"):
        spelt(parsed(native))


FOLDER = """\
version: 1
dataset: visits
source: visits
primary_key: id
dimensions: {id: {}, nights: "datediff('day', came, went)", last: "last_day(came)", half: "id // 2"}
measures: {stays: {agg: sum, expr: "datediff('day', came, went)"}}
---
version: 1
metric: stays
simple: visits.stays
"""


def test_losses_name_what_others_may_not_read() -> None:
    definitions, problems = read({"m.yml": FOLDER})
    assert not problems
    data, losses = document(definitions, "0.2")
    (model,) = data["semantic_model"]
    fields = {one["name"]: one["expression"]["dialects"][0]["expression"] for one in model["datasets"][0]["fields"]}
    assert fields["nights"] == "DATEDIFF(day, came, went)" and "half" not in fields
    assert (
        model["metrics"][0]["expression"]["dialects"][0]["expression"] == "SUM(DATEDIFF(day, visits.came, visits.went))"
    )
    told = {loss.path: loss.what for loss in losses}
    assert told["datasets.visits.dimensions.last.expression"] == "LAST_DAY"
    assert told["datasets.visits.dimensions.half"] == "id // 2"
