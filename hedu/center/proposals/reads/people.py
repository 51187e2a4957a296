"""Departments -> who may sign: liaisons and owners, deputies for the absent, then heads, then the committee."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from django.db.models import Q

from hedu.center.kernel.actor import Actor
from hedu.center.kernel.actors import stands_in_for
from hedu.center.kernel.models import User
from hedu.center.kernel.passage import present
from hedu.center.people.models import Department
from hedu.center.people.reads import holders, parents, roles_now
from hedu.center.proposals import rules

ANY_SIGNING = frozenset({"liaison", "owner", "deputy", "manager"})


def committee() -> list[User]:
    """Those who lead the company: heads of the top departments; administrators where there are none."""
    tops = [pk for pk, above in parents().items() if above is None]
    heads = User.objects.filter(is_active=True, pk__in=[user.pk for top in tops for user in holders(top, "manager")])
    return list(heads) or list(administrators())


def administrators() -> Iterable[User]:
    """Everybody who administers the site."""
    held = Q(is_superuser=True) | Q(memberships__role="administrator")
    return User.objects.filter(held, is_active=True).distinct()


def signers(department: int | None, level: int = rules.LIAISONS) -> list[User]:
    """Who may sign for a department on a rung of the ladder (None: the committee).

    Liaisons and owners; the deputies where there is no liaison; the head where there is none of these; on the last
    rungs the committee, then administrators, too.
    """
    found: list[User] = []
    if department is not None:
        found = list(holders(department, *rules.SIGNING_ROLES[level]))
        if level == rules.LIAISONS and not holders(department, "liaison").exists():
            found += list(holders(department, "deputy"))
        if not found:
            found = list(holders(department, *ANY_SIGNING))
    if not found or level >= rules.COMMITTEE:
        found += committee()
    if level >= rules.ADMINISTRATORS:
        found += administrators()
    return list({user.pk: user for user in found}.values())


def may_sign_for(actor: Actor, department: int | None, level: int) -> bool:
    """Whether the actor's word counts for the department: a person, entitled or standing in for one who is."""
    return is_person(actor) and speaks_for(actor, department, level)


def speaks_for(actor: Actor, department: int | None, level: int) -> bool:
    """Whether they are, today, among those whose word counts for the department."""
    entitled = {user.pk for user in signers(department, level)}
    if actor.user_id in entitled:
        return True
    return any(away.user_id in entitled and away.department in (None, department) for away in stands_in_for(actor))


def is_person(actor: Actor) -> bool:
    """Neither the system nor a program acting as somebody."""
    return actor.user_id is not None and not actor.is_system and not present().is_program


class Places:
    """Where a department's signature is given: by itself, or by the nearest above it that has somebody to sign."""

    def __init__(self) -> None:
        self._parents = parents()
        held = roles_now()
        self._manned = {place for place, roles in held.items() if roles & ANY_SIGNING}
        self.codes = {row.code: row.pk for row in Department.objects.all()}

    def of(self, department: int | None) -> int | None:
        """The department that signs; None where nobody up to the top does, so that the committee must."""
        place = department
        while place is not None and place not in self._manned:
            place = self._parents.get(place)
        return place

    def coded(self, code: str | None) -> int | None:
        return self.of(self.codes.get(code or ""))

    def is_everybody(self, department: int | None) -> bool:
        """The company as a whole: its use of a metric concerns no department in particular."""
        return department is None or self._parents.get(department) is None


def asked_people(departments: Iterable[int | None], level: int) -> list[User]:
    """Everybody who may sign for one of them."""
    found = map(partial(signers, level=level), departments)
    return list({user.pk: user for users in found for user in users}.values())
