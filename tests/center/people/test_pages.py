"""Pages about people answer for those they are for, and say no to the others."""

from __future__ import annotations

import pytest

from hedu.center.people.models import Policy

OPEN = ("/departments/", "/departments/sales/", "/people/lin/")
ADMIN = (
    "/departments/new/",
    "/admin/users/",
    "/admin/users/invite/",
    "/admin/policies/",
    "/admin/policies/?user=lin",
    "/admin/policies/new/",
)


@pytest.mark.parametrize("page", (*OPEN, *ADMIN))
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_administrator_reads_every_page(page, language, person, department, signed_in):
    Policy.objects.create(dataset="orders", where="region = 'East'", department=department("sales"))
    person("lin", "sales")
    client = signed_in(person("ada", "company", "administrator", language=language))
    assert client.get(page).status_code == 200


@pytest.mark.parametrize("page", ADMIN)
def test_a_member_reads_no_administration(page, person, signed_in):
    answer = signed_in(person("lin", "sales")).get(page)
    assert answer.status_code == 403
    assert "page-for-administrators" in answer.content.decode()


@pytest.mark.parametrize("page", OPEN)
def test_a_member_reads_who_is_who(page, person, signed_in):
    assert signed_in(person("lin", "sales")).get(page).status_code == 200
