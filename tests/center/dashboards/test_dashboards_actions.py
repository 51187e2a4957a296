"""Every deed on views and boards: allowed, denied, done twice, audited."""

from __future__ import annotations

import pytest

from hedu.center.catalog.models import Usage
from hedu.center.dashboards import actions, reads
from hedu.center.dashboards.models import Dashboard, SavedView, Star
from hedu.center.kernel.models import Audit
from hedu.errors import Conflict, Denied, HeduError, NotFound, QueryError
from tests.center.dashboards.conftest import BARS, QUESTION


@pytest.fixture
def view(sally, act) -> SavedView:
    return actions.save_view(act(sally), name="区域销售额", question=QUESTION, chart=BARS)


@pytest.fixture
def board(sally, act) -> Dashboard:
    return actions.create_dashboard(act(sally), name="周会")


def deeds(name: str, outcome: str = "done") -> int:
    return Audit.objects.filter(deed=f"dashboards.{name}", outcome=outcome).count()


def refused(error: type[HeduError], code: str, call) -> None:
    with pytest.raises(error) as caught:
        call()
    assert caught.value.code == code


# --- views -----------------------------------------------------------------------------------------------


def test_saving_keeps_the_question_tells_the_catalog_and_the_audit(view):
    assert view.question["metrics"] == ["revenue"]
    assert view.chart["kind"] == "bar"
    use = Usage.objects.get(kind="view", object=str(view.pk))
    assert (use.metric.name, use.title, use.url) == ("revenue", "", "")
    assert deeds("save_view") == 1


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ({"metrics": ["revenu"]}, "metric-unknown"),
        ({"metrics": ["revenue"], "by": ["planet"]}, None),
        ({"metrics": ["revenue"], "where": ["region = "]}, None),
        ({"nonsense": 1}, "question-key-unknown"),
    ],
)
def test_what_has_no_answer_is_not_kept(sally, act, question, code):
    with pytest.raises(HeduError) as caught:
        actions.save_view(act(sally), name="x", question=question)
    assert code is None or caught.value.code == code
    assert not SavedView.objects.exists()


def test_a_stranger_keeps_nothing(published):
    from hedu.center.kernel.actor import ANONYMOUS

    refused(Denied, "action-denied", lambda: actions.save_view(ANONYMOUS, name="x", question=QUESTION))
    assert deeds("save_view", "denied") == 1


def test_a_private_view_is_not_there_for_others(view, finn, mei, act):
    for other in (finn, mei):
        assert view not in reads.views_visible_to(act(other))
        refused(NotFound, "not-found", lambda other=other: actions.rename_view(act(other), view.pk, name="x"))
        refused(NotFound, "not-found", lambda other=other: actions.duplicate_view(act(other), view.pk))
        refused(NotFound, "not-found", lambda other=other: actions.delete_view(act(other), view.pk))


def test_a_department_s_view_is_seen_by_its_members_and_changed_by_those_who_lead(view, sally, mei, finn, act):
    actions.share_view(act(sally), view.pk, scope="department")
    assert view in reads.views_visible_to(act(mei))
    assert view not in reads.views_visible_to(act(finn))
    refused(Denied, "action-denied", lambda: actions.rename_view(act(mei), view.pk, name="x"))
    assert deeds("rename_view", "denied") == 1
    assert Usage.objects.get(kind="view", object=str(view.pk)).title == view.name
    own = actions.save_view(act(mei), name="mine", question=QUESTION, scope="department")
    assert actions.rename_view(act(sally), own.pk, name="ours").name_zh == "ours"


def test_sharing_stops_where_one_s_rights_stop(mei, sally, view, act):
    own = actions.save_view(act(mei), name="mine", question=QUESTION)
    refused(QueryError, "share-too-wide", lambda: actions.share_view(act(mei), own.pk, scope="company"))
    refused(QueryError, "share-scope-unknown", lambda: actions.share_view(act(mei), own.pk, scope="world"))
    refused(
        QueryError,
        "share-not-your-department",
        lambda: actions.share_view(act(mei), own.pk, scope="department", department="finance"),
    )
    assert actions.share_view(act(sally), view.pk, scope="company").scope == "company"


def test_without_a_department_there_is_none_to_share_with(person, published, act):
    lone = act(person("lone"))
    own = actions.save_view(lone, name="mine", question=QUESTION)
    refused(QueryError, "share-without-department", lambda: actions.share_view(lone, own.pk, scope="department"))


def test_saving_over_what_changed_meanwhile_is_refused(view, sally, act):
    fresh = actions.update_view(act(sally), view.pk, version=1, question={**QUESTION, "by": ["channel"]}, chart=BARS)
    assert (fresh.version, fresh.question["by"]) == (2, ["channel"])
    refused(
        Conflict,
        "changed-meanwhile",
        lambda: actions.update_view(act(sally), view.pk, version=1, question=QUESTION, chart=BARS),
    )
    assert SavedView.objects.get().question["by"] == ["channel"]


def test_a_deleted_view_can_be_brought_back_by_its_owner_only(view, sally, finn, act):
    actions.delete_view(act(sally), view.pk)
    assert not reads.views_visible_to(act(sally)).exists()
    assert not Usage.objects.filter(kind="view").exists()
    refused(NotFound, "not-found", lambda: actions.delete_view(act(sally), view.pk))
    refused(NotFound, "not-found", lambda: actions.restore_view(act(finn), view.pk))
    actions.restore_view(act(sally), view.pk)
    assert reads.views_visible_to(act(sally)).get() == view
    assert Usage.objects.filter(kind="view").exists()
    refused(NotFound, "not-found", lambda: actions.restore_view(act(sally), view.pk))


def test_a_name_is_kept_in_the_language_it_was_given_in(view, sally, act):
    sally.language = "en"
    sally.save()
    row = actions.rename_view(act(sally), view.pk, name="Sales by region")
    assert (row.name_zh, row.name_en) == ("区域销售额", "Sales by region")


# --- boards ----------------------------------------------------------------------------------------------


def test_a_board_holds_views_questions_and_notes_where_there_is_room(board, view, sally, act):
    first = actions.add_tile(act(sally), board.pk, view=view.pk)
    second = actions.add_tile(
        act(sally), board.pk, title="笔数", question={"metrics": ["order_count"]}, chart={"kind": "indicator"}
    )
    third = actions.add_tile(act(sally), board.pk, text="只看已付款")
    assert [(tile.x, tile.y) for tile in (first, second, third)] == [(0, 0), (6, 0), (6, 2)]
    assert first.view == view and second.question["metrics"] == ["order_count"]
    used = set(Usage.objects.filter(kind="dashboard").values_list("metric__name", flat=True))
    assert used == {"revenue", "order_count"}
    refused(QueryError, "tile-empty", lambda: actions.add_tile(act(sally), board.pk))


def test_others_do_not_touch_a_board(board, sally, mei, finn, act):
    refused(NotFound, "not-found", lambda: actions.add_tile(act(finn), board.pk, text="x"))
    actions.share_dashboard(act(sally), board.pk, scope="company")
    for deed in (
        lambda: actions.add_tile(act(finn), board.pk, text="x"),
        lambda: actions.save_layout(act(finn), board.pk, version=2, tiles=[]),
        lambda: actions.set_filters(act(mei), board.pk, version=2, filters=[]),
        lambda: actions.share_dashboard(act(finn), board.pk, scope="private"),
        lambda: actions.rename_dashboard(act(mei), board.pk, name="x"),
        lambda: actions.delete_dashboard(act(finn), board.pk),
    ):
        refused(Denied, "action-denied", deed)
    assert Audit.objects.filter(outcome="denied").count() == 6


def test_a_layout_is_saved_whole_over_the_version_one_has_seen(board, view, sally, act):
    kept = actions.add_tile(act(sally), board.pk, view=view.pk)
    gone = actions.add_tile(act(sally), board.pk, text="旧说明")
    version = Dashboard.objects.get().version
    new = {
        "id": "new-1",
        "title": "新",
        "x": 6,
        "y": 0,
        "w": 6,
        "h": 3,
        "view": {"question": {"metrics": ["order_count"]}},
    }
    tiles = [{**kept.as_json(), "x": 0, "w": 4}, new]
    saved = actions.save_layout(act(sally), board.pk, version=version, tiles=tiles, filters=[{"path": "region"}])
    assert saved.version == version + 1
    assert [tile.w for tile in saved.tiles.all()] == [4, 6]
    assert saved.tiles.get(pk=kept.pk).view == view, "an unchanged tile keeps pointing to its view"
    assert not saved.tiles.filter(pk=gone.pk).exists()
    assert saved.filters == [{"path": "region", "label": "region", "type": "text", "values": []}]
    refused(
        Conflict,
        "changed-meanwhile",
        lambda: actions.save_layout(act(sally), board.pk, version=version, tiles=[]),
    )
    assert saved.tiles.count() == 2


def test_a_tile_that_is_changed_no_longer_follows_its_view(board, view, sally, act):
    tile = actions.add_tile(act(sally), board.pk, view=view.pk)
    changed = tile.as_json()
    changed["view"] = {"question": {**QUESTION, "by": ["channel"]}, "chart": BARS}
    saved = actions.save_layout(act(sally), board.pk, version=2, tiles=[changed])
    assert saved.tiles.get().view is None
    assert saved.tiles.get().question["by"] == ["channel"]


def test_a_board_with_a_broken_tile_stays_as_it_was(board, sally, act):
    actions.add_tile(act(sally), board.pk, text="note")
    broken = [{"id": 9, "x": 0, "y": 0, "w": 6, "h": 4, "view": {"question": {"metrics": ["nothing_of_the_kind"]}}}]
    refused(QueryError, "metric-unknown", lambda: actions.save_layout(act(sally), board.pk, version=2, tiles=broken))
    assert board.tiles.get().text == "note"


def test_forty_tiles_are_enough(board, sally, act):
    for _ in range(40):
        actions.add_tile(act(sally), board.pk, text="note")
    refused(QueryError, "too-many-tiles", lambda: actions.add_tile(act(sally), board.pk, text="one more"))


def test_sharing_a_board_copies_views_its_audience_does_not_see(board, view, sally, mei, act):
    actions.add_tile(act(sally), board.pk, view=view.pk)
    actions.share_dashboard(act(sally), board.pk, scope="company")
    tile = board.tiles.get()
    assert tile.view is None
    assert (tile.title, tile.question) == (view.name, view.question)
    assert reads.board_opened(act(mei), board.pk).tiles.count() == 1


def test_deleting_a_view_leaves_its_tiles_a_copy(board, view, sally, act):
    actions.add_tile(act(sally), board.pk, view=view.pk)
    actions.delete_view(act(sally), view.pk)
    assert board.tiles.get().question == view.question


def test_filters_are_versioned_too(board, sally, act):
    saved = actions.set_filters(act(sally), board.pk, version=1, filters=[{"path": "region", "values": ["east"]}])
    assert saved.filters[0]["values"] == ["east"]
    refused(Conflict, "changed-meanwhile", lambda: actions.set_filters(act(sally), board.pk, version=1, filters=[]))


def test_a_copy_is_one_s_own_and_private(board, view, sally, finn, act):
    actions.add_tile(act(sally), board.pk, view=view.pk)
    actions.share_dashboard(act(sally), board.pk, scope="company")
    copy = actions.duplicate_dashboard(act(finn), board.pk)
    assert (copy.owner, copy.scope, copy.tiles.count()) == (finn, "private", 1)
    assert copy.name == "周会（副本）"


def test_stars_are_counted_once(board, sally, act):
    actions.star(act(sally), board.pk)
    actions.star(act(sally), board.pk)
    assert Star.objects.count() == 1
    assert reads.boards_listed(act(sally), "starred").get() == board
    actions.star(act(sally), board.pk, on=False)
    assert not Star.objects.exists()


def test_a_deleted_board_comes_back_whole(board, sally, mei, act):
    actions.add_tile(act(sally), board.pk, text="note")
    actions.delete_dashboard(act(sally), board.pk)
    refused(NotFound, "not-found", lambda: actions.delete_dashboard(act(sally), board.pk))
    refused(NotFound, "not-found", lambda: actions.restore_dashboard(act(mei), board.pk))
    assert actions.restore_dashboard(act(sally), board.pk).tiles.count() == 1
    assert deeds("delete_dashboard") == 1 and deeds("restore_dashboard") == 1
