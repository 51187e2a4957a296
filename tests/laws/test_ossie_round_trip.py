"""Laws of Ossie: any definitions come back as they were; any text is read, or refused by code and place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from hedu.define import definitions as d
from hedu.define.digest import meaning_digest
from hedu.define.ossie.carry import carried
from hedu.define.ossie.write import Spec, document, text_of
from hedu.errors import DefinitionError
from tests.laws.test_define_text import DATASETS, METRICS, SETTINGS

MART = yaml.safe_load((Path(__file__).parents[1] / "library/ossie/mart.yaml").read_text(encoding="utf-8"))


def of_names(things: st.SearchStrategy[Any], least: int = 0) -> st.SearchStrategy[list[Any]]:
    return st.lists(things, min_size=least, max_size=3, unique_by=lambda one: one.name.casefold())


WORKSPACES = st.builds(d.Definitions, datasets=of_names(DATASETS, 1), metrics=of_names(METRICS), settings=SETTINGS)


def by_name(definitions: d.Definitions) -> dict[tuple[str, str], Any]:
    found: dict[tuple[str, str], Any] = {("dataset", one.name): one for one in definitions.datasets}
    return found | {("metric", one.name): one for one in definitions.metrics} | {("", ""): definitions.settings}


@settings(max_examples=60, deadline=None)
@given(WORKSPACES, st.sampled_from(["0.1.1", "0.2"]), st.booleans())
def test_any_definitions_come_back(definitions: d.Definitions, spec: Spec, as_json: bool) -> None:
    data, losses = document(definitions, spec)
    back = carried({"m.yaml": text_of(data, as_json=as_json)})
    before, after = by_name(definitions), by_name(back.definitions)
    assert not back.losses
    assert after == before
    assert {key: meaning_digest(one) for key, one in after.items()} == {
        key: meaning_digest(one) for key, one in before.items()
    }
    assert all(loss.path and loss.why.zh and loss.why.en for loss in losses)


def spots(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in plain data."""
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(spot for key, value in inner for spot in spots(value, (*path, key)))]


def put(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A copy with `value` at `path`."""
    if not path:
        return value
    copy = dict(data) if isinstance(data, dict) else list(data)
    copy[path[0]] = put(data[path[0]], path[1:], value)
    return copy


SPOTS = spots(MART)
SQL = st.sampled_from(
    ["SUM(sales.paid", "SUM(sales.paid) + sales.paid", "COUNT(*)", "a.b.c.d(", "'", "--", "/*", "SUM(1)/0", "\x00", "😀",
     "MAX(people.tier || goods.title)", "SUM(trips.minutes * sales.paid)", "revenue", "kept / kept_share", "sales.tickets"]
)  # fmt: skip
HOSTILE = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=6) | SQL | st.just([]) | st.just({}) | st.just("mart")
)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(SPOTS), HOSTILE), min_size=1, max_size=3))
def test_any_damage_is_told(damages: list[tuple[tuple[Any, ...], Any]]) -> None:
    """A document broken anywhere gives definitions and losses, or problems with their places; nothing else."""
    data = MART
    for path, value in damages:
        if path in spots(data):
            data = put(data, path, value)
    try:
        found = carried({"m.yaml": json.dumps(data)})
    except DefinitionError as error:
        assert all(problem.where is not None and problem.where.file == "m.yaml" for problem in error.problems)
        assert all(problem.what("zh") and problem.what("en") for problem in error.problems)
        return
    assert all(loss.path and loss.why.en for loss in found.losses)
    names = {one.name.casefold() for one in found.definitions.metrics}
    assert len(names) == len(found.definitions.metrics)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60) | st.binary(max_size=60))
def test_any_text_is_read_or_refused(text: str | bytes) -> None:
    try:
        found = carried({"m.yaml": text})
    except DefinitionError as error:
        assert error.problems[0].where is not None
        return
    assert not found.definitions.metrics
