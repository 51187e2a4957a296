"""A policy far away, reached over thousands of ways: the statement grows with the datasets, and says the same."""

from __future__ import annotations

import pytest

import hedu
from hedu.query import Access, RowFilter

LAYERS, WIDE = 6, 4
ROWS = 3


def dataset(layer: int, at: int) -> str:
    """Rows 1 to 3; each refers to the rows of its own number in every dataset of the next layer."""
    links = [f"e{layer + 1}_{to}: {{key: k}}" for to in range(WIDE)] if layer + 1 < LAYERS else []
    return (
        f"version: 1\ndataset: d{layer}_{at}\nselect: select id, id as k, id * 10 as x from range(1, {ROWS + 1}) t(id)\n"
        f"primary_key: id\nentities: {{{', '.join([f'e{layer}_{at}: id', *links])}}}\n"
        "dimensions: {id: {type: number}}\nmeasures: {x: {agg: sum}}\n"
    )


@pytest.fixture(scope="module")
def ws() -> hedu.Workspace:
    texts = [dataset(layer, at) for layer in range(LAYERS) for at in range(WIDE)]
    metrics = [f"version: 1\nmetric: total{layer}\nsimple: d{layer}_0.x\n" for layer in range(LAYERS)]
    return hedu.load({"all.yml": "---\n".join([*texts, *metrics])}, engine="duckdb://", strict=True)


def test_what_is_hidden_far_away_hides_what_leads_there(ws: hedu.Workspace) -> None:
    last = LAYERS - 1
    access = Access(rows=(RowFilter(f"d{last}_0", "id <> 2"), RowFilter(f"d{last}_3", "id <> 3")))
    for layer in range(last):
        assert ws.ask(f"total{layer}", access=access).rows() == [{f"total{layer}": 10}]
    assert ws.ask(f"total{last}", access=access).rows() == [{f"total{last}": 40}]


def test_the_text_grows_with_the_datasets(ws: hedu.Workspace) -> None:
    access = Access(rows=tuple(RowFilter(f"d{LAYERS - 1}_{at}", "id > 0") for at in range(WIDE)))
    texts = [len(ws.compile(f"total{layer}", access=access)) for layer in range(LAYERS)]
    assert texts[0] < 2 * texts[1] < 4 * texts[2]
    assert ws.compile("total0", access=access).count("__visible_") < 2 * LAYERS * WIDE * WIDE


def test_the_values_of_a_dimension_too(ws: hedu.Workspace) -> None:
    access = Access(rows=(RowFilter(f"d{LAYERS - 1}_0", "id <> 2"),))
    assert [row["d0_0.id"] for row in ws.ask(by="d0_0.id", access=access).rows()] == [1, 3]
