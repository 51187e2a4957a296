"""A real warehouse of many departments: totals as published, and every answer equal to independent SQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

import hedu
from hedu.errors import HeduError

HERE = Path(__file__).parent
DATA = Path(os.environ.get("HEDU_TEST_DATA", HERE.parents[2] / "shared" / "data")) / "adventureworks"
pytestmark = pytest.mark.skipif(not DATA.exists(), reason=f"AdventureWorks is not at {DATA}")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("adventureworks") / "aw.duckdb"
    with duckdb.connect(str(path)) as connection:
        for file in DATA.glob("*.parquet"):
            connection.execute(f"create table {file.stem} as select * from read_parquet('{file}')")
    return path


@pytest.fixture(scope="module")
def ws(database: Path) -> Iterator[hedu.Workspace]:
    workspace = hedu.load(HERE / "adventureworks", engine=f"duckdb:///{database}", strict=True)
    yield workspace
    workspace.close()


def rows_of(database: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def answer(ws: hedu.Workspace, *args: Any, **kwargs: Any) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in ws.ask(*args, **kwargs).rows()]


def same(ours: list[tuple[Any, ...]], theirs: list[tuple[Any, ...]]) -> None:
    assert len(ours) == len(theirs) > 0
    for own, other in zip(sorted(ours, key=str), sorted(theirs, key=str), strict=True):
        for a, b in zip(own, other, strict=True):
            assert a == b or float(a) == pytest.approx(float(b), rel=1e-9), (own, other)


def test_published_totals(ws: hedu.Workspace) -> None:
    row = ws.ask(["internet_sales", "reseller_sales"]).rows()[0]
    assert float(row["internet_sales"]) == pytest.approx(29_358_677.2207, abs=1e-4)
    assert float(row["reseller_sales"]) == pytest.approx(80_450_596.9823, abs=1e-4)


def test_published_years(ws: hedu.Workspace) -> None:
    found = {row[0].year: round(float(row[1]), 2) for row in answer(ws, "internet_sales", by="metric_time.year")}
    published = {2010: 43_421.04, 2011: 7_075_525.93, 2012: 5_842_485.20, 2013: 16_351_550.34, 2014: 45_694.72}
    assert found == published


def test_two_facts_by_territory_and_year(ws: hedu.Workspace, database: Path) -> None:
    ours = answer(ws, ["internet_sales", "reseller_sales"], by=["territory.region", "metric_time.year"])
    theirs = rows_of(
        database,
        """
        with i as (select SalesTerritoryRegion r, date_trunc('year', OrderDate)::date y, sum(SalesAmount) v
                   from FactInternetSales join DimSalesTerritory using (SalesTerritoryKey) group by 1, 2),
             s as (select SalesTerritoryRegion r, date_trunc('year', OrderDate)::date y, sum(SalesAmount) v
                   from FactResellerSales join DimSalesTerritory using (SalesTerritoryKey) group by 1, 2)
        select coalesce(i.r, s.r), coalesce(i.y, s.y), i.v, s.v from i full join s on i.r = s.r and i.y = s.y
        """,
    )
    same(ours, theirs)


def test_sales_with_quota_by_year(ws: hedu.Workspace, database: Path) -> None:
    ours = answer(ws, ["internet_sales", "reseller_sales", "quota"], by="metric_time.year")
    theirs = rows_of(
        database,
        """
        select y, max(a), max(b), max(c) from (
          select date_trunc('year', OrderDate)::date y, sum(SalesAmount) a, null b, null c from FactInternetSales group by 1
          union all select date_trunc('year', OrderDate)::date, null, sum(SalesAmount), null from FactResellerSales group by 1
          union all select date_trunc('year', Date)::date, null, null, sum(SalesAmountQuota) from FactSalesQuota group by 1
        ) group by 1
        """,
    )
    same(ours, theirs)


def test_quota_by_territory_is_refused_with_the_reason(ws: hedu.Workspace) -> None:
    with pytest.raises(HeduError) as caught:
        ws.ask("quota", by="territory.region")
    assert caught.value.code == "dimension-has-many"
    assert "one salesperson may have several" in str(caught.value)
    assert "reseller_sales" in str(caught.value)


def test_sales_by_reason_counts_each_sale_once_per_reason_and_the_total_once(
    ws: hedu.Workspace, database: Path
) -> None:
    result = ws.ask("internet_sales", by="reason.reason_name", totals=True)
    theirs = rows_of(
        database,
        """
        select SalesReasonName, sum(SalesAmount) from (
          select distinct f.SalesOrderNumber, f.SalesOrderLineNumber, r.SalesReasonName, f.SalesAmount
          from FactInternetSales f left join FactInternetSalesReason b using (SalesOrderNumber, SalesOrderLineNumber)
          left join DimSalesReason r using (SalesReasonKey)) group by 1
        """,
    )
    same([tuple(row.values()) for row in result.rows()], theirs)
    assert result.totals is not None
    assert float(result.totals.to_pylist()[0]["internet_sales"]) == pytest.approx(29_358_677.2207, abs=1e-4)


def test_actual_against_budget_by_department_group(ws: hedu.Workspace, database: Path) -> None:
    ours = answer(ws, ["actual", "budget", "actual_over_budget"], by="department_group.department_group_name")
    theirs = rows_of(
        database,
        """
        select DepartmentGroupName, sum(case when ScenarioName = 'Actual' then Amount end) a,
          sum(case when ScenarioName = 'Budget' then Amount end) b, a / nullif(b, 0)
        from FactFinance join DimScenario using (ScenarioKey) join DimDepartmentGroup using (DepartmentGroupKey)
        where ScenarioName in ('Actual', 'Budget') group by 1
        """,
    )
    same(ours, theirs)


def test_margin_by_category_three_hops(ws: hedu.Workspace, database: Path) -> None:
    ours = answer(ws, ["internet_margin", "internet_orders"], by="category.category_name")
    theirs = rows_of(
        database,
        """
        select EnglishProductCategoryName, (sum(SalesAmount) - sum(TotalProductCost)) / sum(SalesAmount),
          count(distinct SalesOrderNumber)
        from FactInternetSales join DimProduct using (ProductKey) join DimProductSubcategory using (ProductSubcategoryKey)
        join DimProductCategory using (ProductCategoryKey) group by 1
        """,
    )
    same(ours, theirs)


def test_call_center_and_survey(ws: hedu.Workspace, database: Path) -> None:
    same(
        answer(ws, ["calls", "issues_per_call", "service_grade"], by="shift"),
        rows_of(
            database,
            "select Shift, sum(Calls), sum(IssuesRaised) / sum(Calls), avg(ServiceGrade) from FactCallCenter group by 1",
        ),
    )
    same(
        answer(ws, ["survey_answers", "internet_orders"], by="customer.occupation"),
        rows_of(
            database,
            """
            with a as (select EnglishOccupation o, count(*) n from FactSurveyResponse left join DimCustomer using (CustomerKey) group by 1),
            b as (select EnglishOccupation o, count(distinct SalesOrderNumber) n from FactInternetSales left join DimCustomer using (CustomerKey) group by 1)
            select coalesce(a.o, b.o), coalesce(a.n, 0), coalesce(b.n, 0) from a full join b on a.o is not distinct from b.o
            """,
        ),
    )
