"""Pages of explorer, views and boards: both languages, another department's people, files under one's own rights."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import pytest

from hedu.center.dashboards import actions
from hedu.center.dashboards.models import Dashboard, SavedView
from hedu.center.people.models import Policy
from tests.center.dashboards.conftest import BARS, QUESTION

JSON = "application/json"


@pytest.fixture
def view(sally, act) -> SavedView:
    return actions.save_view(act(sally), name="区域销售额", question=QUESTION, chart=BARS)


@pytest.fixture
def board(sally, act, view) -> Dashboard:
    row = actions.create_dashboard(act(sally), name="销售经营盘点")
    actions.add_tile(act(sally), row.pk, view=view.pk)
    return row


def props_of(response, element: str) -> dict:
    text = response.content.decode()
    start = text.index(f'id="{element}"')
    body = text[text.index(">", start) + 1 : text.index("</script>", start)]
    return json.loads(body)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_answer_in_both_languages(language, sally, view, board, signed_in):
    sally.language = language
    sally.save()
    client = signed_in(sally)
    pages = ["/explore/", f"/explore/?view={view.pk}", "/views/", "/dashboards/", f"/dashboards/{board.pk}/"]
    for page in pages:
        response = client.get(page)
        assert response.status_code == 200, page
    assert ("Dashboards" in client.get("/dashboards/").content.decode()) == (language == "en")


def test_empty_lists_say_what_to_do(mei, signed_in):
    client = signed_in(mei)
    assert "/explore/" in client.get("/dashboards/").content.decode()
    assert client.get("/views/?q=nothing").status_code == 200
    assert client.get("/dashboards/?which=starred&page=99").status_code == 200


def test_the_explorer_opens_a_saved_view(sally, view, signed_in):
    props = props_of(signed_in(sally).get(f"/explore/?view={view.pk}"), "explorer-props")
    assert props["question"]["metrics"] == ["revenue"]
    assert (props["kind"], props["viewId"], props["title"]) == ("bar", view.pk, "区域销售额")
    assert props["canSeeSql"] is False


@pytest.mark.parametrize(
    "path",
    ["/explore/?view={view}", "/views/{view}/export.csv", "/dashboards/{board}/", "/dashboards/{board}/export.xlsx"],
)
def test_another_department_opens_nothing_private(path, finn, view, board, signed_in):
    response = signed_in(finn).get(path.format(view=view.pk, board=board.pk))
    assert response.status_code == 404


def test_lists_of_another_department_do_not_name_it(finn, view, board, signed_in):
    client = signed_in(finn)
    for page in ("/views/", "/dashboards/", "/explore/boards/"):
        text = client.get(page).content.decode()
        assert "区域销售额" not in text and "销售经营盘点" not in text


def test_the_island_saves_and_saves_again(sally, signed_in):
    client = signed_in(sally)
    body = {"title": "我的视图", "question": {**QUESTION, "limit": None}, "chart": {"kind": "bar"}}
    kept = client.post("/explore/save/", json.dumps(body), content_type=JSON).json()
    assert kept["url"] == f"/explore/?view={kept['id']}"
    again = {**body, "id": kept["id"], "chart": {"kind": "table"}}
    first = url = "/explore/save/?version=1"
    for _ in range(2):
        answer = client.post(url, json.dumps(again), content_type=JSON)
        assert answer.status_code == 200
        url = answer.json()["saveUrl"]
    assert SavedView.objects.get().chart["kind"] == "table"
    other_tab = client.post(first, json.dumps({**again, "chart": {"kind": "bar"}}), content_type=JSON)
    assert other_tab.status_code == 409 and SavedView.objects.get().chart["kind"] == "table"


def test_saving_over_a_colleague_s_change_is_refused(person, sally, view, act, signed_in):
    actions.share_view(act(sally), view.pk, scope="department")
    colleague = person("li", "sales", "analyst")
    actions.update_view(act(colleague), view.pk, version=2, question=QUESTION, chart={"kind": "table"})
    body = {"id": view.pk, "title": "x", "question": QUESTION, "chart": BARS}
    answer = signed_in(sally).post(
        "/explore/save/?version=2", json.dumps(body), content_type=JSON, headers={"accept": JSON}
    )
    assert answer.status_code == 409
    assert answer.json()["code"] == "changed-meanwhile"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{", "request-not-json"),
        ("[]", "request-not-json"),
        ("[" * 100_000, "request-not-json"),
        ('{"title": "a\\u0000b"}', "request-not-json"),
        ('{"title": {"x": 1}, "question": {"metrics": ["revenue"]}}', "title-missing"),
        ("{}", "title-missing"),
        ('{"title": "x"}', "question-broken"),
        ('{"title": "x", "question": {"metrics": ["revenue"], "x": 1}}', "question-key-unknown"),
        ('{"title": "x", "question": {"metrics": ["revenue"]}, "chart": {"kind": "pie3d"}}', "chart-broken"),
        ('{"title": "x", "question": {"metrics": ["revenue\' or 1=1"]}}', "metric-unknown"),
    ],
)
def test_a_broken_request_is_a_typed_error(body, code, sally, signed_in):
    answer = signed_in(sally).post("/explore/save/", body, content_type=JSON, headers={"accept": JSON})
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer.json()["hint"]


@pytest.mark.parametrize("which", ["[]", "{}", "true", '"x"', "-1", "9" * 40, "1e400"])
def test_an_id_that_names_nothing_is_not_found(which, finn, view, signed_in):
    body = f'{{"title": "x", "id": {which}, "question": {{"metrics": ["revenue"]}}}}'
    answer = signed_in(finn).post("/explore/save/", body, content_type=JSON, headers={"accept": JSON})
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert signed_in(finn).get(f"/dashboards/{'9' * 40}/").status_code == 404


@pytest.mark.parametrize("version", ["null", '"1"', "[]", "1.5", "999999999999"])
def test_a_version_that_is_none_counts_as_another(version, sally, board, signed_in):
    body = f'{{"version": {version}, "tiles": []}}'
    place = f"/dashboards/{board.pk}/layout/"
    answer = signed_in(sally).put(place, body, content_type=JSON, headers={"accept": JSON})
    assert (answer.status_code, answer.json()["code"]) == (409, "changed-meanwhile")
    assert board.tiles.exists()


def test_the_board_is_saved_through_its_island(sally, board, signed_in):
    client = signed_in(sally)
    props = props_of(client.get(f"/dashboards/{board.pk}/"), "board-props")
    assert props["canEdit"] and props["tiles"][0]["view"]["question"]["metrics"] == ["revenue"]
    body = {"version": props["version"], "tiles": [{**props["tiles"][0], "w": 12}], "filters": props["filters"]}
    saved = client.put(props["saveUrl"], json.dumps(body), content_type=JSON)
    assert saved.json()["version"] == props["version"] + 1
    stale = client.put(props["saveUrl"], json.dumps(body), content_type=JSON, headers={"accept": JSON})
    assert (stale.status_code, stale.json()["code"]) == (409, "changed-meanwhile")


def test_a_tile_starts_a_new_board(sally, signed_in):
    client = signed_in(sally)
    offered = client.get("/explore/boards/").json()["boards"]
    body = {"title": "销售", "view": {"question": QUESTION, "chart": BARS}}
    added = client.post(offered[-1]["addUrl"], json.dumps(body), content_type=JSON).json()
    board = Dashboard.objects.get()
    assert added["url"] == f"/dashboards/{board.pk}/"
    assert board.tiles.get().question["by"] == ["region"]


def test_forms_make_share_rename_star_delete_and_restore(sally, signed_in):
    client = signed_in(sally)
    client.post("/dashboards/new/", {"name": "月会"})
    board = Dashboard.objects.get()
    place = f"/dashboards/{board.pk}/"
    client.post(f"{place}share/", {"scope": "company", "department": "sales"})
    client.post(f"{place}rename/", {"name": "经营月会"})
    assert client.post(f"{place}star/", {"on": "1"}, headers={"hx-request": "true"}).status_code == 200
    client.post(f"{place}views/", {"text": "只看已付款"})
    client.post(f"{place}duplicate/")
    client.post(f"{place}delete/")
    assert "经营月会" in client.get("/dashboards/").content.decode(), "offered for bringing back"
    client.post(f"{place}restore/")
    board.refresh_from_db()
    assert (board.scope, board.name_zh, board.deleted_at) == ("company", "经营月会", None)
    assert Dashboard.objects.count() == 2


def test_forms_of_views(sally, view, signed_in):
    client = signed_in(sally)
    place = f"/views/{view.pk}/"
    assert client.get(place)["Location"] == f"/explore/?view={view.pk}"
    client.post(f"{place}rename/", {"name": "新名", "from": "explore"})
    client.post(f"{place}share/", {"scope": "department"})
    client.post(f"{place}duplicate/")
    client.post(f"{place}delete/")
    client.post(f"{place}restore/")
    view.refresh_from_db()
    assert (view.name_zh, view.scope) == ("新名", "department")
    assert SavedView.objects.count() == 2


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_an_export_holds_what_the_one_who_exports_may_see(sally, finn, view, board, act, signed_in):
    actions.share_view(act(sally), view.pk, scope="company")
    Policy.objects.create(
        dataset="orders", effect="rows", where="region = 'east'", department=sally.memberships.get().department
    )
    mine = rows_of(signed_in(sally).get(f"/views/{view.pk}/export.csv").content)
    theirs = rows_of(signed_in(finn).get(f"/views/{view.pk}/export.csv").content)
    assert [row[0] for row in mine[1:]] == ["east"]
    assert theirs[1:] == [], "the author's rights do not travel with the view"


def test_a_workbook_has_a_sheet_for_each_tile(sally, board, act, signed_in):
    actions.add_tile(act(sally), board.pk, title="区域销售额", question={"metrics": ["order_count"]})
    answer = signed_in(sally).get(f"/dashboards/{board.pk}/export.xlsx")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        names = book.read("xl/workbook.xml").decode()
    assert 'name="区域销售额"' in names and 'name="区域销售额 2"' in names


def test_other_formats_are_refused(sally, view, signed_in):
    answer = signed_in(sally).get(f"/views/{view.pk}/export.docx", headers={"accept": JSON})
    assert (answer.status_code, answer.json()["code"]) == (400, "export-format-unknown")
    assert signed_in(sally).get(f"/views/{view.pk}/export.xlsx").content[:2] == b"PK"


def test_programs_save_and_read_too(sally, finn, signed_in):
    client = signed_in(sally)
    body = {"name": "API", "question": QUESTION, "chart": BARS}
    made = client.post("/api/dashboards/save-view", json.dumps(body), content_type=JSON)
    assert made.status_code == 200, made.content
    answer = client.get(f"/api/dashboards/view-answer?id={made.json()['id']}").json()
    assert dict(answer["rows"]) == {"east": 350, "west": 70}
    assert "sql" not in answer["receipt"]
    assert signed_in(finn).get(f"/api/dashboards/view-answer?id={made.json()['id']}").status_code == 404


def test_lists_cost_the_same_however_long(sally, act, signed_in, django_assert_max_num_queries):
    client = signed_in(sally)
    for number in range(12):
        row = actions.create_dashboard(act(sally), name=f"看板 {number}")
        actions.add_tile(act(sally), row.pk, text="note")
        actions.save_view(act(sally), name=f"视图 {number}", question=QUESTION)
    client.get("/dashboards/")
    with django_assert_max_num_queries(14):
        client.get("/dashboards/")
    with django_assert_max_num_queries(14):
        client.get("/views/")


@pytest.mark.parametrize("number", ["9" * 5000, "²", "٣", "-1", "9" * 30])
def test_texts_that_are_no_keys_lead_nowhere_on_any_page(number, sally, board, signed_in):
    client = signed_in(sally)
    client.raise_request_exception = False
    for kind in ("dashboard", "savedview", "proposal", "conflict"):
        assert client.get(f"/comments/{kind}/{number}/", headers={"accept": JSON}).status_code == 404
    posts = {
        f"/dashboards/{board.pk}/views/": {"view": number},
        f"/explore/save/?version={number}": {},
        "/inbox/read/": {"task": number},
        "/inbox/take-back/": {"task": number},
        f"/comments/dashboard/{board.pk}/": {"text": "好", "under": number},
        "/theme/": {"theme": "dark", "next": "%s"},
        "/language/": {"language": "zh-hans", "next": f"/{number}"},
    }
    for place, told in posts.items():
        assert client.post(place, told, headers={"accept": JSON}).status_code < 500, place
    assert client.get(f"/inbox/?department={number}").status_code == 200
