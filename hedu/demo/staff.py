"""The company's people files -> departments, accounts, roles and data policies in the centre."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from hedu.center.kernel.actor import SYSTEM
from hedu.center.people import actions
from hedu.demo.places import DEPARTMENTS, REGIONS
from hedu.demo.systems.people import REGION_CODES

FACES = (
    "admin",
    "sales.manager",
    "sales.liaison",
    "sales.east1",
    "sales.south1",
    "finance.manager",
    "finance.liaison",
    "marketing.manager",
    "marketing.liaison",
    "operations.manager",
    "service.manager",
    "product.owner",
    "rnd.manager",
    "hr.manager",
    "finance.analyst",
    "marketing.analyst",
)
"""Those who are offered first to whoever tries the demo."""
TITLES = {
    "member": "区域销售",
    "owner": "指标负责人",
    "liaison": "联络人",
    "deputy": "副联络人",
    "manager": "负责人",
    "analyst": "数据分析师",
    "administrator": "系统管理员",
}
Row = dict[str, str]


def read_people(company: Path) -> list[Row]:
    """The rows of people.csv, those offered first in front."""
    with (company / "people/people.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    place = {username: at for at, username in enumerate(FACES)}
    return sorted(rows, key=lambda row: place.get(row["username"], len(FACES)))


def admit_staff(people: Iterable[Row], company: Path) -> None:
    """Departments first, then everybody with their role; those who left are no longer let in."""
    actions.add_department(SYSTEM, code="company", name_zh="知衡传感", name_en="Zhiheng Sensors")
    for order, (code, zh, en) in enumerate(DEPARTMENTS):
        actions.add_department(SYSTEM, code=code, name_zh=zh, name_en=en, parent="company", order=order)
    for order, (code, zh, en) in enumerate(_teams(company)):
        actions.add_department(SYSTEM, code=code, name_zh=zh, name_en=en, parent="sales", order=order)
    names = {code: zh for code, zh, _en in DEPARTMENTS}
    for row in people:
        _admit(row, names.get(row["department"], ""))


def _admit(row: Row, place: str) -> None:
    at = row["department"]
    if row["region"]:
        at = f"sales-{REGION_CODES[REGIONS.index(row['region'])]}"
    title = f"{row['region'] or place}{TITLES[row['role']]}"
    actions.invite(SYSTEM, username=row["username"], name=row["name"], email=row["email"], title=title)
    until = date.fromisoformat(row["left_on"]) if row["left_on"] else None
    actions.assign(SYSTEM, row["username"], at, role=row["role"], until=until)
    if row["status"] == "left":
        actions.deactivate(SYSTEM, row["username"])


def _read(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return rows


def _teams(company: Path) -> list[tuple[str, str, str]]:
    """The regional teams that policies speak of: code, Chinese and English name."""
    found: dict[str, tuple[str, str, str]] = {}
    for row in _read(company / "people/policies.yml"):
        if "team" in row:
            found[row["team"]] = (row["team"], row["label"]["zh"], row["label"]["en"])
    return list(found.values())


def set_policies(company: Path) -> None:
    """Regional teams see their region and everybody else sees all; some columns are for some departments only."""
    rows = _read(company / "people/policies.yml")
    filtered = dict.fromkeys(row["dataset"] for row in rows if "where" in row)
    for dataset in filtered:
        for code in ("company", *(name for name, _zh, _en in DEPARTMENTS)):
            actions.grant(SYSTEM, dataset=dataset, department=code, with_subtree=False, note="本部门核对全公司数据")
    for row in rows:
        if "where" in row:
            note = "区域销售只看本区"
            actions.grant(SYSTEM, dataset=row["dataset"], where=row["where"], department=row["team"], note=note)
            continue
        for code in row["except"]:
            note = "客户个人信息只对接触客户的部门开放"
            column = row["mask"]
            actions.grant(SYSTEM, dataset=row["dataset"], effect="column", column=column, department=code, note=note)
