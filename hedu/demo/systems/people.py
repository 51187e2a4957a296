"""Who works here and who may see what: users, liaisons, grants, row policies."""

from __future__ import annotations

from typing import Any

from hedu.demo.company import Company
from hedu.demo.dates import rng
from hedu.demo.files import Columns
from hedu.demo.names import unique_people
from hedu.demo.places import DEPARTMENTS, REGIONS

ROLES = ("owner", "manager", "liaison", "deputy", "analyst")
REGION_CODES = ("east", "north", "south", "central", "southwest", "northwest", "northeast")
SPECIAL: tuple[tuple[str, str, str, str, str, str], ...] = (
    ("product.former", "product", "member", "left", "2026-05-31", ""),
    ("rnd.former", "rnd", "owner", "left", "2026-03-31", ""),
    ("rnd.successor", "rnd", "owner", "active", "", ""),
    ("marketing.onleave", "marketing", "owner", "leave", "", "marketing.owner"),
    ("admin", "company", "administrator", "active", "", ""),
)
"""User, department, role, status, date of leaving, who stands in."""
STATUS = {"rnd.liaison": ("left", "2026-06-30"), "rnd.deputy": ("left", "2026-04-30"), "product.liaison": ("left", "2026-08-15"),
          "hr.liaison": ("leave", "")}  # fmt: skip
"""R&D has lost both; product and HR still have a deputy."""
FIELDS = ("username", "name", "department", "role", "region", "status", "left_on", "delegate", "email")


def make_people(company: Company) -> Columns:
    """Five posts per department, the salespeople of the regions, and a few whose story matters."""
    posts = [
        (f"{d}.{role}", d, role, *STATUS.get(f"{d}.{role}", ("active", "")))
        for d, _, _ in DEPARTMENTS
        for role in ROLES
    ]
    names = iter(unique_people(rng(company.seed, "people"), len(posts) + len(SPECIAL) + 4))
    rows = [
        (u, next(names), d, role, "", status, left, "", f"{u}@zhiheng.example") for u, d, role, status, left in posts
    ]
    rows += [(u, next(names), d, r, "", s, left, who, f"{u}@zhiheng.example") for u, d, r, s, left, who in SPECIAL]
    market = company.market
    per_region = len(market.sellers) // len(REGIONS)
    for at, name in enumerate(market.sellers):
        region = int(market.seller_region[at])
        user = f"sales.{REGION_CODES[region]}{at % per_region + 1}"
        rows.append((user, name, "sales", "member", REGIONS[region], "active", "", "", f"{user}@zhiheng.example"))
    return {field: [row[at] for row in rows] for at, field in enumerate(FIELDS)}


def make_policies() -> list[dict[str, Any]]:
    """Regional teams see their region; names and phones of customers are for sales and service only."""
    datasets = ("sales_orders", "customer_months", "opportunities")
    rows: list[dict[str, Any]] = [
        {"team": f"sales-{code}", "label": {"zh": f"{region}销售组", "en": f"Sales {code}"}, "dataset": name,
         "where": f"region = '{region}'"}
        for code, region in zip(REGION_CODES, REGIONS, strict=True)
        for name in datasets
    ]  # fmt: skip
    masks: list[dict[str, Any]] = [
        {"except": ["sales", "service"], "dataset": "crm_customers", "mask": column}
        for column in ("customer_name", "contact", "phone")
    ]
    return rows + masks


def make_grants() -> Columns:
    """Datasets open to the whole company, and those granted to single departments."""
    shared = (
        "sales_orders",
        "invoice_lines",
        "refunds",
        "shipments",
        "production",
        "inspections",
        "inventory",
        "tickets",
        "surveys",
        "leads",
        "market",
        "nps_answers",
        "device_months",
        "defects",
        "releases",
        "requirements",
    )
    rows = [("company", name, "", "2024-01-01", "", "") for name in shared]
    rows += [
        ("sales", "customer_months", "", "2024-01-01", "", ""),
        ("sales", "opportunities", "", "2024-01-01", "", ""),
        ("sales-east", "opportunities", "", "2025-01-01", "", "region = '华东'"),
        ("finance", "expenses", "", "2024-01-01", "", ""),
        ("finance", "budget", "", "2024-01-01", "", ""),
        ("operations", "expenses", "manager", "2025-01-01", "", "department = '运营'"),
        ("marketing", "ad_spending", "", "2024-01-01", "", ""),
        ("hr", "headcount", "", "2024-01-01", "", ""),
        ("hr", "trainings", "", "2024-01-01", "", ""),
        ("finance", "headcount", "", "2025-01-01", "2026-06-30", ""),
        ("finance", "headcount", "", "2026-07-01", "", ""),
    ]
    names = ("subject", "dataset", "role", "granted_on", "expires_on", "rows")
    return {name: [row[at] for row in rows] for at, name in enumerate(names)}


def make_goals() -> list[dict[str, Any]]:
    """The goal tree: what each department answers for, and through which metric."""
    rows = (
        ("G0", None, "finance", "profit", "decomposes", ""),
        ("G1", "G0", "finance", "revenue", "decomposes", ""),
        ("G2", "G0", "finance", "expense_ratio", "contributes", ""),
        ("G3", "G1", "sales", "sales_amount", "contributes", ""),
        ("G4", "G1", "service", "retention", "contributes", ""),
        ("G5", "G3", "marketing", "win_rate", "contributes", ""),
        ("G6", "G3", "marketing", "lead_count", "contributes", ""),
        ("G7", "G4", "service", "csat_score", "contributes", ""),
        ("G8", "G4", "operations", "on_time_operations", "supports", ""),
        ("G9", "G0", "operations", "production_efficiency", "contributes", ""),
        ("G10", "G9", "operations", "first_pass_yield", "guards", ""),
        ("G11", "G4", "product", "nps", "supports", ""),
        ("G12", "G4", "rnd", "escape_rate", "supports", ""),
        ("G13", "G0", "hr", "leaver_rate", "supports", ""),
        ("G14", "G2", "operations", "warehousing_cost", "contributes", "department = '运营'"),
        ("G15", "G1", "finance", "revenue_per_head", "supports", ""),
        ("G16", "G3", "sales-east", "win_rate", "contributes", "region = '华东'"),
        ("G17", "G11", "product", "active_customers_product", "contributes", ""),
    )
    names = ("id", "parent", "department", "metric", "edge", "scope")
    return [dict(zip(names, row, strict=True)) for row in rows]
