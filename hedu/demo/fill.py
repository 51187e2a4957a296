"""The demo company -> a running centre: its data, people, rights, definitions and boards, through the centre's own deeds."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from hedu.demo.aims import fill_aims
from hedu.demo.command import demo
from hedu.demo.company import DEFAULT_SEED
from hedu.demo.disputes import fill_disputes
from hedu.demo.load import fill_warehouse
from hedu.demo.places import DEPARTMENTS, REGIONS
from hedu.demo.signing import fill_proposals
from hedu.demo.systems.people import REGION_CODES
from hedu.demo.understanding import fill_understanding

Say = Callable[[str], None]
TITLES = {
    "owner": ("指标负责人", "metric owner"), "liaison": ("联络人", "liaison"), "deputy": ("副联络人", "deputy liaison"),
    "manager": ("部门负责人", "head of department"), "analyst": ("分析师", "analyst"),
    "member": ("业务员", "salesperson"), "administrator": ("系统管理员", "administrator"),
}  # fmt: skip
FIRST = ("administrator", "liaison", "owner", "manager", "analyst", "deputy", "member")
"""People in this order of roles, so that whoever is shown first stands for all departments."""
TURNS = {"liaison": "sales", "owner": "finance", "manager": "operations", "analyst": "marketing", "deputy": "service"}
"""The department whose holder of a role comes first; the others follow round. So the first few are from all over."""
NAMED = (
    "revenue", "profit_margin", "csat_score", "retention", "market_share", "production_efficiency", "first_pass_yield",
)  # fmt: skip
CERTIFIED = (*NAMED, "sales_amount", "gross_margin", "order_count", "lead_count", "nps", "headcount", "escape_rate")
CLOSED_TO = {
    "sales_orders": (),
    "freight_by_line": (),
    "freight_by_order": (),
    "customer_months": ("service",),
    "opportunities": ("marketing",),
}
"""Datasets with rights by row: departments that may not see them at all."""
AWAY_DAYS = 60
"""How long those on leave are still away when the demo begins."""


def fill(home: Path, say: Say, seed: int = DEFAULT_SEED) -> None:
    """Make the company in `home`/company, load it into `home`/warehouse and fill the site. The site must be migrated."""
    say("生成演示公司 · making the demo company")
    company = demo(seed, home)
    say("装入仓库 · loading the warehouse")
    fill_warehouse(company, home / "warehouse", _progress(say))
    fill_center(home, say)


def fill_center(home: Path, say: Say = lambda _: None) -> None:
    """People, rights, definitions and boards of the company in `home`; its warehouse is already filled."""
    from hedu.center.catalog import actions as catalog
    from hedu.center.kernel.actor import SYSTEM

    company = home / "company"
    say("部门与人员 · departments and people")
    _departments(company)
    _people(company)
    _policies()
    say("发布口径 · publishing the definitions")
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted((company / "definitions").glob("*.yml"))}
    catalog.apply_texts(SYSTEM, texts, note="演示公司的初始口径 · the demo company as it starts")
    _favour_and_certify()
    fill_understanding(company)
    say("看板 · dashboards")
    _boards(company)
    fill_aims(company)
    fill_proposals(_actor)
    fill_disputes(company)


def _progress(say: Say) -> Callable[[str, int, int], None]:
    def told(table: str, done: int, total: int) -> None:
        if done and done % 12 == 0:
            say(f"  {done}/{total} {table}")

    return told


def _departments(company: Path) -> None:
    from hedu.center.kernel.actor import SYSTEM
    from hedu.center.people import actions

    actions.add_department(SYSTEM, code="company", name_zh="知衡传感", name_en="Zhiheng Sensors")
    for order, row in enumerate(yaml.safe_load((company / "people/departments.yml").read_text(encoding="utf-8"))):
        label = row["label"]
        actions.add_department(
            SYSTEM, code=row["name"], name_zh=label["zh"], name_en=label["en"], parent="company", order=order
        )
    for order, (code, region) in enumerate(zip(REGION_CODES, REGIONS, strict=True)):
        named = {"name_zh": f"{region}销售组", "name_en": f"Sales {code}"}
        actions.add_department(SYSTEM, code=f"sales-{code}", **named, parent="sales", order=order)


def _people(company: Path) -> None:
    from django.utils import timezone

    from hedu.center.kernel.actor import SYSTEM
    from hedu.center.people import actions

    with (company / "people/people.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = {name: (zh, en) for name, zh, en in DEPARTMENTS} | {"company": ("公司", "Company")}
    for row in sorted(rows, key=_turn):
        place = row["department"]
        if row["region"]:
            place = f"sales-{REGION_CODES[REGIONS.index(row['region'])]}"
        told = {key: row[key] for key in ("username", "name", "email")}
        for key, place_name, role in zip(
            ("title", "title_en"), names[row["department"]], TITLES[row["role"]], strict=True
        ):
            told[key] = f"{row['region'] or place_name} · {role}"
        actions.invite(SYSTEM, **told, department=place, role=row["role"])
        if row["status"] == "left":
            actions.deactivate(SYSTEM, row["username"])
    for row in (row for row in rows if row["status"] == "leave"):
        away = {"since": timezone.localdate(), "until": timezone.localdate() + timedelta(days=AWAY_DAYS)}
        actions.set_absence(SYSTEM, row["username"], **away, delegate=row["delegate"])


def _turn(person: dict[str, str]) -> tuple[int, int]:
    places = [name for name, _, _ in DEPARTMENTS]
    role, place = person["role"], person["department"]
    if role not in TURNS:
        return FIRST.index(role), 0
    return FIRST.index(role), (places.index(place) - places.index(TURNS[role])) % len(places)


def _policies() -> None:
    """A regional team sees its region; other departments see all rows, except those a dataset is closed to."""
    from hedu.center.kernel.actor import SYSTEM
    from hedu.center.people import actions

    for dataset, closed in CLOSED_TO.items():
        for code, region in zip(REGION_CODES, REGIONS, strict=True):
            where = f"region = '{region}'"
            actions.grant(SYSTEM, dataset=dataset, where=where, department=f"sales-{code}", note="只看本区")
        everybody = ("company", *(name for name, _, _ in DEPARTMENTS if name not in closed))
        for place in everybody:
            actions.grant(SYSTEM, dataset=dataset, department=place, with_subtree=False)
    for column in ("customer_name", "contact", "phone"):
        for place in ("sales", "service"):
            actions.grant(
                SYSTEM, dataset="crm_customers", effect="column", column=column, department=place, note="客户隐私"
            )


def _actor(username: str) -> Any:
    from hedu.center.kernel.models import User
    from hedu.center.people.reads import actor_of

    return actor_of(User.objects.get(username=username))


def _favour_and_certify() -> None:
    from hedu.center.catalog import actions
    from hedu.center.catalog.models import Metric

    owners = dict(Metric.objects.filter(name__in=CERTIFIED).values_list("name", "department__code"))
    for metric in CERTIFIED:
        actions.certify(_actor(f"{owners[metric]}.owner"), metric, note="口径已核对")
    for name, _, _ in DEPARTMENTS:
        actor = _actor(f"{name}.owner")
        mine = (
            Metric.objects.filter(department__code=name, is_retired=False)
            .order_by("name")
            .values_list("name", flat=True)
        )
        chosen = [metric for metric in CERTIFIED if owners[metric] == name] or list(mine[:2])
        for metric in dict.fromkeys((*chosen, "revenue")):
            actions.favourite(actor, metric)


def _boards(company: Path) -> None:
    from hedu.center.dashboards import actions

    for board in yaml.safe_load((company / "people/boards.yml").read_text(encoding="utf-8")):
        actor = _actor(board["owner"])
        english = replace(actor, lang="en")
        made = actions.create_dashboard(actor, name=board["name"]["zh"], scope="company")
        actions.rename_dashboard(english, made.pk, name=board["name"]["en"])
        places = []
        for tile in board["tiles"]:
            view = actions.save_view(
                actor, name=tile["view"]["zh"], question=_question(tile), chart={"kind": tile["kind"]}, scope="company"
            )
            actions.rename_view(english, view.pk, name=tile["view"]["en"])
            view.refresh_from_db()
            added = actions.add_tile(actor, made.pk, view=view.pk)
            content = {"question": view.question, "chart": view.chart}
            x, y, w, h = tile["at"]
            places.append({"id": added.pk, "title": "", "text": "", "x": x, "y": y, "w": w, "h": h, "view": content})
        made.refresh_from_db()
        actions.save_layout(actor, made.pk, version=made.version, tiles=places, filters=_filters(board))


def _question(tile: dict[str, Any]) -> dict[str, Any]:
    keys = ("metrics", "by", "where", "compare", "order", "limit")
    asked = {key: tile[key] for key in keys if key in tile}
    return {"since": str(tile.get("since", "2025-10")), "until": "2026-09", **asked}


def _filters(board: dict[str, Any]) -> list[dict[str, Any]]:
    labels = {"region": "大区", "channel": "渠道", "product_line": "产品线", "department": "部门"}
    return [{"path": path, "label": labels[path], "type": "text", "values": []} for path in board["filters"]]
