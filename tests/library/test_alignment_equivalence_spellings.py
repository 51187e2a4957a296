"""Spellings strangers use for one question come to one form; near misses of them do not."""

from __future__ import annotations

import pytest

from hedu.alignment.equivalence.queries import TableKeys, form_of_select

SCHEMA = {
    "orders": {"id": "integer", "customer": "integer", "made": "date", "paid": "date", "note": "text", "gift": "boolean"},
    "refunds": {"id": "integer", "order_id": "integer", "amount": "number"},
}  # fmt: skip
KEYS = {"orders": TableKeys(("id",)), "refunds": TableKeys(("id",))}
COUNT = "SELECT count(*) FROM orders WHERE "
SAME = [
    (COUNT + "contains(note, 'gift')", COUNT + "note LIKE '%gift%'"),
    (COUNT + "position('gift' IN note) > 0", COUNT + "NOT strpos(note, 'gift') = 0"),
    (COUNT + "ltrim(rtrim(note)) = 'x'", COUNT + "trim(note) = 'x'"),
    (COUNT + "note = ANY (['a', 'b'])", COUNT + "note IN ('b', 'a')"),
    (COUNT + "CAST(gift AS INTEGER) = 1", COUNT + "gift"),
    (COUNT + "paid <= made + INTERVAL 7 DAY", COUNT + "paid - made <= 7"),
    (COUNT + "date_diff('day', made, paid) > 7", COUNT + "made - paid < -7"),
    ("SELECT avg(date_diff('day', made, paid)) FROM orders", "SELECT avg(paid - made) FROM orders"),
    (COUNT + "year(made) = year(paid) AND month(made) = month(paid)",
     COUNT + "date_trunc('month', paid) = date_trunc('month', made)"),
    (COUNT + "year(made) = 2024 AND month(made) BETWEEN 1 AND 3", COUNT + "date_trunc('quarter', made) = '2024-01-01'"),
    (COUNT + "year(made) = 2024 AND quarter(made) < 3", COUNT + "made BETWEEN '2024-01-01' AND '2024-06-30'"),
    ("SELECT sum(id) FROM orders GROUP BY year(made), month(made)",
     "SELECT sum(id) FROM orders GROUP BY strftime(made, '%Y-%m')"),
    ("SELECT count(*) FROM (SELECT DISTINCT o.id FROM orders o JOIN refunds r ON r.order_id = o.id) t",
     COUNT + "id IN (SELECT order_id FROM refunds)"),
    ("SELECT (SELECT coalesce(sum(amount), 0) FROM refunds)", "SELECT coalesce((SELECT sum(amount) FROM refunds), 0)"),
]  # fmt: skip
APART = [
    (COUNT + "contains(note, 'gift%')", COUNT + "note LIKE '%gift%'"),
    (COUNT + "strpos(note, 'gift') > 1", COUNT + "contains(note, 'gift')"),
    (COUNT + "ltrim(note) = 'x'", COUNT + "rtrim(note) = 'x'"),
    (COUNT + "paid < made + INTERVAL 1 MONTH", COUNT + "paid - made < 30"),
    (COUNT + "month(made) = month(paid)", COUNT + "date_trunc('month', paid) = date_trunc('month', made)"),
    (COUNT + "year(made) = 2024 AND month(paid) <= 6", COUNT + "made BETWEEN '2024-01-01' AND '2024-06-30'"),
    ("SELECT sum(id) FROM orders GROUP BY month(made)", "SELECT sum(id) FROM orders GROUP BY date_trunc('month', made)"),
    ("SELECT (SELECT sum(amount) FROM refunds)", "SELECT (SELECT sum(amount) FROM refunds WHERE amount > 0)"),
    ("SELECT sum(amount) / (SELECT sum(amount) FROM refunds WHERE amount > 0) FROM refunds",
     "SELECT sum(amount) / (SELECT sum(amount) FROM refunds) FROM refunds"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_question_have_one_form(one: str, other: str) -> None:
    form = form_of_select(one, SCHEMA, KEYS)
    assert form is not None
    assert form == form_of_select(other, SCHEMA, KEYS)


@pytest.mark.parametrize(("one", "other"), APART)
def test_near_misses_keep_forms_of_their_own(one: str, other: str) -> None:
    assert form_of_select(one, SCHEMA, KEYS) != form_of_select(other, SCHEMA, KEYS)
