"""Reported values: handed in, uploaded, submitted, reviewed by somebody else, locked."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hedu.center.catalog import actions, reads
from hedu.center.catalog.models import Metric, ReportedPeriod, ReportedValue
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.models import Audit, User
from hedu.errors import Conflict, DefinitionError, Denied
from tests.center import signed
from tests.center.catalog.world import STAFF

ROWS = [
    {"period": "2026-03", "team": "一组", "value": "12"},
    {"period": "2026年3月", "team": "二组", "value": "1,009.5"},
]


def staff() -> Metric:
    return Metric.objects.get(name="staff")


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises((Conflict, DefinitionError)) as refused:
        call()
    assert refused.value.problem.hint("zh") and refused.value.problem.hint("en")
    return refused.value.code


def test_values_are_handed_in_changed_and_taken_back(finn: Actor) -> None:
    actions.report_values(finn, "staff", rows=ROWS)
    assert [row.value for row in ReportedValue.objects.order_by("key")] == [Decimal("12"), Decimal("1009.5")]
    actions.report_value(finn, "staff", period="202603", value="13", dimensions={"team": "一组"})
    assert ReportedValue.objects.get(dimensions={"team": "一组"}).value == 13
    actions.report_value(finn, "staff", period="2026-03", value="", dimensions={"team": "一组"})
    assert ReportedValue.objects.count() == 1
    assert Audit.objects.filter(deed="catalog.report_values", outcome="done").exists()


def test_responsible_departments_report_and_others_do_not(
    mei: Actor, person: Callable[..., User], acting: Callable[[User], Actor]
) -> None:
    actions.report_values(mei, "staff", rows=ROWS)
    stranger = acting(person("hr", "people"))
    with pytest.raises(Denied):
        actions.report_values(stranger, "staff", rows=ROWS)
    with pytest.raises(Denied) as denied:
        reads.sheet_of(stranger, staff(), "2026-03", "zh")
    assert denied.value.code == "report-not-yours"


def test_what_cannot_be_taken_is_refused_whole(finn: Actor) -> None:
    def report(**row: str) -> Callable[[], object]:
        return lambda: actions.report_values(
            finn, "staff", rows=[ROWS[0], {"period": "2026-03", "team": "三组", "value": "1", **row}]
        )

    assert code_of(report(value="很多")) == "report-value-unreadable"
    assert code_of(report(period="三月")) == "report-period-unreadable"
    assert code_of(report(period="2999-01")) == "period-in-future"
    assert code_of(report(team="")) == "report-dimension-missing"
    assert code_of(report(shift="夜班")) == "report-dimension-unknown"
    assert not ReportedValue.objects.exists()


def test_a_computed_metric_takes_no_values(sally: Actor) -> None:
    assert code_of(lambda: actions.report_value(sally, "revenue", period="2026-03", value="1")) == "metric-not-reported"


def test_a_period_goes_its_way(finn: Actor, person: Callable[..., User], acting: Callable[[User], Actor]) -> None:
    second = acting(person("lia", "finance", "liaison"))
    assert code_of(lambda: actions.submit_period(finn, "staff", period="2026-03")) == "period-empty"
    actions.report_values(finn, "staff", rows=ROWS)
    actions.submit_period(finn, "staff", period="2026-03")
    assert code_of(lambda: actions.report_values(finn, "staff", rows=ROWS)) == "period-closed"
    assert code_of(lambda: actions.submit_period(finn, "staff", period="2026-03")) == "period-not-in-state"
    assert code_of(lambda: actions.review_period(finn, "staff", period="2026-03")) == "review-own-report"
    actions.review_period(second, "staff", period="2026-03")
    actions.lock_period(second, "staff", period="2026-03")
    assert code_of(lambda: actions.return_period(second, "staff", period="2026-03")) == "period-not-in-state"
    assert code_of(lambda: actions.unlock_period(second, "staff", period="2026-03", note=" ")) == "reason-needed"
    actions.unlock_period(second, "staff", period="2026-03", note="更正")
    actions.return_period(second, "staff", period="2026-03")
    assert ReportedPeriod.objects.get().state == "open"


def test_reviewed_values_answer_and_returned_ones_do_not(
    finn: Actor, person: Callable[..., User], acting: Callable[[User], Actor]
) -> None:
    second = acting(person("lia", "finance", "liaison"))
    actions.report_values(finn, "staff", rows=[*ROWS, {"period": "2026-02", "team": "一组", "value": "7"}])
    for period in ("2026-02", "2026-03"):
        actions.submit_period(finn, "staff", period=period)
    actions.review_period(second, "staff", period="2026-02")
    asked = {"by": ("metric_time.month", "team"), "order": ("metric_time.month", "team")}
    assert [row["staff"] for row in reads.ask(finn, "staff", **asked).rows()] == [7]
    actions.review_period(second, "staff", period="2026-03")
    assert len(reads.ask(finn, "staff", **asked).rows()) == 3
    assert reads.headline(reads.asker(finn), "staff", "zh").period == "2026年3月"
    actions.return_period(second, "staff", period="2026-03")
    assert len(reads.ask(finn, "staff", **asked).rows()) == 1


def test_values_handed_in_are_laid_over_those_loaded(finn: Actor, tmp_path: Path, settings: Any) -> None:
    with duckdb.connect(tmp_path / "company.duckdb") as base:
        base.execute("create schema kpi")
        base.execute("create table kpi.staff (period date, team varchar, value integer)")
        base.execute("insert into kpi.staff values ('2026-01-01', '一组', 3), ('2026-02-01', '一组', 4)")
    settings.HEDU_ENGINE = f"duckdb:///{tmp_path / 'company.duckdb'}"
    text = STAFF.replace("reported:\n", "reported:\n  source: kpi.staff\n")
    draft = actions.create_draft(finn, name="staff", text=text)
    signed.publish_draft(finn, draft.pk)
    asked = {"by": "metric_time.month", "order": "metric_time.month"}
    assert [row["staff"] for row in reads.ask(finn, "staff", **asked).rows()] == [3, 4]
    digest = reads.ask(finn, "staff", **asked).receipt.definitions
    actions.report_value(finn, "staff", period="2026-02", value="5", dimensions={"team": "一组"})
    actions.report_value(finn, "staff", period="2026-02", value="1", dimensions={"team": "it's"})
    actions.submit_period(finn, "staff", period="2026-02")
    admin = dataclasses.replace(finn, is_admin=True)
    actions.review_period(admin, "staff", period="2026-02")
    answer = reads.ask(finn, "staff", **asked)
    assert [row["staff"] for row in answer.rows()] == [3, 6] and answer.receipt.definitions == digest


def book(*rows: tuple[object, ...]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        sheet = made.add_worksheet()
        for line, row in enumerate(rows):
            sheet.write_row(line, 0, row)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        "数值,期间,团队\n12,2026-03,一组\n坏,2026-03,二组\n5,某月,二组\n12,2026-03,一组\n6,2026-03,\n".encode(
            "gb18030"
        ),
        book(
            ("数值", "期间", "团队"),
            (12, "2026-03", "一组"),
            ("坏", "2026-03", "二组"),
            (5, "某月", "二组"),
            (12, "2026-03", "一组"),
            (6, "2026-03", ""),
        ),
    ],
    ids=["csv-gb18030", "excel"],
)
def test_an_upload_is_previewed_with_rejects(
    content: bytes, outsider: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(outsider)
    page = client.post("/reported/staff/upload/", {"file": SimpleUploadedFile("x.dat", content)})
    assert page.status_code == 200 and page.context["count"] == 1
    assert [line for line, _why, _found in page.context["rejects"]] == [3, 4, 5, 6]
    assert not ReportedValue.objects.exists()
    taken = client.post("/reported/staff/take/", {"kept": page.context["kept"]})
    assert taken.status_code == 302 and ReportedValue.objects.get().value == 12
    forged = client.post("/reported/staff/take/", {"kept": "W10:forged"}, headers={"accept": "application/json"})
    assert forged.status_code == 400


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "upload-empty"),
        (b"\x00\x01\x02", "upload-unreadable"),
        (b"PK\x03\x04nonsense", "upload-unreadable"),
        ("数值,期间\n1,2026-03\n".encode(), "upload-columns-missing"),
        (b"x" * (10 * 1024 * 1024 + 1), "upload-too-large"),
        (b"a,b\n" + b"1,2\n" * 20_001, "upload-too-long"),
    ],
)
def test_files_that_cannot_be_read_are_refused(content: bytes, code: str, finn: Actor) -> None:
    assert code_of(lambda: reads.upload_rows(finn, staff(), "x.csv", content)) == code


def test_rows_of_closed_periods_are_refused_in_the_preview(finn: Actor) -> None:
    actions.report_values(finn, "staff", rows=ROWS)
    actions.submit_period(finn, "staff", period="2026-03")
    read = reads.upload_rows(finn, staff(), "x.csv", "期间,团队,数值\n2026-03,一组,1\n2026-04,一组,2\n".encode())
    assert [cell.value for cell in read.cells] == [2] and [item.code for item in read.rejects] == ["period-closed"]


def test_the_form_shows_last_periods_cells_and_keeps_what_is_typed(
    outsider: User, finn: Actor, signed_in: Callable[[User], Client]
) -> None:
    actions.report_values(finn, "staff", rows=ROWS)
    client = signed_in(outsider)
    page = client.get("/reported/staff/?period=2026-04")
    assert [line.value for line in page.context["sheet"].lines] == [None, None]
    assert page.context["sheet"].lines[0].before is not None
    client.post(
        "/reported/staff/",
        {"period": "2026-04", "d-1-team": "一组", "value-1": "14", "d-2-team": "二组", "value-2": ""},
    )
    assert ReportedValue.objects.get(period="2026-04-01").value == 14
