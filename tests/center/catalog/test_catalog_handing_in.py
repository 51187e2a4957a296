"""Hostile hands at reported values: odd numbers and periods, files made to harm, two people at one sheet."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from hedu.center.catalog import actions, reads, rules, sheets
from hedu.center.catalog.models import Metric, ReportedPeriod, ReportedValue
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.models import User
from hedu.errors import Conflict, DefinitionError

HEAD = "期间,团队,数值\n"


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises((Conflict, DefinitionError)) as refused:
        call()
    assert refused.value.problem.hint("zh") and refused.value.problem.hint("en")
    return refused.value.code


def uploaded(actor: Actor, content: bytes, name: str = "x.csv") -> sheets.Upload:
    return reads.upload_rows(actor, Metric.objects.get(name="staff"), name, content)


@pytest.mark.parametrize(
    "text", ["1e18", "9" * 20, "1,5", "1,23,45", "1_000", "5%%", "", "%", ".", "1e-", "0x1", "NaN"]
)
def test_what_is_no_plain_number_is_none(text: str) -> None:
    assert sheets.number_of(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [("１，２３４", "1234"), ("¥ 1,234.50", "1234.5"), ("(1,000)", "-1000"), ("12 %", "0.12"), ("1e5", "100000")],
)
def test_numbers_as_people_write_them_are_read(text: str, value: str) -> None:
    assert sheets.number_of(text) == Decimal(value)


@pytest.mark.parametrize("text", ["²⁰²⁴x", "0000-Q1", "0000", "2024-13", "2024-Q5", "2024", "2024-Q1", "-", "", "١"])
def test_a_period_that_is_none_or_many_of_the_grain_is_refused(text: str, finn: Actor) -> None:
    assert rules.parse_period("month", text) is None
    handed_in = {"period": text, "value": "1", "dimensions": {"team": "一组"}}
    assert code_of(lambda: actions.report_value(finn, "staff", **handed_in)) == "report-period-unreadable"


def test_a_shorter_period_names_the_longer_one_it_lies_in() -> None:
    assert rules.parse_period("quarter", "2024-05") == rules.parse_period("quarter", "2024Q2") == date(2024, 4, 1)
    assert rules.parse_period("year", "２０２４年３月") == date(2024, 1, 1)


@pytest.mark.parametrize("value", ["99999999999999999999", "1e26", "12,3"])
def test_numbers_beyond_what_is_kept_are_refused(value: str, finn: Actor) -> None:
    handed_in = {"period": "2026-03", "value": value, "dimensions": {"team": "一组"}}
    assert code_of(lambda: actions.report_value(finn, "staff", **handed_in)) == "report-value-unreadable"
    assert not ReportedValue.objects.exists()


@pytest.mark.parametrize("team", ["长" * 201, "一\n组", "一\x1f组"])
def test_dimension_values_nobody_can_read_are_refused_by_hand_and_by_file(team: str, finn: Actor) -> None:
    handed_in = {"period": "2026-03", "value": "1", "dimensions": {"team": team}}
    assert code_of(lambda: actions.report_value(finn, "staff", **handed_in)) == "report-dimension-unfit"
    read = uploaded(finn, f'{HEAD}2026-03,"{team}",1\n'.encode())
    assert [item.code for item in read.rejects] == ["dimension-unfit"] and not read.cells


def test_rejects_name_the_line_of_the_file_and_show_little_of_it(finn: Actor) -> None:
    read = uploaded(finn, f"\n{HEAD}\n\n2026-03,一组,{'坏' * 5000}\n".encode())
    assert [(item.line, item.code) for item in read.rejects] == [(5, "value-unreadable")]
    assert len(read.rejects[0].found) <= 80


def test_lines_may_end_as_on_an_old_mac(finn: Actor) -> None:
    assert [cell.value for cell in uploaded(finn, "期间;团队;数值\r2026-03;一组;5\r".encode()).cells] == [5]


def test_a_cell_without_end_is_an_unreadable_file(finn: Actor) -> None:
    """Also after a load of files has raised what this process reads."""
    csv.field_size_limit(10_000_000)
    assert code_of(lambda: uploaded(finn, f'{HEAD}2026-03,一组,"{"9" * 200_000}"\n'.encode())) == "upload-unreadable"


@pytest.mark.parametrize("says", ["the truth", "little"])
def test_archives_that_unpack_to_too_much_are_refused(says: str, finn: Actor) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b"A" * (sheets.UNPACKED_MOST + 1))
    content = out.getvalue()
    if says == "little":
        size = (sheets.UNPACKED_MOST + 1).to_bytes(4, "little")
        content = content.replace(size, (1000).to_bytes(4, "little"))
    assert len(content) < sheets.BYTES_MOST
    assert code_of(lambda: uploaded(finn, content, "x.xlsx")) == "upload-unreadable"


# --- two at one sheet -----------------------------------------------------------------------------------------


def handed(actor: Actor, team: str, value: str) -> None:
    actions.report_value(actor, "staff", period="2026-03", value=value, dimensions={"team": team})


def typed(page: object, **values: str) -> dict[str, str]:
    """The form as a browser sends it, with some values typed over."""
    told = {"period": "2026-03"}
    for at, line in enumerate(page.context["sheet"].lines, start=1):  # type: ignore[attr-defined]
        team = dict(line.dimensions)["team"]
        told |= {f"d-{at}-team": team, f"seen-{at}": line.written, f"value-{at}": values.get(team, line.written)}
    return told


def test_a_stale_sheet_overwrites_nothing_that_others_changed(
    finn: Actor, outsider: User, signed_in: Callable[[User], Client]
) -> None:
    handed(finn, "甲", "1")
    handed(finn, "乙", "2.00000001")
    client = signed_in(outsider)
    page = client.get("/reported/staff/?period=2026-03")
    handed(finn, "乙", "20")
    assert client.post("/reported/staff/", typed(page, 甲="10")).status_code == 302
    held = {row.dimensions["team"]: row.value for row in ReportedValue.objects.all()}
    assert held == {"甲": 10, "乙": 20}
    stale = client.post("/reported/staff/", typed(page, 乙="3"), headers={"accept": "application/json"})
    assert stale.status_code == 409 and stale.json()["code"] == "report-value-changed"
    assert ReportedValue.objects.get(dimensions={"team": "乙"}).value == 20
    again = client.post("/reported/staff/", typed(page, 甲="10"))
    assert again.status_code == 302


def test_values_are_shown_with_every_digit(finn: Actor, outsider: User, signed_in: Callable[[User], Client]) -> None:
    handed(finn, "甲", "1234567.00000001")
    handed(finn, "乙", "1e5")
    page = signed_in(outsider).get("/reported/staff/?period=2026-03").content.decode()
    assert 'value="1234567.00000001"' in page and 'value="100000"' in page


def test_a_row_somebody_else_added_meanwhile_is_not_overwritten(finn: Actor) -> None:
    handed(finn, "甲", "1")
    row = {"period": "2026-03", "team": "甲", "value": "2", "seen": ""}
    assert code_of(lambda: actions.report_values(finn, "staff", rows=[row])) == "report-value-changed"
    actions.report_values(finn, "staff", rows=[{**row, "seen": "1.0"}])
    assert ReportedValue.objects.get().value == 2


def test_nobody_approves_what_was_handed_in_anew_since_they_looked(finn: Actor, mei: Actor) -> None:
    handed(mei, "甲", "1")
    actions.submit_period(mei, "staff", period="2026-03")
    seen = ReportedPeriod.objects.get().changed_at.isoformat()
    actions.return_period(finn, "staff", period="2026-03", note="?")
    handed(mei, "甲", "999")
    actions.submit_period(mei, "staff", period="2026-03")
    code = code_of(lambda: actions.review_period(finn, "staff", period="2026-03", seen=seen))
    assert code == "period-changed-meanwhile"
    now = ReportedPeriod.objects.get().changed_at.isoformat()
    actions.review_period(finn, "staff", period="2026-03", seen=now)
    twice = code_of(lambda: actions.review_period(finn, "staff", period="2026-03", seen=now))
    assert twice == "period-not-in-state"
