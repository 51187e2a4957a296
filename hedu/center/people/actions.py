"""Deeds about people: departments, invitations, roles, data policies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse

from hedu.center.kernel.action import action, record
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.fields import require_fields
from hedu.center.kernel.models import User
from hedu.center.kernel.reading import found
from hedu.center.people import reads, rules
from hedu.center.people.models import Absence, Department, Membership, Policy
from hedu.errors import Conflict, QueryError


def administrator(actor: Actor, **_: Any) -> bool:
    return actor.is_admin


# --- departments -----------------------------------------------------------------------------------------


@action(may=administrator, doors={"page", "rest", "cli"}, event="people.department_added")
def add_department(
    actor: Actor, *, code: str, name_zh: str, name_en: str = "", parent: str = "", order: int = 0
) -> Department:
    """Add a department under `parent` (a code; empty: at the top)."""
    above = found(Department.objects.all(), code=parent) if parent else None
    row = Department(code=code, name_zh=name_zh, name_en=name_en, parent=above, order=order)
    require_fields(row)
    row.save()
    record("department", row.pk, row.name, after=row.as_json())
    return row


@action(may=administrator, doors={"page", "rest", "cli"})
def change_department(
    actor: Actor,
    department: str,
    *,
    name_zh: str | None = None,
    name_en: str | None = None,
    parent: str | None = None,
    is_active: bool | None = None,
) -> Department:
    """Rename, move or close a department. Given values change; a department never moves under itself."""
    row = found(Department.objects.all(), lock=True, code=department)
    before = row.as_json()
    if parent is not None:
        above = found(Department.objects.all(), code=parent) if parent else None
        if rules.would_loop(reads.parents(), row.pk, above.pk if above else None):
            raise Conflict("department-under-itself", name=row.name)
        row.parent = above
    row.name_zh = row.name_zh if name_zh is None else name_zh
    row.name_en = row.name_en if name_en is None else name_en
    row.is_active = row.is_active if is_active is None else is_active
    require_fields(row)
    row.save()
    record("department", row.pk, row.name, before=before, after=row.as_json())
    return row


# --- people ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Invitation:
    """A person invited, and the link by which they choose their password."""

    user: User
    link: str

    def as_json(self) -> dict[str, Any]:
        return {**self.user.as_json(), "link": self.link}


def _invitation(user: User) -> Invitation:
    parts = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return Invitation(user, reverse("account_reset_password_from_key", kwargs=parts))


@action(may=administrator, doors={"page", "rest", "cli"}, event="people.invited")
def invite(
    actor: Actor,
    *,
    username: str,
    name: str,
    email: str = "",
    title: str = "",
    title_en: str = "",
    department: str = "",
    role: str = "member",
) -> Invitation:
    """Make an account and the link by which its owner chooses a password (valid for three days)."""
    user = User(username=username, name=name, email=email, title=title, title_en=title_en)
    user.set_unusable_password()
    require_fields(user, exclude=["password"])
    user.save()
    if department:
        _assign(user, found(Department.objects.all(), code=department), role, None, None)
    record("user", user.pk, user.name, after={**user.as_json(), "department": department, "role": role})
    return _invitation(user)


@action(may=administrator, doors={"page"})
def renew_invitation(actor: Actor, user: str) -> Invitation:
    """Make a fresh link by which a person chooses a (new) password."""
    row = found(User.objects.filter(is_active=True), username=user)
    record("user", row.pk, row.name, note="new password link")
    return _invitation(row)


def another(actor: Actor, user: str, **_: Any) -> bool:
    return actor.is_admin and actor.username != user


@action(may=another, doors={"page", "rest", "cli"}, event="people.deactivated")
def deactivate(actor: Actor, user: str) -> User:
    """End a person's access at once: no sign-in, no tokens. What they did stays. Never oneself."""
    return _activity(user, is_active=False)


@action(may=another, doors={"page", "rest", "cli"})
def reactivate(actor: Actor, user: str) -> User:
    """Let a person sign in again."""
    return _activity(user, is_active=True)


def _activity(username: str, *, is_active: bool) -> User:
    row = found(User.objects.all(), lock=True, username=username)
    before = {"is_active": row.is_active}
    row.is_active = is_active
    row.save(update_fields=["is_active"])
    record("user", row.pk, row.name, before=before, after={"is_active": is_active})
    return row


# --- roles -----------------------------------------------------------------------------------------------


def may_assign(actor: Actor, department: str, role: str = "member", **_: Any) -> bool:
    """Administrators assign any role; a department's manager and liaison name their own deputy and members."""
    if actor.is_admin:
        return True
    row = reads.department_named(department)
    if row is None or role not in ("member", "deputy"):
        return False
    return actor.has_role("manager", "liaison", department=row.pk)


@action(may=may_assign, doors={"page", "rest", "cli"}, event="people.assigned")
def assign(
    actor: Actor,
    user: str,
    department: str,
    *,
    role: str = "member",
    since: date | None = None,
    until: date | None = None,
) -> Membership:
    """Give a person a role in a department, from `since` to `until` (both included; empty: without limit)."""
    person = found(reads.people_visible_to(actor).filter(is_active=True), username=user)
    row = _assign(person, found(Department.objects.all(), code=department), role, since, until)
    record("membership", row.pk, str(row), after=row.as_json())
    return row


def _assign(person: User, department: Department, role: str, since: date | None, until: date | None) -> Membership:
    if role not in rules.ROLES:
        raise QueryError("role-unknown", role=role, known=rules.ROLES)
    if since and until and until < since:
        raise QueryError("dates-reversed", since=since, until=until)
    row, _ = Membership.objects.update_or_create(
        user=person, department=department, role=role, defaults={"since": since, "until": until}
    )
    return row


def may_unassign(actor: Actor, membership: int, **_: Any) -> bool:
    row = Membership.objects.select_related("department").filter(pk=membership).first()
    if row is None:
        return not actor.is_anonymous
    return may_assign(actor, row.department.code, row.role)


@action(may=may_unassign, doors={"page", "rest"}, event="people.unassigned")
def unassign(actor: Actor, membership: int) -> None:
    """Take a role away. The last administrator stays."""
    row = found(Membership.objects.select_related("user", "department"), pk=membership)
    if row.role == "administrator" and not reads.other_administrators(row).exists():
        raise Conflict("last-administrator", name=row.user.name)
    record("membership", row.pk, str(row), before=row.as_json())
    row.delete()


# --- absence ---------------------------------------------------------------------------------------------


def oneself_or_administrator(actor: Actor, user: str, **_: Any) -> bool:
    return actor.is_admin or (actor.user_id is not None and actor.username == user)


@action(may=oneself_or_administrator, doors={"page", "rest", "cli"}, event="people.away")
def set_absence(actor: Actor, user: str, *, since: date, until: date, delegate: str = "") -> Absence:
    """Say when a person is away (both days included), and who sees what they are asked meanwhile."""
    person = found(User.objects.filter(is_active=True), username=user)
    stand_in = found(User.objects.filter(is_active=True).exclude(pk=person.pk), username=delegate) if delegate else None
    if until < since:
        raise QueryError("dates-reversed", since=since, until=until)
    row = Absence.objects.create(user=person, since=since, until=until, delegate=stand_in)
    record("user", person.pk, person.name, after=row.as_json())
    return row


def own_absence(actor: Actor, absence: int, **_: Any) -> bool:
    rows = reads.absences_visible_to(actor).filter(pk=absence)
    return actor.is_admin or not rows.exists() or rows.filter(user_id=actor.user_id).exists()


@action(may=own_absence, doors={"page", "rest"})
def end_absence(actor: Actor, absence: int) -> None:
    """Take back an absence: the person is there again."""
    row = found(reads.absences_visible_to(actor), pk=absence)
    record("user", row.user_id, row.user.name, before=row.as_json())
    row.delete()


# --- policies --------------------------------------------------------------------------------------------


@action(may=administrator, doors=set(), event="people.policy_changed")
def grant(
    actor: Actor,
    *,
    dataset: str,
    effect: str = "rows",
    where: str = "",
    column: str = "",
    department: str = "",
    with_subtree: bool = True,
    role: str = "",
    user: str = "",
    since: date | None = None,
    until: date | None = None,
    note: str = "",
) -> Policy:
    """Say who alone sees rows (`where`; empty: all), a column, or the whole of a dataset.

    No door offers it: policies are proposed, and come into force once the owners of the data have signed.
    Whatever a policy speaks of is closed to everybody whom no policy on it means. Several row policies on one
    dataset are alternatives. Leave department, role and user empty to mean everybody.
    """
    row = policy_of(
        dataset=dataset,
        effect=effect,
        where=where,
        column=column,
        department=department,
        with_subtree=with_subtree,
        role=role,
        user=user,
        since=since,
        until=until,
        note=note,
    )
    row.save()
    record("policy", row.pk, str(row), after=row.as_json(), note=note)
    return row


def policy_of(
    *,
    dataset: str,
    effect: str = "rows",
    where: str = "",
    column: str = "",
    department: str = "",
    with_subtree: bool = True,
    role: str = "",
    user: str = "",
    since: date | None = None,
    until: date | None = None,
    note: str = "",
) -> Policy:
    """The policy of these words, checked and not yet stored. Errors: QueryError, NotFound."""
    row = Policy(
        dataset=dataset.strip(),
        effect=effect,
        where=where.strip() if effect == "rows" else "",
        column=column.strip() if effect == "column" else "",
        department=found(Department.objects.all(), code=department) if department else None,
        with_subtree=with_subtree,
        role=role,
        user=found(User.objects.all(), username=user) if user else None,
        since=since,
        until=until,
        note=note,
    )
    _checked_policy(row)
    return row


def _checked_policy(row: Policy) -> None:
    require_fields(row)
    if row.effect == "column" and not row.column:
        raise QueryError("policy-needs-column", dataset=row.dataset)
    if row.since and row.until and row.until < row.since:
        raise QueryError("dates-reversed", since=row.since, until=row.until)
    rules.check_condition(row.where)


@action(may=administrator, doors=set(), event="people.policy_changed")
def withdraw(actor: Actor, policy: int, *, note: str = "") -> Policy:
    """End a policy. It stays on record; what it alone had closed is open again from now on."""
    row = found(Policy.objects.all(), lock=True, pk=policy)
    before = row.as_json()
    row.is_active = False
    row.save(update_fields=["is_active"])
    record("policy", row.pk, str(row), before=before, after=row.as_json(), note=note)
    return row
