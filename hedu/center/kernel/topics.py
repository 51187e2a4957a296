"""News -> words. Each app says in topics.py how its news reads: TOPICS = {"app.topic": _("%(who)s …")}."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import Any, Protocol

from django.conf import settings
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _

from hedu.center.kernel import outbox
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.actors import actor_of
from hedu.center.kernel.models import Notification, User
from hedu.center.kernel.subjects import Subject, kinds

TOPICS: dict[str, Any] = {
    "kernel.mentioned": _("%(who)s 在“%(name)s”的讨论中提到了您：%(text)s"),
    "kernel.answered": _("%(who)s 在“%(name)s”的讨论中回复：%(text)s"),
    "outcome.read": _("已读"),
    "kernel.commented": _("%(who)s 评论了“%(name)s”：%(text)s"),
    "kernel.group_asked": _("有新的事项等待本部门处理（编号 %(number)s），请到站内查看"),
}


@cache
def wordings() -> Mapping[str, Any]:
    """Topic -> wording, from every app."""
    table: dict[str, Any] = {}
    for module in settings.HEDU_TOPIC_MODULES:
        table |= import_module(module).TOPICS
    return table


class Told(Protocol):
    """News, a task or a message: a topic with the facts that fill its wording."""

    topic: str
    facts: dict[str, Any]


def labelled(topic: str, facts: Mapping[str, Any]) -> str:
    """A short wording (a button, an outcome) in the present language; "" when no app words it."""
    template = wordings().get(topic)
    return str(template) % defaultdict(str, {key: str(value) for key, value in facts.items()}) if template else ""


def names_for(person: User, subject: Subject) -> dict[str, str] | None:
    """The subject's name as this person may read it, as facts of its news: in Chinese, and in English for whoever
    reads it so. None where they may not see it."""
    find, actor = kinds()[subject.kind], actor_of(person)
    zh, en = (find(replace(actor, lang=lang), subject.object_id) for lang in ("zh", "en"))
    return {"name": zh.name, "name_en": en.name} if zh and en else None


def teller(actor: Actor) -> dict[str, str]:
    """Who does what news tells of; the site itself goes by its name in the reader's language."""
    with override("en"):
        return {"who": actor.name, "who_en": gettext(SYSTEM.name)} if actor.is_system else {"who": actor.name}


def in_both(fact: str, say: Callable[[], Any]) -> dict[str, str]:
    """A fact of news in Chinese and in English, whatever the language of whoever causes it."""
    told = {}
    for key, language in ((fact, "zh-hans"), (f"{fact}_en", "en")):
        with override(language):
            told[key] = str(say())
    return told


def worded(news: Told) -> str:
    """The sentence a person reads, in the present language; a topic no longer known reads as its object.

    Where a fact has a twin "…_en", whoever reads English reads that.
    """
    template = wordings().get(news.topic)
    facts = defaultdict(str, {key: str(value) for key, value in news.facts.items()})
    if get_language() == "en":
        facts |= {key.removesuffix("_en"): told for key, told in facts.items() if key.endswith("_en") and told}
    return str(template) % facts if template else facts["name"] or news.topic


def notify(topic: str, people: Iterable[User], subject: Subject, actor: Actor, **facts: Any) -> int:
    """Inside an action: tell `people` (not the actor) who may see the subject, each once -> how many.

    People hear by the ways they chose (kernel.preferences): not at all, in the site, in a digest or at once.
    """
    told = {person.pk: person for person in people if person.is_active and person.pk != actor.user_id}
    type = outbox.type_of(topic)
    ways = outbox.preferences_of(told.values())
    listening = [person for person in told.values() if ways[person.pk].way(type) != "never"]
    rows = [
        Notification(
            user=person,
            topic=topic,
            facts={**teller(actor), **names, **facts},
            kind=subject.kind,
            object_id=subject.object_id,
            url=subject.url,
        )
        for person in listening
        if (names := names_for(person, subject)) is not None
    ]
    Notification.objects.bulk_create(rows)
    outbox.post([outbox.News(row, type) for row in rows])
    return len(rows)
