"""Deeds about people: allowed, denied, done twice, audited."""

from __future__ import annotations

from datetime import date

import pytest

from hedu.center.kernel.actor import SYSTEM
from hedu.center.kernel.models import Audit, User
from hedu.center.people import actions, reads
from hedu.center.people.models import Department, Membership
from hedu.errors import Conflict, Denied, HeduError, NotFound, QueryError

ADMIN_ONLY = [
    lambda actor: actions.add_department(actor, code="x", name_zh="某"),
    lambda actor: actions.change_department(actor, "sales", name_zh="某"),
    lambda actor: actions.invite(actor, username="new", name="新"),
    lambda actor: actions.renew_invitation(actor, "lin"),
    lambda actor: actions.deactivate(actor, "lin"),
    lambda actor: actions.reactivate(actor, "lin"),
    lambda actor: actions.grant(actor, dataset="orders", where="a = 1"),
    lambda actor: actions.withdraw(actor, 1),
]


@pytest.mark.parametrize("role", ["member", "owner", "liaison", "deputy", "manager", "analyst"])
@pytest.mark.parametrize("deed", ADMIN_ONLY)
def test_only_administrators_administer(deed, role, person, acting):
    person("lin", "sales")
    with pytest.raises(Denied):
        deed(acting(person("wang", "sales", role)))
    assert Audit.objects.filter(outcome="denied").count() == 1


def test_a_department_is_added_once_and_audited(company):
    row = actions.add_department(SYSTEM, code="legal", name_zh="法务", name_en="Legal", parent="company")
    assert row.parent == company
    assert Audit.objects.get(deed="people.add_department").after["code"] == "legal"
    with pytest.raises(QueryError) as refused:
        actions.add_department(SYSTEM, code="legal", name_zh="法务")
    assert refused.value.code == "field-invalid"
    assert Department.objects.filter(code="legal").count() == 1


@pytest.mark.parametrize("code", ["", "Legal", "法务", "a b", "x" * 50, "'; drop"])
def test_a_code_is_what_definitions_can_say(code, db):
    with pytest.raises(QueryError) as refused:
        actions.add_department(SYSTEM, code=code, name_zh="法务")
    assert refused.value.code == "field-invalid"


def test_a_department_never_moves_under_itself(department):
    department("sales")
    department("east")
    actions.change_department(SYSTEM, "east", parent="sales")
    for above in ("east", "sales"):
        with pytest.raises(Conflict) as refused:
            actions.change_department(SYSTEM, "sales", parent=above)
        assert refused.value.code == "department-under-itself"
    actions.change_department(SYSTEM, "sales", name_zh="销售中心", parent="")
    moved = Department.objects.get(code="sales")
    assert (moved.name_zh, moved.parent) == ("销售中心", None)


def test_an_unknown_department_or_person_is_not_found(person):
    person("lin")
    with pytest.raises(NotFound):
        actions.assign(SYSTEM, "lin", "nowhere")
    with pytest.raises(NotFound):
        actions.assign(SYSTEM, "nobody", "company")


def test_assigning_again_changes_the_term_and_makes_no_second_role(person, department, acting):
    department("sales")
    lin = person("lin")
    actions.assign(SYSTEM, "lin", "sales", role="deputy")
    actions.assign(SYSTEM, "lin", "sales", role="deputy", until=date(2030, 1, 1))
    assert Membership.objects.get(user=lin).until == date(2030, 1, 1)
    assert acting(lin).has_role("deputy")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"role": "king"}, "role-unknown"),
        ({"since": date(2030, 1, 2), "until": date(2030, 1, 1)}, "dates-reversed"),
    ],
)
def test_a_wrong_assignment_is_refused_with_a_hint(changes, code, person, department):
    department("sales")
    person("lin")
    with pytest.raises(HeduError) as refused:
        actions.assign(SYSTEM, "lin", "sales", **changes)
    assert refused.value.code == code
    assert refused.value.problem.hint("zh")
    assert not Membership.objects.exists()


def test_a_liaison_names_a_deputy_of_the_own_department_and_no_more(person, acting, department):
    department("marketing")
    person("zhao", "sales")
    liaison = acting(person("wang", "sales", "liaison"))
    assert actions.assign(liaison, "zhao", "sales", role="deputy").role == "deputy"
    for place, role in (("sales", "administrator"), ("sales", "liaison"), ("marketing", "deputy")):
        with pytest.raises(Denied):
            actions.assign(liaison, "zhao", place, role=role)


def test_the_liaison_speaks_else_the_deputy_else_the_manager(person, department):
    sales = department("sales")
    boss, deputy, liaison = (person(n, "sales", r) for n, r in (("a", "manager"), ("b", "deputy"), ("c", "liaison")))
    assert list(reads.liaisons_of(sales.pk)) == [liaison]
    Membership.objects.filter(user=liaison).delete()
    assert list(reads.liaisons_of(sales.pk)) == [deputy]
    Membership.objects.filter(user=deputy).delete()
    assert list(reads.liaisons_of(sales.pk)) == [boss]
    team = Department.objects.create(code="team", name_zh="小组", parent=sales)
    assert list(reads.liaisons_of(team.pk)) == [boss]


def test_the_last_administrator_stays(person):
    person("ada", "company", "administrator")
    only = Membership.objects.get(user__username="ada")
    with pytest.raises(Conflict) as refused:
        actions.unassign(SYSTEM, only.pk)
    assert refused.value.code == "last-administrator"
    person("bob", "company", "administrator")
    actions.unassign(SYSTEM, only.pk)
    assert not Membership.objects.filter(pk=only.pk).exists()


def test_nobody_deactivates_themselves(person, acting):
    ada = acting(person("ada", "company", "administrator"))
    with pytest.raises(Denied):
        actions.deactivate(ada, "ada")


def test_the_deactivated_are_out_at_once(person, acting, signed_in):
    lin = person("lin", "sales")
    client = signed_in(lin)
    assert client.get("/me/").status_code == 200
    actions.deactivate(SYSTEM, "lin")
    assert client.get("/me/").status_code == 302
    assert acting(User.objects.get(pk=lin.pk)).is_anonymous


def test_an_invitation_lets_its_owner_choose_a_password(client, db):
    invitation = actions.invite(SYSTEM, username="new.one", name="新同事")
    assert not invitation.user.has_usable_password()
    page = client.get(invitation.link, follow=True)
    assert page.status_code == 200
    form = page.redirect_chain[-1][0]
    client.post(form, {"password1": "a long enough secret", "password2": "a long enough secret"})
    assert client.get("/me/").status_code == 200
    client.logout()
    answer = client.post("/accounts/login/", {"login": "new.one", "password": "a long enough secret"})
    assert answer.status_code == 302
    assert client.get("/me/").status_code == 200
    client.logout()
    again = client.get(invitation.link, follow=True)
    assert b"password1" not in again.content


def test_users_are_searched_and_pages_hold_one_query_for_roles(person, signed_in, django_assert_max_num_queries):
    for number in range(12):
        person(f"p{number}", "sales")
    client = signed_in(person("ada", "company", "administrator"))
    with django_assert_max_num_queries(14):
        page = client.get("/admin/users/?q=p1")
    assert b"p11" in page.content
    assert b">p2<" not in page.content


def test_department_pages_do_not_ask_once_a_row(person, signed_in, django_assert_max_num_queries):
    for number in range(12):
        person(f"p{number}", f"d{number}", "liaison")
    client = signed_in(person("ada", "company", "administrator"))
    with django_assert_max_num_queries(12):
        assert client.get("/departments/").status_code == 200
