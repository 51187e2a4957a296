"""A model kept from before is the model the texts resolve to, or it is not used."""

from __future__ import annotations

from pathlib import Path

import pytest

import hedu
from hedu.define.folder import folder
from hedu.model import compiled
from tests.laws.shop import WORLD

ORDERS = """\
version: 1
dataset: orders
source: erp.orders
primary_key: id
entities: {customer: customer_id}
time: paid_on
dimensions: {channel: {}, paid_on: {type: date}}
measures: {amount: {agg: sum, unit: CNY}, lines: {agg: count}}
---
version: 1
dataset: customers
source: crm.customers
primary_key: id
entities: {customer: id}
dimensions: {region: {label: {zh: 大区, en: Region}}}
x: {tool: {deep: [1, 2.5, yes, null]}}
---
version: 1
metric: revenue
simple: {measure: orders.amount, where: "customer.region = 'East'"}
---
version: 1
metric: average_order
ratio: {numerator: revenue, denominator: orders}
---
version: 1
metric: orders
simple: orders.lines
---
version: 1
metric: told
reported: {grain: month, agg: sum, dimensions: {region: {}}}
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HEDU_CACHE", str(tmp_path / "kept"))
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "all.yml").write_text(ORDERS, encoding="utf-8")
    return tmp_path


def kept_in(place: Path) -> list[Path]:
    return sorted((place / "kept").glob("*.model"))


def never_read(texts: object) -> None:
    raise AssertionError("resolved again")


def test_a_kept_model_is_the_resolved_one(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = hedu.load(place / "m")
    monkeypatch.setattr(compiled, "resolved", never_read)
    again = hedu.load(place / "m")
    assert dict(again.model.metrics) == dict(made.model.metrics)
    assert list(again.model.metrics) == list(made.model.metrics)
    assert dict(again.model.datasets) == dict(made.model.datasets)
    assert again.model.uses == made.model.uses
    assert again.model.settings == made.model.settings
    assert tuple(again.definitions.metrics) == made.definitions.metrics
    assert tuple(again.definitions.datasets) == made.definitions.datasets
    assert again.definitions.metrics[0].marks == dict(made.definitions.metrics[0].marks)
    assert again.check() == made.check()


@pytest.mark.parametrize("metrics", ["revenue", "average_order", "told", ["orders", "revenue"]])
def test_it_compiles_to_the_same_sql(place: Path, metrics: str | list[str]) -> None:
    first, second = hedu.load(place / "m"), hedu.load(place / "m")
    by = () if metrics == "told" else "customer.region"
    assert second.compile(metrics, by=by) == first.compile(metrics, by=by)
    assert second.dimensions_of(metrics) == first.dimensions_of(metrics)


@pytest.mark.parametrize(
    "source", [WORLD, Path(hedu.__file__).parent / "demo" / "definitions"], ids=lambda one: one.name
)
def test_whole_companies_can_be_kept(place: Path, source: Path) -> None:
    made, again = hedu.load(source), hedu.load(source)
    assert len(kept_in(place)) == 1
    assert dict(again.model.metrics) == dict(made.model.metrics)
    assert {name: one.joins for name, one in again.model.datasets.items()} == {
        name: one.joins for name, one in made.model.datasets.items()
    }
    assert any(one.joins for one in again.model.datasets.values())


def test_what_the_checks_find_is_kept_too(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / "m" / "all.yml").write_text(
        ORDERS + "owner: nobody\n---\nversion: 1\nworkspace: w\ndepartments: {finance: {}}\n", encoding="utf-8"
    )
    first = hedu.load(place / "m").check()
    assert [problem.code for problem in first] == ["department-unknown"]
    monkeypatch.setattr("hedu.model.checks.faults", never_read)
    assert hedu.load(place / "m").check() == first
    next((place / "kept").glob("*.faults")).write_bytes(b"damaged")
    with pytest.raises(AssertionError, match="resolved again"):
        hedu.load(place / "m").check()


def test_any_change_of_a_text_is_seen(place: Path) -> None:
    hedu.load(place / "m")
    (place / "m" / "all.yml").write_text(ORDERS.replace("'East'", "'West'"), encoding="utf-8")
    assert "West" in hedu.load(place / "m").compile("revenue")
    (place / "m" / "more.yml").write_text("version: 1\nmetric: twice\nsimple: orders.lines\n", encoding="utf-8")
    assert "twice" in hedu.load(place / "m").model.metrics
    assert len(kept_in(place)) == 3


def test_problems_are_kept_with_their_places(place: Path) -> None:
    (place / "m" / "all.yml").write_text(ORDERS + "---\nversion: 1\nmetric: x\nsimple: orders.amonut\n")
    first, second = hedu.load(place / "m"), hedu.load(place / "m")
    assert [problem.code for problem in first.problems] == ["measure-unknown"]
    assert [problem.as_json() for problem in second.problems] == [problem.as_json() for problem in first.problems]
    assert len(kept_in(place)) == 1


@pytest.mark.parametrize("content", [b"", b"not of ours", b"\xe9\x01\x00\x00\x00", b"i\x01\x00\x00\x00"])
def test_a_damaged_file_is_passed_over(place: Path, content: bytes) -> None:
    before = hedu.load(place / "m").compile("revenue")
    kept_in(place)[0].write_bytes(content)
    assert hedu.load(place / "m").compile("revenue") == before


def test_what_cannot_be_kept_is_no_harm(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / "kept").write_text("a file where the folder should be")
    assert hedu.load(place / "m").model.metrics["revenue"].unit == "CNY"
    monkeypatch.setenv("HEDU_CACHE", "off")
    assert "revenue" in hedu.load(place / "m").model.metrics


def test_a_folder_brings_no_kept_model_with_it(place: Path) -> None:
    hedu.load(place / "m")
    assert not [file for file in (place / "m").rglob("*") if file.suffix != ".yml"]


def test_old_models_make_way(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "_KEPT_AT_MOST", 2)
    for number in range(4):
        (place / "m" / "all.yml").write_text(ORDERS + f"# {number}\n", encoding="utf-8")
        hedu.load(place / "m")
    assert len(kept_in(place)) == 2


def test_a_name_in_no_text_is_unknown(place: Path) -> None:
    hedu.load(place / "m")
    model = hedu.load(place / "m").model
    assert "nothing" not in model.metrics
    with pytest.raises(KeyError):
        model.metrics["nothing"]
    assert folder(place / "m")
