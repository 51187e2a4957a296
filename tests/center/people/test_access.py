"""What a person sees: closed unless granted, alternatives widen, validity counts, nobody is forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hedu.center.kernel.actor import ANONYMOUS, SYSTEM
from hedu.center.people import actions, reads, rules
from hedu.center.people.rules import Grant, access
from hedu.errors import QueryError
from hedu.query import ALL, Access, Mask, RowFilter

ROLES = {1: frozenset({"member"}), 2: frozenset({"liaison"})}


def test_without_policies_nothing_is_closed():
    assert access([], 5, ROLES) == ALL


def test_row_grants_are_alternatives():
    seen = access([Grant("o", "rows", "a = 1"), Grant("o", "rows", "b = 2", departments=frozenset({1}))], 5, ROLES)
    assert seen.rows == (RowFilter("o", "a = 1"), RowFilter("o", "b = 2"))


def test_whoever_no_grant_means_sees_no_row():
    seen = access([Grant("o", "rows", "a = 1", departments=frozenset({9}))], 5, ROLES)
    assert seen.rows == (RowFilter("o", "false"),)


def test_a_grant_without_condition_opens_all_rows():
    seen = access([Grant("o", "rows", "a = 1"), Grant("o", "rows", "", role="liaison")], 5, ROLES)
    assert seen == ALL


def test_a_role_counts_in_the_department_it_is_held_in():
    grant = Grant("o", "rows", "a = 1", departments=frozenset({1}), role="liaison")
    assert access([grant], 5, ROLES).rows == (RowFilter("o", "false"),)
    assert access([grant], 5, {1: frozenset({"liaison"})}).rows == (RowFilter("o", "a = 1"),)


def test_columns_and_datasets_are_closed_to_the_others():
    grants = [Grant("hr", "dataset", user=5), Grant("c", "column", column="phone", user=5)]
    assert access(grants, 5, {}) == ALL
    assert access(grants, 6, {}) == Access(masks=(Mask("c", "phone"),), hidden=("hr",))


def test_the_readers_own_name_is_quoted():
    seen = access([Grant("o", "rows", "seller = {username}")], 5, {}, "o'neil")
    assert seen.rows == (RowFilter("o", "seller = 'o''neil'"),)


GRANTS = st.builds(
    Grant,
    dataset=st.sampled_from("xy"),
    effect=st.sampled_from(["rows", "column", "dataset"]),
    where=st.sampled_from(["", "a = 1", "b = 2"]),
    column=st.sampled_from(["p", "q"]),
    departments=st.none() | st.frozensets(st.integers(1, 3)),
    role=st.sampled_from(["", "member", "liaison"]),
    user=st.none() | st.integers(1, 3),
)
PEOPLE = st.dictionaries(st.integers(1, 3), st.frozensets(st.sampled_from(["member", "liaison"]), min_size=1))


@given(st.lists(GRANTS, max_size=6), st.integers(1, 3), PEOPLE)
def test_a_stranger_sees_no_more_than_anybody(grants, user, roles):
    """Nobody without roles sees a dataset, column or row that somebody with roles does not see."""
    stranger, person = access(grants, None, {}), access(grants, user, roles)
    assert set(person.hidden) <= set(stranger.hidden)
    assert set(person.masks) <= set(stranger.masks)
    blind = {item.dataset for item in person.rows if item.where == "false"}
    assert blind <= {item.dataset for item in stranger.rows if item.where == "false"} | set()
    for dataset in {grant.dataset for grant in grants if grant.effect == "rows"}:
        shown = {item.where for item in person.rows if item.dataset == dataset}
        allowed = {g.where for g in grants if g.dataset == dataset and g.effect == "rows"}
        assert shown <= allowed | {"false"}


@given(st.lists(GRANTS, max_size=5), GRANTS, st.integers(1, 3), PEOPLE)
def test_the_order_of_policies_does_not_matter(grants, one, user, roles):
    assert access([*grants, one], user, roles).digest == access([one, *grants], user, roles).digest


# --- on the database ---------------------------------------------------------------------------------------


@pytest.fixture
def east(department, company):
    sales = department("sales")
    row = department("east")
    row.parent = sales
    row.save()
    return row


def test_a_policy_on_a_department_means_those_below_too(person, acting, east):
    actions.grant(SYSTEM, dataset="orders", where="region = 'East'", department="sales")
    below, beside = person("zhao", "east"), person("liu", "marketing")
    assert reads.access_of(acting(below)).rows == (RowFilter("orders", "region = 'East'"),)
    assert reads.access_of(acting(beside)).rows == (RowFilter("orders", "false"),)


def test_without_subtree_it_means_the_department_alone(person, acting, east):
    actions.grant(SYSTEM, dataset="orders", where="a = 1", department="sales", with_subtree=False)
    assert reads.access_of(acting(person("zhao", "east"))).rows == (RowFilter("orders", "false"),)


def test_a_policy_counts_only_while_it_is_valid(person, acting, department):
    department("sales")
    now = reads.today()
    actions.grant(SYSTEM, dataset="past", where="a = 1", until=now - timedelta(days=1))
    actions.grant(SYSTEM, dataset="future", where="a = 1", since=now + timedelta(days=1))
    actions.grant(SYSTEM, dataset="now", where="a = 1", since=now, until=now)
    seen = reads.access_of(acting(person("lin", "sales")))
    assert seen.rows == (RowFilter("now", "a = 1"),)


def test_a_role_that_has_ended_gives_no_right(person, acting, department):
    department("sales")
    actions.grant(SYSTEM, dataset="orders", where="a = 1", department="sales")
    lin = person("lin")
    yesterday = reads.today() - timedelta(days=1)
    actions.assign(SYSTEM, "lin", "sales", until=yesterday)
    assert acting(lin).departments == frozenset()
    assert reads.access_of(acting(lin)).rows == (RowFilter("orders", "false"),)


def test_administrators_hold_no_secret_right_and_the_system_sees_all(person, acting):
    actions.grant(SYSTEM, dataset="payroll", effect="dataset", user=person("hr").username)
    admin = acting(person("ada", "company", "administrator"))
    assert reads.access_of(admin).hidden == ("payroll",)
    assert reads.access_of(ANONYMOUS).hidden == ("payroll",)
    assert reads.access_of(SYSTEM) == ALL


def test_a_withdrawn_policy_opens_what_it_alone_closed(person, acting):
    row = actions.grant(SYSTEM, dataset="payroll", effect="dataset", user=person("hr").username)
    lin = acting(person("lin"))
    assert reads.access_of(lin).hidden == ("payroll",)
    actions.withdraw(SYSTEM, row.pk)
    assert reads.access_of(lin) == ALL


@pytest.mark.parametrize(
    "where",
    [
        "a = ",
        "1; drop table orders",
        "a = 1 union select 1",
        "(select 1)",
        "exists (select 1 from users)",
        "*",
        "a = 1 -- x\n; select 2",
        "a as b",
    ],
)
def test_a_row_condition_is_a_condition_and_nothing_else(where, db):
    with pytest.raises(QueryError) as refused:
        actions.grant(SYSTEM, dataset="orders", where=where)
    assert refused.value.code == "policy-condition-unreadable"


@pytest.mark.parametrize(
    "where", ["region = '华东'", "a > 1 and (b in ('x', 'y') or c is null)", "seller = {username}"]
)
def test_conditions_people_write_are_taken(where):
    rules.check_condition(where)


def test_a_closed_column_is_named(db):
    with pytest.raises(QueryError) as refused:
        actions.grant(SYSTEM, dataset="customers", effect="column")
    assert refused.value.code == "policy-needs-column"
