"""Tables -> files: which system keeps which table in which file, and the manifest that loads them again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from hedu.demo.files import (
    Columns,
    table_of,
    write_csv,
    write_excel,
    write_json_lines,
    write_parquet,
    write_sqlite,
)

Format = Literal["csv", "parquet", "excel", "jsonl", "sqlite"]
TYPES = {"string": "text", "int64": "integer", "double": "number", "date32[day]": "date"}
REFERENCES = {
    "crm.order_lines": {"客户编号": "crm.customers.客户编号", "产品编码": "wms.products.product_code",
                        "业务员": "crm.salespeople.姓名"},
    "crm.customer_months": {"客户编号": "crm.customers.客户编号"},
    "crm.opportunities": {"客户编号": "crm.customers.客户编号", "业务员": "crm.salespeople.姓名"},
    "erp.invoice_lines": {"customer_code": "erp.customers.customer_code", "product_code": "wms.products.product_code"},
    "erp.refunds": {"customer_code": "erp.customers.customer_code", "product_code": "wms.products.product_code"},
    "svc.tickets": {"customer_code": "svc.customers.customer_code"},
    "prd.usage": {"customer_no": "crm.customers.客户编号"},
    "mkt.leads": {"活动编号": "mkt.campaigns.活动编号"},
}  # fmt: skip
"""Keys that match exactly once, proved on every load: questions may then join without looking for orphans."""


MOMENTS = {"svc.tickets": {"created_at": "timestamp"}}
"""Texts with a clock of their own in the files, moments once loaded: as UTC tells them, as their dimensions say."""


@dataclass(frozen=True, slots=True)
class Place:
    """One table's home. `above` are lines over the header of a sheet."""

    table: str
    file: str
    format: Format
    encoding: str = "utf-8"
    separator: str = ","
    sheet: str = ""
    above: tuple[str, ...] = ()


def _sheets(file: str, *sheets: tuple[str, str, tuple[str, ...]]) -> tuple[Place, ...]:
    return tuple(Place(table, file, "excel", sheet=sheet, above=above) for table, sheet, above in sheets)


def _kpi(department: str, *names: str) -> tuple[Place, ...]:
    return tuple(Place(f"kpi.{name}", f"kpi/{department}-{name}.csv", "csv", "utf-8-sig") for name in names)


MARKETING = ("知衡传感 市场部", "制表: 市场运营组 内部资料请勿外传")
PLACES: tuple[Place, ...] = (
    Place("crm.order_lines", "crm/订单行.csv", "csv", "gb18030"),
    Place("crm.customers", "crm/客户.csv", "csv", "gb18030"),
    Place("crm.salespeople", "crm/业务员.csv", "csv", "gb18030"),
    Place("crm.customer_months", "crm/老客户台账.csv", "csv", "gb18030"),
    Place("crm.opportunities", "crm/商机.csv", "csv", "gb18030"),
    Place("erp.invoice_lines", "erp/invoice_lines.parquet", "parquet"),
    Place("erp.refunds", "erp/refunds.csv", "csv"),
    Place("erp.customers", "erp/customers.csv", "csv"),
    Place("erp.expenses", "erp/expenses.csv", "csv"),
    Place("erp.deliveries", "erp/deliveries.parquet", "parquet"),
    Place("erp.freight_bills", "erp/freight_bills.parquet", "parquet"),
    Place("erp.return_notes", "erp/return_notes.csv", "csv"),
    Place("erp.purchase_receipts", "erp/purchase_receipts.csv", "csv"),
    Place("wms.shipments", "wms/shipments.parquet", "parquet"),
    Place("wms.products", "wms/products.csv", "csv"),
    Place("wms.production", "wms/production.csv", "csv", separator="\t"),
    Place("wms.quality", "wms/quality.csv", "csv", separator="\t"),
    Place("wms.inventory", "wms/inventory.parquet", "parquet"),
    Place("wms.returns", "wms/returns.csv", "csv"),
    Place("wms.purchases", "wms/purchases.csv", "csv"),
    *_sheets(
        "marketing/营销台账.xlsx",
        ("mkt.campaigns", "活动", MARKETING),
        ("mkt.spend", "投放周报", (*MARKETING, "金额单位: 元")),
        ("mkt.leads", "线索", MARKETING),
    ),
    *_sheets("marketing/行业与竞品.xlsx", ("mkt.market_share", "销售规模", ("数据来源: 行业协会与经销商访谈",))),
    Place("svc.tickets", "service/tickets.jsonl", "jsonl"),
    Place("svc.surveys", "service/surveys.jsonl", "jsonl"),
    Place("svc.customers", "service/customers.jsonl", "jsonl"),
    Place("prd.requirements", "product/requirements.csv", "csv"),
    Place("prd.nps", "product/nps.csv", "csv", "utf-8-sig"),
    Place("prd.usage", "product/usage.parquet", "parquet"),
    Place("rnd.releases", "rnd/quality.sqlite", "sqlite"),
    Place("rnd.defects", "rnd/quality.sqlite", "sqlite"),
    Place("hr.headcount", "hr/在岗人数.csv", "csv", "utf-16", ";"),
    Place("hr.training", "hr/培训.csv", "csv", "utf-16", ";"),
    *_sheets("finance/部门预算.xlsx", ("fin.budget", "预算", ("2024 至 2026 年度部门费用预算", "单位: 元"))),
    Place("fin.fx_rates", "finance/fx_rates.csv", "csv"),
    *_kpi("marketing", "brand_awareness", "web_visits", "ad_spend", "active_customers_quarter", "leads_weekly"),
    *_kpi("marketing", "dealer_sellout"),
    *_kpi("sales", "direct_sales", "export_sales", "quarter_orders", "regional_customers"),
    *_kpi("service", "complaints", "handle_time", "csat_national", "tickets_weekly"),
    *_kpi("operations", "first_pass", "supplier_score", "energy_compliance", "machine_uptime", "safety_incidents"),
    *_kpi("operations", "warehousing"),
    *_kpi("product", "nps_national"),
    *_kpi("rnd", "major_incidents", "quarter_releases"),
    *_kpi("hr", "training_completion", "employee_satisfaction", "canteen_score", "punctuality"),
)


def write_tables(tables: Mapping[str, Columns], root: Path) -> None:
    """Every table into its file; sheets of one workbook and tables of one SQLite file go together."""
    shared: dict[str, dict[str, Any]] = {}
    for place in PLACES:
        path, columns = root / place.file, tables[place.table]
        match place.format:
            case "csv":
                write_csv(path, columns, place.encoding, place.separator)
            case "parquet":
                write_parquet(path, columns)
            case "jsonl":
                write_json_lines(path, columns)
            case "excel":
                shared.setdefault(place.file, {})[place.sheet] = (place.above, columns)
            case "sqlite":
                shared.setdefault(place.file, {})[place.table.split(".")[1]] = columns
    for file, parts in shared.items():
        write = write_excel if file.endswith(".xlsx") else write_sqlite
        write(root / file, parts)


def write_manifest(tables: Mapping[str, Columns], path: Path) -> None:
    """load.yml: for each table its file, how to read it, and the type every column should come out as."""
    loads = [_load(place, tables[place.table]) for place in PLACES]
    text = yaml.safe_dump({"version": 1, "loads": loads}, allow_unicode=True, sort_keys=False, width=110)
    path.write_text(text, encoding="utf-8")


def _load(place: Place, columns: Columns) -> dict[str, Any]:
    load: dict[str, Any] = {"table": place.table, "file": place.file, "format": place.format}
    if place.format == "csv":
        load |= {"encoding": place.encoding, "separator": place.separator}
    if place.format == "excel":
        load |= {"sheet": place.sheet, "header_row": len(place.above) + 1}
    if place.format == "sqlite":
        load["source_table"] = place.table.split(".")[1]
    if place.format != "parquet":
        schema = table_of(columns).schema
        load["types"] = {field.name: TYPES[str(field.type)] for field in schema} | MOMENTS.get(place.table, {})
    if place.table in MOMENTS:
        load["time_zone"] = "UTC"
    if place.table in REFERENCES:
        load["references"] = REFERENCES[place.table]
    return load
