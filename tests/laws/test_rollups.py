"""Laws of rollups: whatever tables are aggregated beforehand, every question has the same answer, for everybody."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import hedu
from hedu.engine.warehouse import Warehouse
from hedu.errors import HeduError
from hedu.intake.rolling import build_rollups
from hedu.query import ALL, Access, Mask
from tests.laws.rolled import rolled_shop, rollups, shop_warehouse
from tests.laws.shop import ADDITIVE, OTHERS, POLICIES, questions
from tests.laws.test_questions import close, same_rows

EXAMPLES = max(int(os.environ.get("HEDU_LAW_EXAMPLES", "500")) // 200, 12)
MASKS = (
    Access(masks=(Mask("customers", "region"),)),
    Access(masks=(Mask("orders", "status"), Mask("products", "category"))),
    Access(hidden=("nations",)),
)
ROUTED = {"all": 0, "some": 0}
COMPARED = ((), (), (), ("previous",), ("last_year",))


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return shop_warehouse(tmp_path_factory.mktemp("rolled"))


@pytest.fixture(scope="module")
def plain(warehouse: Warehouse) -> Iterator[hedu.Workspace]:
    workspace = rolled_shop(warehouse)
    yield workspace
    workspace.close()


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_rollup_changes_no_answer(warehouse: Warehouse, plain: hedu.Workspace, data: st.DataObject) -> None:
    declared = data.draw(rollups(plain.model))
    rolled = rolled_shop(warehouse, declared)
    build_rollups(warehouse, rolled.model)
    for _ in range(20):
        question = data.draw(questions(plain, ADDITIVE + OTHERS, bridges=False))
        question["access"] = data.draw(
            st.one_of(st.just(ALL), st.sampled_from([one.access for one in POLICIES]), st.sampled_from(MASKS))
        )
        question["totals"] = data.draw(st.booleans())
        question["window"] = data.draw(st.sampled_from((None, None, None, "7 days", "3 months", "year")))
        if any(name.startswith("metric_time.") for name in question["by"]):
            question["compare"] = data.draw(st.sampled_from(COMPARED))
        try:
            expected = plain.ask(**question)
        except HeduError as error:
            with pytest.raises(type(error)) as raised:
                rolled.ask(**question)
            assert raised.value.code == error.code
            continue
        answer = rolled.ask(**question)
        ROUTED["all" if question["access"] == ALL else "some"] += bool(answer.receipt.rollups)
        assert same_rows(answer, expected), (declared, question, answer.receipt.sql)
        assert answer.table.schema == expected.table.schema, (declared, question, answer.receipt.sql)
        if answer.totals is not None and expected.totals is not None:
            assert same_totals(answer.totals, expected.totals), (declared, question)
    rolled.close()


def same_totals(one: pa.Table, other: pa.Table) -> bool:
    (mine,), (theirs,) = one.to_pylist(), other.to_pylist()
    return all(close(mine[name], theirs[name]) for name in theirs)


def test_rollups_were_read() -> None:
    """The law above would hold of rollups that nobody reads."""
    assert ROUTED["all"] > 30, ROUTED
    assert ROUTED["some"] > 2, ROUTED
