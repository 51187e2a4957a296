"""Home as each person sees it: own metrics, what moved, what waits, what was seen; fast when warm."""

from __future__ import annotations

import pytest

from hedu.center.catalog import actions as catalog_actions
from hedu.center.catalog import reads as catalog
from hedu.center.catalog.models import Metric, ReportedPeriod, ReportedValue
from hedu.center.conflicts import actions as conflicts
from hedu.center.dashboards import actions as dashboards
from hedu.center.home import actions, pulse, reads, waiting
from hedu.center.kernel import actions as kernel
from hedu.center.kernel import nav as kernel_nav
from hedu.center.kernel.actor import ANONYMOUS
from hedu.center.kernel.models import Audit
from hedu.center.people.models import Policy
from hedu.errors import Denied
from tests.center import signed


def named(cards) -> dict:
    return {card.metric.name: card for card in cards}


def test_cards_show_the_last_full_month_with_its_changes(sally, act):
    who = catalog.asker(act(sally))
    card = named(reads.cards(who, list(Metric.objects.all()), "zh"))["turnover"]
    assert (card.value, card.period) == ("800元", "2025年12月")
    assert [(change.basis, change.tone) for change in card.changes] == [("previous", "good"), ("last_year", "good")]
    assert card.spark.count(",") == 24


def test_a_metric_without_time_says_that_there_is_nothing(sally, act):
    card = named(reads.cards(catalog.asker(act(sally)), list(Metric.objects.all()), "zh"))["timeless"]
    assert (card.value, card.spark) == ("–", "")
    assert pulse.pulses(catalog.asker(act(sally)), ["timeless"])["timeless"].refused == "metric-without-time"


def test_what_stands_out_from_its_own_history_has_moved(sally, act):
    who = catalog.asker(act(sally))
    found = reads.moved(who, reads.watched(act(sally)), "zh")
    assert [item.metric.name for item in found] == ["turnover"]
    assert found[0].is_unusual and found[0].score > 3 and found[0].change.text.startswith("+")


def test_everybody_sees_their_own_rows(sally, finn, act):
    Policy.objects.create(
        dataset="sales", effect="rows", where="region = 'east'", department=sally.memberships.get().department
    )
    mine = named(reads.cards(catalog.asker(act(sally)), list(Metric.objects.all()), "zh"))
    theirs = named(reads.cards(catalog.asker(act(finn)), list(Metric.objects.all()), "zh"))
    assert mine["turnover"].value == "400元"
    assert theirs["turnover"].value == "–", "what was asked for a colleague is not shown to another"
    assert reads.moved(catalog.asker(act(finn)), reads.watched(act(finn)), "zh") == []


def test_favourites_come_first_then_the_department_s(sally, act):
    assert [row.name for row in reads.my_metrics(act(sally))] == ["turnover"]
    catalog_actions.favourite(act(sally), "tickets")
    assert [row.name for row in reads.my_metrics(act(sally))] == ["tickets", "turnover"]


def test_a_newcomer_without_department_sees_what_all_ask(person, published, act):
    assert len(reads.my_metrics(act(person("newcomer")))) == 4


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_home_answers_at_once_and_its_numbers_follow(language, sally, signed_in):
    sally.language = language
    sally.save()
    client = signed_in(sally)
    first = client.get("/").content.decode()
    assert 'hx-get="/home/metrics/"' in first
    assert "tone-good" in client.get("/home/metrics/").content.decode()
    moved = client.get("/home/moved/").content.decode()
    assert "/metrics/turnover/" in moved
    second = client.get("/").content.decode()
    assert "hx-get" not in second.split("<main")[1], "what is known stands in the page itself"
    assert ("Last seen" in second) == (language == "en")


def test_warm_home_asks_nothing_and_little(sally, signed_in, django_assert_max_num_queries, monkeypatch):
    client = signed_in(sally)
    for page in ("/", "/home/metrics/", "/home/moved/"):
        client.get(page)

    def asked(*_args: object, **_more: object) -> None:
        raise AssertionError("home asked the warehouse although everything was known")

    monkeypatch.setattr("hedu.center.catalog.reads.asking.Asker.ask", asked)
    with django_assert_max_num_queries(30):
        assert client.get("/").status_code == 200


def test_a_publish_makes_numbers_new(sally, act):
    who = catalog.asker(act(sally))
    reads.cards(who, list(Metric.objects.all()), "zh")
    assert pulse.are_known(who, ["turnover"])
    catalog_actions.certify(act(sally), "turnover")
    signed.rename(act(sally), "turnover", "takings")
    assert not pulse.are_known(catalog.asker(act(sally)), ["takings"])


def test_what_was_opened_is_offered_again_as_far_as_it_may_be_seen(sally, finn, act, signed_in):
    board = dashboards.create_dashboard(act(sally), name="周会")
    client = signed_in(sally)
    client.get("/metrics/turnover/")
    client.get(f"/dashboards/{board.pk}/")
    text = client.get("/").content.decode()
    assert text.index("周会") < text.index("营业额", text.index("home-recent"))
    kept = client.session["recent"]
    assert [item.name for item in reads.recent(act(finn), kept, "zh")] == ["营业额"]


def test_drafts_mentions_and_reviews_wait(sally, finn, act):
    assert waiting.waiting_for(act(sally))[0] == []
    catalog_actions.create_draft(act(sally), name="turnover")
    Metric.objects.filter(name="turnover").update(review_due="2020-01-01")
    pk = Metric.objects.get(name="turnover").pk
    kernel.comment(act(finn), "metric", pk, text="@sally 请看")
    found, more = waiting.waiting_for(act(sally))
    assert [item.kind for item in found] == ["talk", "review", "draft"]
    assert more == 0 and found[1].late > 0
    assert [item.kind for item in waiting.waiting_for(act(finn))[0]] == []


def test_the_inbox_is_counted_once(sally, finn, act, signed_in):
    row = conflicts.raise_by_hand(act(finn), text="不对", metrics=["turnover"])
    (task,), count = waiting.tasks(act(sally))
    assert count == kernel_nav.waiting(act(sally)) == 1 and task.url == f"/conflicts/{row.pk}/" and "不对" in task.title
    assert not [item for item in waiting.waiting_for(act(sally))[0] if item.kind == "conflict"], "it is said once"
    page = signed_in(sally).get("/")
    assert page.context["asked"] == 1 and page.content.decode().count(f'href="/conflicts/{row.pk}/"') == 1
    assert waiting.tasks(act(finn)) == ([], 0)


def test_reported_values_wait_for_those_who_hand_in_and_those_who_review(sally, finn, act):
    metric = Metric.objects.get(name="handed_in")
    assert not waiting.waiting_for(act(sally))[0], "a metric nobody has ever filled in waits for nobody"
    ReportedValue.objects.create(metric=metric, period="2026-01-01", value=3)
    ReportedPeriod.objects.create(metric=metric, period="2026-01-01", state="submitted")
    assert [item.kind for item in waiting.waiting_for(act(sally))[0]] == ["report"]
    assert [item.kind for item in waiting.waiting_for(act(finn))[0]] == ["review-values", "report"]


def test_the_guide_goes_and_comes_back(sally, act, signed_in):
    client = signed_in(sally)
    assert 'id="home-guide"' in client.get("/").content.decode()
    client.post("/home/guide/", {"on": "0"})
    client.post("/home/guide/", {"on": "0"})
    assert 'id="home-guide"' not in client.get("/").content.decode()
    actions.show_guide(act(sally))
    assert reads.guide_is_shown(act(sally))
    assert Audit.objects.filter(deed="home.show_guide").count() == 3


def test_an_empty_company_is_told_how_to_begin(person, department, signed_in, settings):
    """Only who may begin learns where the site's data live."""
    settings.HEDU_ENGINE = "duckdb://"
    department("sales")
    told = signed_in(person("root", "sales", "administrator")).get("/").content.decode()
    assert f"hedu apply definitions --home {settings.HEDU_HOME} --as root" in told and 'id="home-moved"' not in told
    assert str(settings.HEDU_HOME) not in signed_in(person("sam", "sales", "member")).get("/").content.decode()


def test_nobody_has_no_guide(published):
    with pytest.raises(Denied) as caught:
        actions.show_guide(ANONYMOUS)
    assert caught.value.code == "action-denied"


def test_the_state_of_the_system_is_for_administrators(sally, person, signed_in):
    assert signed_in(sally).get("/admin/system/").status_code == 403
    ada = person("ada", "sales", "administrator", language="en")
    text = signed_in(ada).get("/admin/system/").content.decode()
    assert "System" in text


def test_a_warehouse_out_of_reach_is_told_not_hidden(sally, person, settings, tmp_path, signed_in):
    settings.HEDU_ENGINE = f"duckdb:///{tmp_path / 'absent.duckdb'}"
    assert "alert-danger" in signed_in(sally).get("/").content.decode()
    ada = person("ada", "sales", "administrator")
    assert "alert-danger" in signed_in(ada).get("/admin/system/").content.decode()
