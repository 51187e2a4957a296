"""The shop in a warehouse, and random rollups over it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import yaml
from hypothesis import strategies as st

import hedu
from hedu.define.definitions import RollupDef
from hedu.engine.warehouse import Warehouse
from hedu.model.rollups import rollup_of
from hedu.model.types import Model
from hedu.plan.offered import paths_from
from tests.laws.shop import NOW, WORLD

FILTERS = {
    "orders": ("status = 'paid'", "customer.region = '华东'"),
    "lines": ("order.status = 'paid'", "product.category = '传感器'"),
    "tickets": ("customer.region = '华东'",),
}


def shop_texts(rollups: dict[str, Any] | None = None) -> dict[str, str]:
    """The shop's definitions, with rollups declared."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(WORLD.glob("*.yml"))}
    head, mark, rest = texts["definitions.yml"].partition("\n---\n")
    told = yaml.safe_dump({"rollups": rollups}, allow_unicode=True, sort_keys=False) if rollups else ""
    return {**texts, "definitions.yml": f"{head}\n{told}{mark}{rest}"}


def shop_warehouse(folder: Path) -> Warehouse:
    """All tables of the shop, loaded into a warehouse."""
    with duckdb.connect() as connection:
        connection.execute((WORLD / "tables.sql").read_text(encoding="utf-8"))
        names = [name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()]
        warehouse = Warehouse(folder / "warehouse")
        with warehouse.writing() as batch:
            for name in names:
                batch.put(name, connection.table(name).to_arrow_table())
    return warehouse


def rolled_shop(warehouse: Warehouse, declared: dict[str, Any] | None = None, **more: Any) -> hedu.Workspace:
    """A workspace over the warehouse that declares rollups."""
    return hedu.load(shop_texts(declared), engine=f"duckdb:///{warehouse.folder}", now=NOW, strict=True, **more)


@st.composite
def rollups(draw: Any, model: Model) -> dict[str, Any]:
    """A few rollups that can hold something, by name."""
    found: dict[str, Any] = {}
    for at in range(draw(st.integers(2, 4))):
        fact = model.datasets[
            draw(st.sampled_from(("orders", "lines", "tickets", "stock", "quotas", "orders", "lines")))
        ]
        offered = {
            path: target
            for path, target in paths_from(model, fact).items()
            if not any(join.fans for join in target.joins) and (target.dimension is None or not target.dimension.metric)
        }
        one: dict[str, Any] = {
            "measures": draw(
                st.lists(st.sampled_from([f"{fact.name}.{name}" for name in fact.measures]), min_size=1, unique=True)
            ),
            "dimensions": draw(st.lists(st.sampled_from(sorted(offered)), max_size=5, unique=True)),
            "time": draw(st.sampled_from((None, "day", "week", "month", "quarter"))),
            "where": draw(st.sampled_from((None, None, *FILTERS.get(fact.name, ())))),
        }
        # What cannot be held is left out, one measure or dimension at a time.
        one["measures"] = [name for name in one["measures"] if _holds(model, {**one, "measures": [name]})]
        if one["measures"] and _holds(model, one):
            found[f"r{at}"] = {key: value for key, value in one.items() if value}
    return found


def _holds(model: Model, one: dict[str, Any]) -> bool:
    made = RollupDef(
        "r", measures=tuple(one["measures"]), dimensions=tuple(one["dimensions"]), time=one["time"], where=one["where"]
    )
    return rollup_of(model, made, []) is not None
