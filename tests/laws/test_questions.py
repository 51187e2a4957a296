"""Laws of answers: what must hold for every question, whatever it asks."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import hedu
from tests.laws.shop import ADDITIVE, FILTERS, OTHERS, POLICIES, build, questions

EXAMPLES = int(os.environ.get("HEDU_LAW_EXAMPLES", "500"))
law = partial(
    settings,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
)


@pytest.fixture(scope="session")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[hedu.Workspace]:
    workspace = build(tmp_path_factory.mktemp("shop") / "shop.duckdb")
    yield workspace
    workspace.close()


@pytest.fixture(scope="session")
def filtered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[hedu.Workspace]]:
    folder = tmp_path_factory.mktemp("filtered")
    workspaces = [build(folder / f"shop{at}.duckdb", policy) for at, policy in enumerate(POLICIES)]
    yield workspaces
    for workspace in workspaces:
        workspace.close()


def rows_by_name(result: Any) -> dict[tuple[Any, ...], dict[str, Any]]:
    keys = [column.name for column in result.columns if column.role == "dimension"]
    return {tuple(row[key] for key in sorted(keys)): row for row in result.rows()}


def close(a: Any, b: Any) -> bool:
    if a is None or b is None:
        return a is b
    if isinstance(a, str) or hasattr(a, "year"):
        return bool(a == b)
    return math.isclose(float(a), float(b), rel_tol=1e-9, abs_tol=1e-9)


def same_rows(one: Any, other: Any) -> bool:
    mine, theirs = rows_by_name(one), rows_by_name(other)
    return mine.keys() == theirs.keys() and all(
        close(row[name], theirs[key][name]) for key, row in mine.items() for name in row
    )


@law(max_examples=max(EXAMPLES // 5, 50))
@given(data=st.data())
def test_parts_add_up_to_the_whole(ws: hedu.Workspace, data: st.DataObject) -> None:
    asked = data.draw(questions(ws, ADDITIVE, bridges=False))
    result, whole = ws.ask(**asked), ws.ask(**{**asked, "by": ()}).rows()[0]
    for metric in asked["metrics"]:
        parts = [float(row[metric]) for row in result.rows() if row[metric] is not None]
        if metric == "net_sales" and any(row[metric] is None for row in result.rows()):
            continue
        assert math.isclose(sum(parts), float(whole[metric] or 0), rel_tol=1e-9, abs_tol=1e-6)


@pytest.mark.parametrize("metric", ADDITIVE + OTHERS)
def test_whatever_is_offered_can_be_asked(ws: hedu.Workspace, metric: str) -> None:
    offered = [f"{info.path}.year" if info.grains else info.path for info in ws.dimensions_of([metric])]
    assert offered
    for path in offered:
        assert ws.compile(metric, by=[path])


@law(max_examples=max(EXAMPLES // 5, 50))
@given(data=st.data())
def test_any_order_of_by_gives_the_same_numbers(ws: hedu.Workspace, data: st.DataObject) -> None:
    asked = data.draw(questions(ws, ADDITIVE + OTHERS))
    turned = {**asked, "by": data.draw(st.permutations(asked["by"])), "metrics": asked["metrics"][::-1]}
    assert same_rows(ws.ask(**asked), ws.ask(**turned))


@law(max_examples=max(EXAMPLES // 5, 50))
@given(data=st.data())
def test_a_metric_has_one_value_whatever_is_asked_beside_it(ws: hedu.Workspace, data: st.DataObject) -> None:
    asked = data.draw(questions(ws, ADDITIVE + OTHERS))
    together = rows_by_name(ws.ask(**asked))
    for metric in asked["metrics"]:
        alone = rows_by_name(ws.ask(**{**asked, "metrics": [metric]}))
        assert alone.keys() <= together.keys()
        assert all(close(row[metric], together[key][metric]) for key, row in alone.items())


@law(max_examples=max(EXAMPLES // 5, 50))
@given(data=st.data())
def test_a_filter_never_adds_rows(ws: hedu.Workspace, data: st.DataObject) -> None:
    asked = data.draw(questions(ws, ("orders", "sales", "tickets", "buyers", "order_value")))
    more = {**asked, "where": [*asked["where"], data.draw(st.sampled_from(FILTERS))]}
    assert rows_by_name(ws.ask(**more)).keys() <= rows_by_name(ws.ask(**asked)).keys()


def test_under_a_policy_answers_equal_those_over_physically_filtered_tables(
    ws: hedu.Workspace, filtered: list[hedu.Workspace]
) -> None:
    @law(max_examples=EXAMPLES)
    @given(data=st.data())
    def holds(data: st.DataObject) -> None:
        at = data.draw(st.integers(0, len(POLICIES) - 1))
        asked = data.draw(questions(ws, ADDITIVE + OTHERS))
        compare = _comparison(data, asked)
        seen = ws.ask(**asked, **compare, totals=True, access=POLICIES[at].access)
        found = filtered[at].ask(**asked, **compare, totals=True)
        assert same_rows(seen, found)
        assert seen.totals is not None and found.totals is not None
        mine, theirs = seen.totals.to_pylist()[0], found.totals.to_pylist()[0]
        assert all(close(mine[name], theirs[name]) for name in mine)

    holds()


def _comparison(data: st.DataObject, asked: Mapping[str, Any]) -> dict[str, Any]:
    times = [item for item in asked["by"] if item.rpartition(".")[2] in ("month", "quarter", "year")]
    if len(times) != 1 or not times[0].startswith("metric_time."):
        return {}
    return {"compare": data.draw(st.sampled_from([(), ("previous",), ("last_year",)]))}
