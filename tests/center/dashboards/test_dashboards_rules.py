"""What comes from outside is canonical or a typed error; who reaches what is decided without a database."""

from __future__ import annotations

import pytest

from hedu.center.dashboards import rules
from hedu.errors import QueryError

TILE = {"id": 1, "title": "t", "x": 0, "y": 0, "w": 6, "h": 4, "text": "note"}


def test_a_question_gets_every_key_and_keeps_its_own():
    question = rules.question_of({"metrics": "revenue", "by": [" region "], "limit": 5, "since": 2024})
    assert question["metrics"] == ["revenue"]
    assert question["by"] == ["region"]
    assert (question["limit"], question["since"], question["totals"]) == (5, "2024", False)
    assert set(question) == set(rules.QUESTION_KEYS)
    assert rules.question_of(question) == question


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (None, "question-broken"),
        ([], "question-broken"),
        ({1: 2}, "question-broken"),
        ({}, "question-empty"),
        ({"metric": ["revenue"]}, "question-key-unknown"),
        ({"metrics": ["revenue"], "access": {}}, "question-key-unknown"),
        ({"metrics": {"a": 1}}, "question-broken"),
        ({"metrics": [1]}, "question-broken"),
        ({"metrics": ["m"], "where": ["x" * 2_001]}, "question-too-large"),
        ({"metrics": ["m"] * 41}, "question-too-large"),
        ({"metrics": ["m"], "since": ["2024"]}, "question-broken"),
        ({"metrics": ["m"], "totals": "yes"}, "question-broken"),
        ({"metrics": ["m"], "limit": -1}, "question-broken"),
        ({"metrics": ["m"], "limit": True}, "question-broken"),
        ({"metrics": ["m"], "compare": ["tomorrow"]}, "question-broken"),
    ],
)
def test_a_broken_question_is_a_typed_error(given, code):
    with pytest.raises(QueryError) as caught:
        rules.question_of(given)
    assert caught.value.code == code
    assert caught.value.problem.hint("zh") and caught.value.problem.hint("en")


@pytest.mark.parametrize(
    "given",
    [
        "bar",
        {"type": "bar"},
        {"kind": "pie3d"},
        {"options": []},
        {"options": {"a": {"b": {"c": {"d": {"e": 1}}}}}},
        {"options": {"x": "y" * 3_000}},
        {"options": {str(place): 1 for place in range(50)}},
    ],
)
def test_a_broken_chart_is_a_typed_error(given):
    with pytest.raises(QueryError) as caught:
        rules.chart_of(given)
    assert caught.value.code == "chart-broken"


def test_a_chart_without_a_kind_is_a_line():
    assert rules.chart_of(None) == {"kind": "line", "options": {}}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"x": 12}, "tile-broken"),
        ({"x": "0"}, "tile-broken"),
        ({"w": 0}, "tile-broken"),
        ({"h": 1.5}, "tile-broken"),
        ({"y": True}, "tile-broken"),
        ({"title": 3}, "tile-broken"),
        ({"text": "x" * 5_000}, "tile-broken"),
        ({"view": "7"}, "tile-broken"),
        ({"view": {"question": {}}}, "question-empty"),
    ],
)
def test_a_broken_tile_is_a_typed_error(change, code):
    with pytest.raises(QueryError) as caught:
        rules.tiles_of([{**TILE, **change}])
    assert caught.value.code == code


def test_tiles_are_a_list_of_not_too_many():
    for given, code in (("x", "tile-broken"), (["x"], "tile-broken"), ([TILE] * 41, "too-many-tiles")):
        with pytest.raises(QueryError) as caught:
            rules.tiles_of(given)
        assert caught.value.code == code


def test_a_tile_is_moved_into_the_board():
    tile = rules.tile_of({**TILE, "x": 10, "w": 6})
    assert (tile["x"], tile["w"]) == (6, 6)


@pytest.mark.parametrize(
    "given",
    [{}, [{}], [{"path": 1}], [{"path": "a", "values": "b"}], [{"path": "a", "values": [[1]]}], [{"path": "a"}] * 13],
)
def test_a_broken_filter_is_a_typed_error(given):
    with pytest.raises(QueryError) as caught:
        rules.filters_of(given)
    assert caught.value.code == "filter-broken"


def test_a_name_is_one_line_that_turns_nothing_around() -> None:
    assert rules.name_of(" 华东\n销售\u202e\x00👨\u200d👩 ") == "华东 销售 👨\u200d👩"
    with pytest.raises(QueryError):
        rules.name_of("\u202e\n")


@pytest.mark.parametrize(
    ("given", "code"), [("  ", "title-missing"), (None, "title-missing"), ("x" * 121, "title-too-long")]
)
def test_a_name_is_there_and_short(given, code):
    with pytest.raises(QueryError) as caught:
        rules.name_of(given)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("inner", "outer", "reaches"),
    [
        (("company", None, 1), ("company", None, 2), True),
        (("department", 4, 1), ("company", None, 1), False),
        (("department", 4, 1), ("department", 4, 2), True),
        (("department", 4, 1), ("department", 5, 2), False),
        (("private", None, 1), ("private", None, 1), True),
        (("private", None, 1), ("private", None, 2), False),
        (("department", 4, 1), ("private", None, 2), False),
    ],
)
def test_a_view_is_pointed_at_only_where_all_of_the_board_see_it(inner, outer, reaches):
    assert rules.reaches(inner, outer) is reaches


def test_the_company_is_told_by_those_who_lead():
    leads = {4: frozenset({"liaison"})}
    belongs = {4: frozenset({"member"})}
    assert rules.may_show(leads, department=4, scope="company")
    assert not rules.may_show(belongs, department=4, scope="company")
    assert rules.may_show(belongs, department=4, scope="department")
    assert not rules.may_show(belongs, department=5, scope="department")
