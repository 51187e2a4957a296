"""Comments, mentions, news and documents stay with those who see the object."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from hedu.center.kernel import actions, reads, rules, subjects, topics
from hedu.center.kernel.models import Audit, Comment, Document, Notification
from hedu.center.kernel.subjects import Subject
from hedu.errors import Denied, NotFound, QueryError


@pytest.fixture
def thing(monkeypatch):
    """A kind of object that only members of some department see; followed by `followers`."""
    followers = []

    def find(actor, object_id):
        if not actor.departments or object_id != "甲":
            return None
        return Subject("thing", object_id, "净销售额", "/thing/", tuple(followers))

    monkeypatch.setattr(subjects, "kinds", lambda: {"thing": find})
    monkeypatch.setattr(topics, "kinds", lambda: {"thing": find})
    return followers


def news_of(user):
    return list(Notification.objects.filter(user=user).values_list("topic", flat=True))


def test_whoever_does_not_see_it_does_not_speak_of_it(thing, person, acting):
    stranger = acting(person("out"))
    with pytest.raises(NotFound):
        actions.comment(stranger, "thing", "甲", text="hello")
    with pytest.raises(NotFound):
        reads.comments_visible_to(stranger, "thing", "甲")
    with pytest.raises(NotFound):
        actions.comment(acting(person("lin", "sales")), "unknown-kind", "1", text="hello")
    assert not Comment.objects.exists()


def test_mentions_answers_and_followers_are_told_once_each(thing, person, acting):
    lin, wang, zhao = person("lin", "sales"), person("wang", "sales"), person("zhao", "sales")
    outside = person("out")
    thing.extend([wang.pk, zhao.pk, lin.pk, outside.pk])
    first = actions.comment(acting(lin), "thing", "甲", text="@wang @out 请看退款口径")
    assert news_of(wang) == ["kernel.mentioned"]
    assert news_of(zhao) == ["kernel.commented"]
    assert news_of(lin) == []
    assert news_of(outside) == []
    actions.comment(acting(wang), "thing", "甲", text="已核对", under=first.pk)
    assert news_of(lin) == ["kernel.answered"]
    assert topics.worded(Notification.objects.get(user=lin)) == "wang 在“净销售额”的讨论中回复：已核对"


def test_answers_hang_under_the_first_comment(thing, person, acting):
    lin = acting(person("lin", "sales"))
    first = actions.comment(lin, "thing", "甲", text="1")
    second = actions.comment(lin, "thing", "甲", text="2", under=first.pk)
    third = actions.comment(lin, "thing", "甲", text="3", under=second.pk)
    assert second.under == third.under == first
    assert [row.pk for row in reads.comments_visible_to(lin, "thing", "甲")] == [first.pk]


@pytest.mark.parametrize(
    ("text", "code"), [("", "comment-empty"), (" \n", "comment-empty"), ("长" * 4001, "comment-too-long")]
)
def test_a_comment_says_something_and_not_too_much(text, code, thing, person, acting):
    with pytest.raises(QueryError) as refused:
        actions.comment(acting(person("lin", "sales")), "thing", "甲", text=text)
    assert refused.value.code == code


def test_one_takes_back_only_the_own_words_and_the_audit_keeps_them(thing, person, acting):
    lin, wang = acting(person("lin", "sales")), acting(person("wang", "sales"))
    row = actions.comment(lin, "thing", "甲", text="口误")
    with pytest.raises(Denied):
        actions.delete_comment(wang, row.pk)
    actions.delete_comment(lin, row.pk)
    assert Comment.objects.get().as_json()["text"] == ""
    assert Audit.objects.get(deed="kernel.delete_comment", outcome="done").before == {"text": "口误"}


def test_the_discussion_escapes_what_people_write(thing, person, signed_in):
    client = signed_in(person("lin", "sales", name="<b>林</b>"))
    text = "<script>alert(1)</script> @lin. @nobody"
    page = client.post("/comments/thing/甲/", {"text": text}).content.decode()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert '<span class="house-mention">@&lt;b&gt;林&lt;/b&gt;</span>. @nobody' in page
    empty = client.post("/comments/thing/甲/", {"text": ""}, headers={"HX-Request": "true"})
    assert empty.status_code == 400
    assert "comment-empty" in empty["HX-Trigger"]


def test_a_document_is_read_by_those_who_see_its_object(thing, person, acting, signed_in, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client = signed_in(person("lin", "sales"))
    upload = SimpleUploadedFile("口径说明.html", b"<script>x</script>", content_type="text/html")
    assert client.post("/documents/thing/甲/", {"file": upload}).status_code == 200
    row = Document.objects.get()
    assert "口径说明" not in row.file.name
    got = client.get(f"/documents/{row.pk}")
    assert got["Content-Disposition"].startswith("attachment")
    assert got.getvalue()
    assert signed_in(person("out")).get(f"/documents/{row.pk}").status_code == 404
    with pytest.raises(Denied):
        actions.remove_document(acting(person("wang", "sales")), row.pk)


def test_a_file_too_large_is_refused(thing, person, acting, settings):
    settings.HEDU_UPLOAD_LIMIT = 4
    with pytest.raises(QueryError) as refused:
        actions.attach(acting(person("lin", "sales")), "thing", "甲", file=SimpleUploadedFile("a.txt", b"12345"))
    assert refused.value.code == "file-too-large"


def test_removing_a_document_removes_its_file(
    thing, person, acting, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path
    lin = acting(person("lin", "sales"))
    row = actions.attach(lin, "thing", "甲", file=SimpleUploadedFile("a.txt", b"1"))
    place = tmp_path / row.file.name
    assert place.exists()
    with django_capture_on_commit_callbacks(execute=True):
        actions.remove_document(lin, row.pk)
    assert not place.exists()


def test_news_is_opened_once_and_is_ones_own(thing, person, acting, signed_in):
    lin, wang = person("lin", "sales"), person("wang", "sales")
    actions.comment(acting(lin), "thing", "甲", text="@wang")
    news = Notification.objects.get(user=wang)
    assert signed_in(lin).get(f"/notifications/{news.pk}/").status_code == 404
    client = signed_in(wang)
    assert "净销售额" in client.get("/notifications/").content.decode()
    assert client.get(f"/notifications/{news.pk}/")["Location"] == "/thing/"
    assert Notification.objects.get(pk=news.pk).read_at
    assert actions.read_notifications(acting(wang)) == 0


def test_mentions_are_names_and_not_mail():
    assert rules.mentioned("@林悦 和 @wang.lei. a@b.cn @@x") == ("林悦", "wang.lei")


def test_tokens_are_kept_as_digests_and_expire(person, acting):
    lin = acting(person("lin"))
    made = actions.create_token(lin, name="脚本", days=1)
    row, user = reads.token_holder(made.secret)
    assert user.username == "lin"
    assert made.secret not in str(row.__dict__)
    assert Audit.objects.filter(inputs__icontains=made.secret).count() == 0
    row.expires_at = row.at
    row.save()
    assert reads.token_holder(made.secret) is None
    assert reads.token_holder("hedu_nonsense") is None


def test_one_revokes_only_ones_own_tokens(person, acting):
    token = actions.create_token(acting(person("lin")), name="x").token
    with pytest.raises(NotFound):
        actions.revoke_token(acting(person("wang")), token.pk)
    actions.revoke_token(acting(person("ada", "company", "administrator")), token.pk)
    token.refresh_from_db()
    assert not token.is_live
