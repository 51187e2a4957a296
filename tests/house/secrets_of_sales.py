"""A company in which sales keeps secrets, all carrying one mark, and finance is to see none of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models

from hedu.center.catalog import actions as catalog
from hedu.center.catalog.models import Draft
from hedu.center.conflicts.models import Case, Finding, Position
from hedu.center.dashboards import actions as dashboards
from hedu.center.dashboards.models import Dashboard, SavedView
from hedu.center.goals import actions as goals
from hedu.center.goals.models import CheckIn, Constraint, Goal, Guardrail, Target, TargetPhase
from hedu.center.kernel import actions as kernel
from hedu.center.kernel.actor import SYSTEM
from hedu.center.kernel.actors import actor_of
from hedu.center.kernel.models import Channel, Comment, Document, Job, Notification, Task, Token, User
from hedu.center.kernel.sealing import sealed
from hedu.center.people import actions as people
from hedu.center.people.models import Absence, Department, Membership, Policy
from hedu.center.proposals.models import Affected, Proposal, Revision, SignOff
from tests.house.secrets_settled import settled_by

MARK = "zulu7731"
AMOUNT = 987_654_321

TABLES = f"""
create table deals as select * from (values
  (1, 'east', 'Aster', '139-{MARK}', date '2024-01-10', 100),
  (2, 'east', 'Birch', '138-{MARK}', date '2024-02-10', 200),
  (3, 'west', '{MARK} ltd', '137', date '2024-02-20', {AMOUNT})
) as t(deal_id, region, customer, phone, signed_on, amount);
create table bonuses as
select 1 as bonus_id, '{MARK}' as receiver, date '2024-01-31' as paid_on, {AMOUNT} as amount;
"""

TEXTS = {
    "workspace.yml": """version: 1
workspace: demo
departments:
  company: {label: {zh: 公司, en: Company}}
  sales: {label: {zh: 销售部, en: Sales}, parent: company}
  finance: {label: {zh: 财务部, en: Finance}, parent: company}
""",
    "datasets/deals.yml": """version: 1
dataset: deals
owner: sales
source: deals
primary_key: deal_id
entities: {deal: deal_id}
time: signed_on
dimensions:
  region: {label: {zh: 区域, en: Region}}
  customer: {label: {zh: 客户, en: Customer}}
  phone: {label: {zh: 电话, en: Phone}}
  signed_on: {type: date}
measures:
  amount: {agg: sum, unit: CNY}
""",
    "datasets/bonuses.yml": f"""version: 1
dataset: bonuses
owner: sales
label: {{zh: "{MARK}", en: "{MARK}"}}
source: bonuses
primary_key: bonus_id
entities: {{bonus: bonus_id}}
time: paid_on
dimensions:
  receiver: {{label: {{zh: "{MARK}", en: "{MARK}"}}}}
  paid_on: {{type: date}}
measures:
  amount: {{agg: sum, unit: CNY}}
""",
    "metrics/revenue.yml": """version: 1
metric: revenue
label: {zh: 销售额, en: Revenue}
owner: sales
simple: deals.amount
""",
    "metrics/bonus.yml": """version: 1
metric: bonus
label: {zh: 奖金, en: Bonus}
owner: sales
simple: bonuses.amount
""",
    "metrics/staff.yml": """version: 1
metric: staff
label: {zh: 在岗人数, en: Staff}
owner: sales
raci: {R: [sales], A: sales}
reported: {grain: month, agg: last, dimensions: {team: {label: {zh: 团队, en: Team}}}}
""",
}


@dataclass(frozen=True, slots=True)
class Secrets:
    """Two people, and what the first one owns: parameter name -> values to try in routes and actions."""

    sally: User
    finn: User
    owned: dict[str, list[Any]]


def store(path: Path) -> str:
    """The tables in a database of their own; its engine URL."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(TABLES)
    return f"duckdb:///{path}"


def tell() -> Secrets:
    """Publish the texts, close what is to be closed, and let sally make one of everything."""
    company = Department.objects.create(code="company", name_zh="公司", name_en="Company")
    sales, finance = (
        Department.objects.create(code=code, name_zh=code, name_en=code, parent=company)
        for code in ("sales", "finance")
    )
    catalog.apply_texts(SYSTEM, TEXTS)
    Policy.objects.create(dataset="deals", where="region = 'east'", department=finance)
    Policy.objects.create(dataset="deals", where="true", department=sales, note=MARK)
    Policy.objects.create(dataset="deals", effect="column", column="phone", department=sales)
    Policy.objects.create(dataset="bonuses", effect="dataset", department=sales)
    sally, finn = _person("sally", sales), _person("finn", finance)
    owned = _owned_by(sally)
    settled = settled_by(sally, TEXTS, MARK, AMOUNT)
    return Secrets(sally, finn, {**owned, **settled, "code": [*owned["code"], *_aims_of(sally)]})


def _person(name: str, department: Department) -> User:
    user: User = User.objects.create_user(name, "correct horse battery", name=name.title())
    Membership.objects.create(user=user, department=department, role="owner")
    return user


def _asked_of(sally: User) -> dict[str, list[Any]]:
    """A task of hers, a day away, and what administrators alone may see."""
    facts = {"name": MARK, "text": MARK}
    task = Task.objects.create(user=sally, kind="read", topic="kernel.commented", facts=facts, is_firm=False)
    job = Job.objects.create(name="kernel.tidy", state="failed", error=MARK, note=MARK, key=MARK)
    channel = Channel.objects.create(name=MARK, scheme="json", sealed=sealed(f"json://{MARK}/"))
    absence = people.set_absence(actor_of(sally), "sally", since=date(2099, 1, 1), until=date(2099, 1, 2))
    rows = {"task": task, "job": job, "channel": channel, "absence": absence}
    return {"tasks": [[task.pk]], "place": [0], **{name: [row.pk] for name, row in rows.items()}}


def _owned_by(sally: User) -> dict[str, list[Any]]:
    me = actor_of(sally)
    text = TEXTS["metrics/revenue.yml"].replace("revenue", "plan_b").replace("销售额", MARK)
    draft = catalog.create_draft(me, text=text)
    question = {"metrics": ["revenue"], "by": ["customer"]}
    view = dashboards.save_view(me, name=MARK, question=question)
    board = dashboards.create_dashboard(me, name=MARK)
    dashboards.add_tile(me, board.pk, text=MARK)
    kernel.comment(me, "dashboard", str(board.pk), text=MARK)
    document = kernel.attach(me, "dashboard", str(board.pk), file=SimpleUploadedFile(f"{MARK}.txt", MARK.encode()))
    kernel.create_token(me, name=MARK)
    notification = Notification.objects.create(user=sally, topic="commented", facts={"name": MARK, "text": MARK})
    return {
        **_asked_of(sally),
        "draft": [draft.pk],
        "view": [view.pk],
        "board": [board.pk],
        "dashboard": [board.pk],
        "document": [document.pk],
        "comment": [Comment.objects.get().pk],
        "token": [Token.objects.get().pk],
        "notification": [notification.pk],
        "membership": [Membership.objects.get(user=sally).pk],
        "policy": list(Policy.objects.values_list("pk", flat=True)),
        "kind": ["dashboard", "savedview", "dataset", "metric", "case", "proposal"],
        "object_id": [str(board.pk), "bonuses", "revenue", "1", "2"],
        "name": ["revenue", "bonus", "staff", "deals", "bonuses"],
        "metric": ["revenue", "bonus"],
        "code": ["sales"],
        "username": ["sally"],
        "user": ["sally"],
        "department": ["sales"],
        "dataset": ["deals", "bonuses"],
        "number": [1],
        "id": [view.pk, board.pk],
    }


def _aims_of(sally: User) -> list[str]:
    """A goal with its target; what they aim at is open, the values reached are not."""
    me = actor_of(sally)
    goals.create_goal(me, "GOAL", metric="revenue", department="sales", owner="sally")
    goals.set_target(SYSTEM, "AIM", metric="revenue", department="sales", period="2024", value="9", goal="GOAL")
    goals.check_in(me, "GOAL", confidence=7, note="well")
    goals.set_constraint(me, "TIE", department="sales", period="2024", terms={"revenue": 1.0}, bound="99")
    return ["GOAL", "AIM", "TIE"]


KEPT: tuple[type[models.Model], ...] = (
    Goal, Target, TargetPhase, CheckIn, Guardrail, Constraint,
    Department, Membership, Policy, Draft, SavedView, Dashboard, Comment, Document, Token, Notification,
    Absence, Channel, Case, Finding, Position, Proposal,
)  # fmt: skip


def state(secrets: Secrets) -> dict[str, list[dict[str, Any]]]:
    """Every row as it is now, of the kinds that hold secrets; what finn makes for himself left out."""
    found = {}
    for model in KEPT:
        rows = model._default_manager.order_by("pk").values()
        found[model.__name__] = [row for row in rows if secrets.finn.pk not in set(_people(row))]
    # Deeds of one's own may leave jobs and ask others: of these only what sally has must stay as it is.
    found["Job"] = list(Job.objects.filter(pk__in=secrets.owned["job"]).values())
    for model in (Revision, Affected, SignOff):
        way = "proposal" if model is Revision else "revision__proposal"
        rows = model._default_manager.filter(**{f"{way}__in": secrets.owned["proposal"]})
        found[model.__name__] = list(rows.order_by("pk").values())
    found["Task"] = list(Task.objects.filter(pk__in=secrets.owned["task"]).values())
    return found


def _people(row: dict[str, Any]) -> list[Any]:
    return [
        row.get(key) for key in ("owner_id", "author_id", "user_id", "by_id", "to_id", "raised_by_id", "requester_id")
    ]
