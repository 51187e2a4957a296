"""Published texts -> the one Workspace that answers, rebuilt when the catalog's revision moves.

Shared by all threads of a process and swapped as a whole: a reader holds either the old or the new one.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Subquery

import hedu
from hedu.center.catalog import figures
from hedu.center.catalog.handed_in import with_reported
from hedu.center.catalog.models import DatasetEntry, Metric, Revision, Rollup, WorkspaceEntry
from hedu.center.catalog.naming import former_names
from hedu.center.catalog.rolling import with_accepted
from hedu.center.catalog.wording import Vocabulary
from hedu.model.unit_words import words_of

FOLDERS = {"metric": "metrics/", "dataset": "datasets/", "workspace": ""}


@dataclass(frozen=True, slots=True)
class Served:
    """A revision of the catalog with what answers for it; `former` names of metrics lead to those of today.

    `rolled` changes with the rollups that were accepted.
    """

    mark: str
    engine: str
    workspace: hedu.Workspace
    words: Vocabulary
    former: Mapping[str, str] = field(default_factory=dict)
    rolled: str = ""


_lock = threading.Lock()
_current: Served | None = None


def mark_now() -> str:
    """The mark of the latest publish; "" before the first."""
    return Revision.objects.order_by("-number").values_list("mark", flat=True).first() or ""


def file_of(kind: str, name: str) -> str:
    """The name a published text has as a file: what `pull` writes and problems point at."""
    return f"{FOLDERS[kind]}{name}.yml"


def published_texts() -> dict[str, str]:
    """File name -> text of everything published and not retired."""
    texts: dict[str, str] = {}
    for kind, model in (("workspace", WorkspaceEntry), ("dataset", DatasetEntry), ("metric", Metric)):
        rows = model._default_manager.filter(is_retired=False, head__isnull=False).order_by("name")
        texts |= {file_of(kind, name): text for name, text in rows.values_list("name", "head__text")}
    return texts


def load(texts: Mapping[str, str]) -> hedu.Workspace:
    """A workspace over `texts`, the site's warehouse and the values handed in; problems included, not raised."""
    return with_reported(hedu.load(dict(texts), engine=settings.HEDU_ENGINE), settings.HEDU_ENGINE)


def served() -> Served:
    """What answers now: costs one small query while nothing was published."""
    global _current
    mark, rolled = _marks()
    wanted = (mark, settings.HEDU_ENGINE, rolled)
    current = _current
    if current and (current.mark, current.engine, current.rolled) == wanted:
        return current
    with _lock:
        current = _current
        if current is None or (current.mark, current.engine, current.rolled) != wanted:
            current = _made(mark, load(published_texts()), rolled)
            _current = current
    return current


def _marks() -> tuple[str, str]:
    """The mark of the latest publish and that of the accepted rollups, in one query."""
    changed = Rollup.objects.order_by("-changed_at").values("changed_at")[:1]
    last = Revision.objects.order_by("-number").annotate(rolled=Subquery(changed)).values_list("mark", "rolled").first()
    return (last[0], str(last[1] or "")) if last else ("", "")


def adopt(mark: str, workspace: hedu.Workspace) -> None:
    """Serve a workspace that a publish has just checked, so that nobody waits for it to be built again."""
    global _current
    with _lock:
        _current = _made(mark, workspace, _marks()[1])


def _made(mark: str, workspace: hedu.Workspace, rolled: str) -> Served:
    figures.learn(words_of(workspace.definitions.settings))
    words, former = Vocabulary.of(workspace.definitions), former_names()
    return Served(mark, settings.HEDU_ENGINE, with_accepted(workspace), words, former, rolled)


def forget() -> None:
    """Let the next question build the workspace anew."""
    global _current
    with _lock:
        _current = None
