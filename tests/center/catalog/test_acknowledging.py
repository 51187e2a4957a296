"""Understanding a metric: who is asked, what confirms it, when it is asked anew, how far it reaches."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from django.test import Client

from hedu.center.catalog import actions, reads
from hedu.center.catalog.models import Metric, QuizAnswer, Understanding
from hedu.center.catalog.reads import acknowledging
from hedu.center.kernel import reads as kernel
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.models import Audit, Task, User
from hedu.center.people.models import Membership
from hedu.errors import Conflict, Denied, QueryError
from tests.center import signed
from tests.center.catalog.world import REVENUE, TEXTS

QUIZ = [
    {
        "zh": "未付款的订单算吗？",
        "en": "Do unpaid orders count?",
        "choices": [{"zh": "算"}, {"zh": "不算"}],
        "right": 1,
    },
    {"zh": "含税吗？", "choices": [{"zh": "含"}, {"zh": "不含"}, {"zh": "看渠道"}], "right": 0},
]
RELABELLED = {**TEXTS, "metrics/revenue.yml": REVENUE.replace("zh: 销售额", "zh: 已付销售额")}
OTHER_MEANING = {**TEXTS, "metrics/revenue.yml": REVENUE.replace("'paid'", "'open'")}


def open_tasks(actor: Actor) -> list[str]:
    return [task["topic"] for task in kernel.tasks(actor)]


def counts(actor: Actor) -> dict[str, tuple[int, int]]:
    return {row["department"]: (row["confirmed"], row["asked"]) for row in reads.understanding(actor, "revenue")}


def test_those_it_concerns_are_asked_once(sally: Actor, mei: Actor, finn: Actor, lian: Actor) -> None:
    with pytest.raises(Denied):
        actions.ask_to_confirm(mei, "revenue")
    assert actions.ask_to_confirm(sally, "revenue") == 4, "owner, RACI: sales and finance"
    assert actions.ask_to_confirm(sally, "revenue") == 0
    assert open_tasks(mei) == open_tasks(finn) == ["catalog.confirm_asked"]
    assert Task.objects.filter(user_id=mei.user_id).get().url == "/metrics/revenue/understanding/"
    assert counts(mei) == {"sales": (0, 3), "finance": (0, 1)}


def test_departments_can_be_chosen(sally: Actor, mei: Actor, finn: Actor) -> None:
    assert actions.ask_to_confirm(sally, "revenue", departments=["finance"]) == 1
    assert open_tasks(finn) and not open_tasks(mei)


def test_confirming_settles_the_task_and_counts(sally: Actor, mei: Actor) -> None:
    actions.ask_to_confirm(sally, "revenue")
    assert actions.confirm_understanding(mei, "revenue").is_confirmed
    assert actions.confirm_understanding(mei, "revenue").is_confirmed, "twice is once"
    assert open_tasks(mei) == [] and counts(mei)["sales"] == (1, 2)
    with pytest.raises(Conflict) as stale:
        actions.confirm_understanding(sally, "revenue", digest="what it meant before")
    assert stale.value.code == "understanding-outdated"


def test_somebody_not_asked_may_confirm_too(mei: Actor, person: Callable[..., User], acting) -> None:
    actions.confirm_understanding(mei, "revenue")
    assert counts(mei) == {"sales": (1, 1)}
    Metric.objects.filter(name="staff").update(department=None)
    with pytest.raises(Conflict) as nowhere:
        actions.confirm_understanding(acting(person("boss", is_superuser=True)), "staff")
    assert nowhere.value.code == "understanding-no-department"


def test_a_wrong_answer_leaves_it_open_and_is_kept(sally: Actor, mei: Actor) -> None:
    actions.write_questions(sally, "revenue", questions=QUIZ)
    actions.ask_to_confirm(sally, "revenue")
    with pytest.raises(QueryError) as unanswered:
        actions.confirm_understanding(mei, "revenue", answers=[1])
    assert unanswered.value.code == "quiz-unanswered"
    assert actions.confirm_understanding(mei, "revenue", answers=[0, 0]).wrong == (1,)
    assert open_tasks(mei)
    assert actions.confirm_understanding(mei, "revenue", answers=[1, 0]).is_confirmed
    assert not open_tasks(mei)
    told = [(row.question, row.attempt, row.is_correct) for row in reads.quiz_answers()]
    assert told == [(1, 1, False), (2, 1, True), (1, 2, True), (2, 2, True)]
    assert {
        (row.metric, row.person, row.department, row.metric_version) for row in reads.quiz_answers(["revenue"])
    } == {("revenue", "mei", "sales", 1)}
    assert reads.quiz_answers(["order_count"]) == ()


@pytest.mark.parametrize(
    ("questions", "code"),
    [
        (QUIZ + QUIZ[:1], "quiz-too-long"),
        ([{"zh": "？", "choices": [{"zh": "是"}], "right": 0}], "quiz-question-incomplete"),
        ([{"zh": "？", "choices": [{"zh": "是"}, {"zh": "否"}], "right": 2}], "quiz-question-incomplete"),
        ([{"zh": "", "choices": [{"zh": "是"}, {"zh": "否"}], "right": 1}], "quiz-question-incomplete"),
    ],
)
def test_questions_are_whole(questions: list, code: str, sally: Actor) -> None:
    with pytest.raises(QueryError) as refused:
        actions.write_questions(sally, "revenue", questions=questions)
    assert refused.value.code == code


def test_new_questions_replace_the_old_and_answers_stay(sally: Actor, mei: Actor) -> None:
    actions.write_questions(sally, "revenue", questions=QUIZ)
    actions.confirm_understanding(mei, "revenue", answers=[1, 0])
    actions.write_questions(sally, "revenue", questions=QUIZ[:1])
    assert QuizAnswer.objects.count() == 2
    assert actions.confirm_understanding(sally, "revenue", answers=[1]).is_confirmed


def test_only_a_new_meaning_is_asked_anew(sally: Actor, mei: Actor, finn: Actor) -> None:
    actions.ask_to_confirm(sally, "revenue")
    actions.confirm_understanding(mei, "revenue")
    signed.put(RELABELLED)
    assert open_tasks(mei) == [] and counts(mei)["sales"] == (1, 2), "another name is no other meaning"
    signed.put(OTHER_MEANING)
    assert open_tasks(mei) == open_tasks(finn) == ["catalog.confirm_asked"]
    assert counts(mei) == {"sales": (0, 2), "finance": (0, 1)}
    assert Task.objects.get(user_id=finn.user_id, outcome="superseded").done_at
    assert Understanding.objects.filter(person="mei").count() == 2


def test_nobody_asked_nobody_asked_anew(mei: Actor) -> None:
    signed.put(OTHER_MEANING)
    assert open_tasks(mei) == []


def given_elsewhere(people: int, wrong: int) -> list[dict]:
    return [
        {"person": f"p{n}", "department": "finance", "question": q, "attempt": 1, "correct": not (q == 1 and n < wrong)}
        for n in range(people)
        for q in (1, 2)
    ]


def test_answers_given_elsewhere_count_under_their_names(sally: Actor, finn: Actor, mei: Actor) -> None:
    rows = given_elsewhere(10, 8)
    with pytest.raises(Denied):
        actions.take_over_answers(mei, "revenue", version=1, rows=rows, questions=QUIZ)
    for _ in range(2):
        assert actions.take_over_answers(sally, "revenue", version=1, rows=rows, questions=QUIZ) == 10
    assert QuizAnswer.objects.count() == 20 == len(reads.quiz_answers())
    [told] = reads.understanding(mei, "revenue")
    assert told == {"department": "finance", "asked": 10, "confirmed": 10, "answered": 10, "wrong": 0.4}
    actions.take_over_answers(sally, "revenue", version=3, rows=rows, questions=QUIZ, is_present=False)
    assert reads.understanding(mei, "revenue") == [told], "what was asked of another meaning counts apart"


def test_nobody_confirms_in_anothers_name(sally: Actor, mei: Actor, person: Callable[..., User]) -> None:
    """Answers from elsewhere bear names of elsewhere, whatever these are called here."""
    taken = [{"person": "mei", "department": "sales", "question": q, "attempt": 1, "correct": True} for q in (1, 2)]
    actions.take_over_answers(sally, "revenue", version=1, rows=taken, questions=QUIZ)
    actions.ask_to_confirm(sally, "revenue", departments=["sales"])
    assert open_tasks(mei) == ["catalog.confirm_asked"], "she is asked all the same"
    hers = Understanding.objects.get(user_id=mei.user_id)
    assert hers.confirmed_at is None
    taken = [{**row, "attempt": 9, "correct": False} for row in taken]
    actions.take_over_answers(sally, "revenue", version=1, rows=taken, questions=QUIZ)
    hers.refresh_from_db()
    assert hers.confirmed_at is None and not hers.answers.exists()
    assert not Understanding.objects.filter(user=None, person__in=User.objects.values("username")).exists()


def test_of_few_people_no_rate_is_told(sally: Actor, mei: Actor) -> None:
    actions.take_over_answers(sally, "revenue", version=1, rows=given_elsewhere(4, 4), questions=QUIZ)
    assert reads.understanding(mei, "revenue")[0]["wrong"] is None


# --- the page --------------------------------------------------------------------------------------------


def test_the_page_asks_answers_and_shows(signed_in: Callable[[User], Client], owner: User, member: User, sally: Actor):
    client = signed_in(owner)
    form = {"q1_zh": "算吗？", "q1_0_zh": "算", "q1_2_zh": "不算", "q1_2_en": "No", "q1_right": "2"}
    client.post("/metrics/revenue/understanding/questions/", form)
    client.post("/metrics/revenue/understanding/ask/", {"department": ["sales"]})
    client = signed_in(member)
    page = client.get("/metrics/revenue/understanding/").content.decode()
    assert "算吗？" in page and "覆盖率" in page
    name = page.split('name="answer_')[1].split('"')[0]
    wrong = client.post("/metrics/revenue/understanding/confirm/", {f"answer_{name}": "0"})
    assert "答错了" in wrong.content.decode()
    client.post("/metrics/revenue/understanding/confirm/", {f"answer_{name}": "1"})
    assert Understanding.objects.get(person="mei").confirmed_at
    assert "您已于" in client.get("/metrics/revenue/understanding/").content.decode()


def test_a_page_left_open_over_a_new_version_is_told_so(signed_in: Callable[[User], Client], member: User):
    client = signed_in(member)
    answer = client.post("/metrics/revenue/understanding/confirm/", {"digest": "old"}, follow=True)
    assert "刚刚变了" in answer.content.decode() and not Understanding.objects.exists()


def test_questions_end_with_the_meaning_they_ask_about(
    signed_in: Callable[[User], Client], owner: User, sally: Actor, mei: Actor
) -> None:
    actions.write_questions(sally, "revenue", questions=QUIZ[:1])
    actions.ask_to_confirm(sally, "revenue", departments=["sales"])
    signed.put(RELABELLED)
    with pytest.raises(QueryError):
        actions.confirm_understanding(mei, "revenue")
    signed.put(OTHER_MEANING)
    assert actions.confirm_understanding(mei, "revenue").is_confirmed, "the old questions are not asked any more"
    row = Metric.objects.get(name="revenue")
    assert acknowledging.questions_of(row) == []
    asked = Task.objects.get(user=owner, topic="catalog.questions_outdated", done_at=None)
    assert asked.kind == "decide" and asked.url == "/metrics/revenue/understanding/"
    page = signed_in(owner).get("/metrics/revenue/understanding/").content.decode()
    assert "就旧口径出的" in page and 'value="未付款的订单算吗？"' in page
    actions.write_questions(sally, "revenue", questions=QUIZ[:1])
    asked.refresh_from_db()
    assert asked.done_at and len(acknowledging.questions_of(row)) == 1
    assert "就旧口径出的" not in signed_in(owner).get("/metrics/revenue/understanding/").content.decode()


def test_people_who_have_left_count_for_nothing(sally: Actor, mei: Actor, lian: Actor) -> None:
    actions.ask_to_confirm(sally, "revenue", departments=["sales"])
    actions.confirm_understanding(sally, "revenue")
    assert counts(sally) == {"sales": (1, 3)}
    User.objects.filter(pk=mei.user_id).update(is_active=False)
    assert counts(sally) == {"sales": (1, 2)}
    actions.confirm_understanding(lian, "revenue")
    assert counts(sally) == {"sales": (2, 2)}


BENEATH = {
    "the measure's aggregation": TEXTS["datasets/orders.yml"].replace("amount: {agg: sum", "amount: {agg: max"),
    "its unit": TEXTS["datasets/orders.yml"].replace("unit: CNY", "unit: USD"),
}
"""Changes of the dataset that make the metric mean something else."""


@pytest.mark.parametrize("what", BENEATH)
def test_a_meaning_that_changes_beneath_is_asked_anew(what: str, sally: Actor, mei: Actor) -> None:
    actions.write_questions(sally, "revenue", questions=QUIZ[:1])
    actions.ask_to_confirm(sally, "revenue", departments=["sales"])
    actions.confirm_understanding(mei, "revenue", answers=[1])
    signed.put({**TEXTS, "datasets/orders.yml": BENEATH[what]})
    assert open_tasks(mei) == ["catalog.confirm_asked"] and counts(mei)["sales"] == (0, 2)
    assert "catalog.questions_outdated" in open_tasks(sally)
    signed.put(TEXTS)
    assert open_tasks(mei) == [] and counts(mei)["sales"] == (1, 2), "what it meant before is known"


def test_what_leaves_the_meaning_alone_asks_nobody(sally: Actor, mei: Actor) -> None:
    actions.ask_to_confirm(sally, "revenue", departments=["sales"])
    actions.confirm_understanding(mei, "revenue")
    dataset = TEXTS["datasets/orders.yml"]
    for text in (
        dataset.replace("select * from", "select *, 1 as one from"),
        dataset.replace("zh: 金额", "zh: 款项"),
        dataset.replace("lines: {agg: count", "lines: {agg: count_distinct, expr: region"),
        dataset.replace("owner: sales", "owner: finance"),
    ):
        assert signed.put({**TEXTS, "datasets/orders.yml": text}), "something is published"
        assert open_tasks(mei) == [] and counts(mei)["sales"] == (1, 2)
    signed.put({**TEXTS, "metrics/revenue.yml": REVENUE.replace("owner: sales", "owner: finance")})
    assert open_tasks(mei) == []


def test_people_count_where_they_are_now(sally: Actor, mei: Actor, finn: Actor, lian: Actor, department) -> None:
    """Whoever moved counts in the new department, with what they said; whoever holds no post any more, nowhere."""
    actions.ask_to_confirm(sally, "revenue", departments=["sales", "finance"])
    actions.confirm_understanding(mei, "revenue")
    assert counts(sally) == {"sales": (1, 3), "finance": (0, 1)}
    Membership.objects.filter(user=mei.user_id).update(department=department("finance"))
    assert counts(sally) == {"sales": (0, 2), "finance": (1, 2)}
    Membership.objects.filter(user=lian.user_id).delete()
    assert counts(sally) == {"sales": (0, 1), "finance": (1, 2)}


def test_coverage_and_error_rate_are_what_is_counted_by_hand(sally: Actor, person, acting, department) -> None:
    """Forty people of three departments, some asked, some right at the second attempt, some gone, some moved."""
    draw = random.Random(3)
    places = ["sales", "finance", "marketing"]
    people = [person(f"p{at}", draw.choice(places)) for at in range(40)]
    actions.write_questions(sally, "revenue", questions=QUIZ)
    actions.ask_to_confirm(sally, "revenue", departments=places)
    said: dict[int, list[list[int]]] = {}
    for user in people:
        for _ in range(draw.randint(0, 3)):
            answers = [draw.randint(0, 1), draw.choice([0, 0, 1, 2])]
            said.setdefault(user.pk, []).append(answers)
            if actions.confirm_understanding(acting(user), "revenue", answers=answers).is_confirmed:
                break
    for user in draw.sample(people, 6):
        User.objects.filter(pk=user.pk).update(is_active=False)
    for user in draw.sample(people, 6):
        Membership.objects.filter(user=user).update(department=department(draw.choice(places)))
    for row in acknowledging.coverage_of(Metric.objects.get(name="revenue")):
        there = User.objects.filter(memberships__department=row.department, is_active=True, username__startswith="p")
        tried = [said[user.pk] for user in there if user.pk in said]
        first = [choice == right for attempts in tried for choice, right in zip(attempts[0], (1, 0), strict=True)]
        others = 1 if row.department.code == "sales" else 0
        assert (row.asked, row.answered) == (there.count() + others, len(tried)), "sally was asked, too"
        assert row.confirmed == sum(attempts[-1] == [1, 0] for attempts in tried)
        told = first.count(False) / len(first) if len(tried) >= acknowledging.FEW else None
        assert row.wrong == (None if told is None else pytest.approx(told))


def test_the_record_keeps_neither_answers_nor_what_is_right(sally: Actor, mei: Actor) -> None:
    actions.write_questions(sally, "revenue", questions=QUIZ)
    actions.confirm_understanding(mei, "revenue", answers=[0, 2])
    kept = Audit.objects.filter(deed__in=["catalog.write_questions", "catalog.confirm_understanding"])
    assert kept.count() == 2
    for row in kept:
        told = str([row.inputs, row.before, row.after, row.note])
        assert "'right'" not in told and "[0, 2]" not in told
