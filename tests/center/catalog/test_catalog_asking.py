"""What people ask obeys their access: pages, JSON, exports, suggestions; and is found by pinyin."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from hedu.center.catalog import actions, counting, reads, serving
from hedu.center.catalog.models import Metric, Popularity
from hedu.center.catalog.searching import Entry, find
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.models import User
from hedu.center.people.models import Department, Policy
from hedu.errors import HeduError
from tests.center import signed
from tests.center.catalog.world import TEXTS

BY_REGION = {"metrics": ["revenue"], "by": ["region"], "order": ["region"], "totals": True}


@pytest.fixture
def east_only(published: None) -> None:
    """Finance sees the east, sales sees everything."""
    Policy.objects.create(dataset="orders", where="region = 'east'", department=Department.objects.get(code="finance"))
    Policy.objects.create(dataset="orders", where="true", department=Department.objects.get(code="sales"))


def test_rows_under_policy_are_hidden_in_answers_and_totals(east_only: None, sally: Actor, finn: Actor) -> None:
    mine = reads.result_json(reads.ask(sally, **BY_REGION), "zh", sally)
    theirs = reads.result_json(reads.ask(finn, **BY_REGION), "zh", finn)
    assert mine["rows"] == [["east", 350], ["west", 70]] and mine["totals"] == [420]
    assert theirs["rows"] == [["east", 350]] and theirs["totals"] == [350]


def test_values_are_suggested_only_from_rows_one_sees(east_only: None, sally: Actor, finn: Actor) -> None:
    assert set(reads.values_of(sally, "region", metrics=("revenue",))) == {"east", "west"}
    assert reads.values_of(finn, "region", metrics=("revenue",)) == ["east"]
    assert reads.values_of(finn, "orders.region", q="we") == []
    assert reads.values_of(sally, "orders.region", q="we") == ["west"]
    assert reads.values_of(sally, "orders.region", q="%") == [] and reads.values_of(sally, "orders.region", q="'") == []


def test_pages_json_and_files_show_no_row_of_others(
    east_only: None, outsider: User, owner: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(outsider)
    answer = client.post("/ask/", BY_REGION, content_type="application/json")
    assert [row[0] for row in answer.json()["rows"]] == ["east"]
    assert "sql" not in answer.json()["receipt"]
    csv = client.post("/ask/export/?format=csv", BY_REGION, content_type="application/json").content.decode("utf-8-sig")
    assert "east" in csv and "west" not in csv
    book = client.post("/ask/export/?format=xlsx", BY_REGION, content_type="application/json").content
    cells = zipfile.ZipFile(io.BytesIO(book)).read("xl/sharedStrings.xml").decode()
    assert "east" in cells and "west" not in cells and "已付款订单的金额" in cells
    page = client.get("/metrics/revenue/").content.decode()
    trend = json.loads(page.split('id="trend-props"')[1].split(">", 1)[1].split("</script>")[0])
    assert [row[1] for row in trend["data"]["rows"]] == [150, 200]


def test_the_headline_is_of_what_one_sees(east_only: None, sally: Actor, finn: Actor) -> None:
    assert reads.headline(reads.asker(sally), "revenue", "zh").text == "200元"
    assert reads.is_partial(reads.asker(finn), "basket") and not reads.is_partial(reads.asker(sally), "basket")
    february = reads.ask(finn, "revenue", since="2024-02", until="2024-02").rows()
    assert february[0]["revenue"] is None


def test_a_hidden_dataset_is_not_found_and_its_metrics_say_why(
    published: None, outsider: User, finn: Actor, signed_in: Callable[[User], Client]
) -> None:
    Policy.objects.create(dataset="orders", effect="dataset", department=Department.objects.get(code="sales"))
    client = signed_in(outsider)
    assert client.get("/datasets/orders/").status_code == 404
    assert "orders" not in [row.name for row in reads.datasets_visible_to(finn)]
    assert client.get("/datasets/orders/lineage/").status_code == 404
    assert not any(
        node["kind"] in ("dataset", "column") for node in client.get("/metrics/revenue/lineage/").json()["nodes"]
    )
    assert "datasets/orders.yml" not in reads.pull(finn)
    page = client.get("/metrics/revenue/")
    assert page.status_code == 200 and "没有可以显示的数值" in page.content.decode()
    with pytest.raises(HeduError):
        reads.ask(finn, "revenue")


def test_a_broken_question_is_a_problem_with_a_hint(owner: User, signed_in: Callable[[User], Client]) -> None:
    client = signed_in(owner)
    for body, code in (
        ("[1]", "question-not-json"),
        ("{", "question-not-json"),
        ('{"metrics": [1]}', "question-field-wrong"),
        ('{"metrics": ["revenue"], "limit": -1}', "question-field-wrong"),
        ('{"metrics": ["revenu"]}', "metric-unknown"),
    ):
        answer = client.post("/ask/", body, content_type="application/json")
        assert answer.status_code == 400 and answer.json()["code"] == code and answer.json()["hint"], body


def test_sql_is_for_analysts(owner: User, person: Callable[..., User], signed_in: Callable[[User], Client]) -> None:
    assert "查看 SQL" not in signed_in(owner).get("/metrics/revenue/").content.decode()
    analyst = person("ana", "finance", "analyst")
    assert "查看 SQL" in signed_in(analyst).get("/metrics/revenue/").content.decode()


@pytest.mark.parametrize(
    "words", ["销售额", "xse", "xiaoshou", "XiaoShouE", "revenue", "Rev", "gmv", "营收", "yingshou", "ＧＭＶ"]
)
def test_a_metric_is_found_by_all_its_names(words: str, sally: Actor) -> None:
    ids = reads.search(sally, words).ids
    assert reads.rows_of(sally, ids)[0].name == "revenue"


def test_facets_count_what_choosing_them_would_give(sally: Actor) -> None:
    hits = reads.search(sally, "", {"department": ["sales"]})
    assert set(hits.facets["department"].items()) == {("sales", 2), ("finance", 2)}
    assert hits.facets["type"]["reported"] == 0 and len(hits.ids) == 2
    assert reads.search(sally, "没有这样的指标").ids == ()
    actions.certify(sally, "revenue")
    assert reads.search(sally, "", {"certified": ["yes"]}).ids == (Metric.objects.get(name="revenue").pk,)


def test_among_twelve_thousand_metrics_the_best_come_first() -> None:
    from hedu.center.catalog.searching import fold, pinyin_of

    pinyin, initials = pinyin_of(["渠道销售额"])
    entries = [
        Entry(
            str(i),
            f"渠道销售额{i}",
            (fold(f"渠道销售额{i}"),),
            pinyin,
            initials,
            f"渠道销售额{i} channel",
            {"kind": "financial"},
        )
        for i in range(12_000)
    ]
    assert find(entries, "渠道销售额119", {}).ids[0] == "119"
    assert {len(find(entries, words, {}).ids) for words in ("qdxse", "channel")} == {12_000}
    assert not find(entries, "nothing at all", {}).ids


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("订单shu", "订单数"),
        ("dingdan数", "订单数"),
        ("mau月活", "MAU月活"),
        ("达成lü", "达成率"),
        ("dachenglv", "达成率"),
    ],
)
def test_words_half_in_chinese_and_half_in_letters_are_found(words: str, found: str) -> None:
    from hedu.center.catalog.searching import fold, pinyin_of

    names = ["订单数", "MAU月活", "达成率", "订货周期"]
    entries = [Entry(name, name, (fold(name),), *pinyin_of([name]), fold(name)) for name in names]
    assert find(entries, words, {}).ids == (found,)
    assert find(entries, " ".join(f"x{at}" for at in range(5000)), {}).ids == ()


def test_asking_is_counted_without_a_write_each_time(sally: Actor) -> None:
    counting.take()
    for _ in range(3):
        reads.ask(sally, "revenue")
    assert not Popularity.objects.exists()
    assert actions.keep_counts() == 1 and actions.keep_counts() == 0
    assert Popularity.objects.get().count == 3 and Metric.objects.get(name="revenue").popularity == 3


def test_uses_are_what_was_last_told(sally: Actor) -> None:
    actions.register_uses("dashboard", 7, ["revenue", "basket"], title="经营看板", url="/dashboards/7/")
    actions.register_uses("dashboard", 7, ["basket", "order_count"], title="经营看板", url="/dashboards/7/")
    assert set(reads.uses_visible_to(sally).values_list("metric__name", flat=True)) == {"basket", "order_count"}
    graph = reads.lineage_of(reads.asker(sally), metric="order_count")
    assert {node["label"] for node in graph["nodes"]} >= {"订单", "订单数", "客单价", "经营看板"}
    actions.register_uses("goal", 3, ["order_count"], title="G3 多卖", title_en="G3 Sell more", url="/goals/G3/")
    actions.register_uses("view", 4, ["order_count"], title="订单", url="/views/4/")
    graph = reads.lineage_of(reads.asker(sally), metric="order_count")
    kinds = {node["kind"]: node["label"] for node in graph["nodes"] if node["href"] and "/metrics/" not in node["href"]}
    assert kinds == {"dataset": "订单", "dashboard": "经营看板", "goal": "G3 多卖", "view": "订单"}
    assert {edge["to"].split(":")[0] for edge in graph["edges"]} >= {"dashboard", "goal", "view"}
    for kind, key in (("dashboard", 7), ("goal", 3), ("view", 4)):
        actions.register_uses(kind, key, [])
    assert not reads.uses_visible_to(sally).exists()


def test_the_workspace_is_swapped_when_something_is_published(sally: Actor) -> None:
    before = reads.workspace()
    assert reads.workspace() is before
    draft = actions.create_draft(
        sally, name="revenue", text=Metric.objects.get(name="revenue").head.text.replace("'paid'", "'open'")
    )
    signed.publish_draft(sally, draft.pk)
    assert reads.workspace() is not before
    assert reads.ask(sally, "revenue").rows() == [{"revenue": 30}]
    serving.forget()
    assert reads.ask(sally, "revenue").rows() == [{"revenue": 30}]


def test_a_metric_without_values_says_so(sally: Actor, finn: Actor) -> None:
    shown = reads.headline(reads.asker(sally), "staff", "zh")
    assert shown.problem is not None and shown.problem.code == "metric-without-values"
    signed.retire(finn, "basket")
    shown = reads.headline(reads.asker(sally), "basket", "zh")
    assert shown.problem is not None and shown.problem.code == "metric-not-served" and shown.problem.hint("en")


def test_a_reported_metric_over_a_table_is_no_way_around_a_policy(east_only: None, finn: Actor) -> None:
    text = "version: 1\nmetric: seen\nreported: {grain: month, agg: sum, source: orders_table}\nowner: finance\n"
    with pytest.raises(HeduError) as refused:
        reads.preview_text(finn, text)
    assert refused.value.code == "preview-unsigned"


def test_a_draft_is_checked_and_previewed_under_the_editors_access(
    east_only: None, owner: User, outsider: User, signed_in: Callable[[User], Client]
) -> None:
    text = Metric.objects.get(name="revenue").head.text
    client = signed_in(owner)
    where = "?kind=metric&name=revenue"

    def post(path: str, yaml: str) -> Any:
        return client.post(f"/drafts/{path}/{where}", {"yaml": yaml}, content_type="application/json").json()

    assert post("check", text)["problems"] == []
    broken = post("check", text.replace("orders.amount", "orders.amont"))["problems"]
    assert broken[0]["line"] > 1 and broken[0]["hint"]
    assert post("check", text.replace("metric: revenue", "metric: takings"))["problems"][0]["code"]
    seen = post("preview", text.replace("'paid'", "'open'"))["data"]
    assert seen["rows"] == [["2024-01-01", 150, None], ["2024-02-01", 70, 30], ["2024-03-01", 200, None]]
    client = signed_in(outsider)
    assert post("preview", text.replace("'paid'", "'open'"))["data"]["rows"] == [
        ["2024-01-01", 150, None],
        ["2024-03-01", 200, None],
    ]
    refused = client.post(
        f"/drafts/preview/{where}",
        {"yaml": TEXTS["datasets/orders.yml"]},
        content_type="application/json",
        headers={"accept": "application/json"},
    )
    assert refused.json()["code"] == "preview-needs-metric"
