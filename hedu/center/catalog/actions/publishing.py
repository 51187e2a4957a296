"""A signed change set -> published versions. The one way in; an empty catalog alone is filled without signatures."""

from __future__ import annotations

from typing import Any

from hedu.center.catalog import reads
from hedu.center.catalog.actions.acknowledging import ask_about_new_meanings
from hedu.center.catalog.actions.telling import tell_published, tell_retired
from hedu.center.catalog.actions.versions import Proposed, lock_catalog, publish_pieces
from hedu.center.catalog.changeset import ChangeSet, approval_of
from hedu.center.catalog.models import DefinitionVersion, Draft, Metric
from hedu.center.catalog.texts import pieces_of, single
from hedu.center.kernel.action import action
from hedu.center.kernel.actor import Actor
from hedu.errors import Conflict, DefinitionError, Denied


def known(actor: Actor, **_: Any) -> bool:
    """Somebody: the right to publish lies in the approval, which the deed itself checks."""
    return not actor.is_anonymous


def may_fill(actor: Actor, **_: Any) -> bool:
    """Administrators, and the system that sets a site up."""
    return actor.is_admin


@action(may=known, doors=set(), event="catalog.published", secret=("change",))
def publish(actor: Actor, change: ChangeSet, *, approval: str) -> list[DefinitionVersion]:
    """Make a change set the published catalog, as one revision. Its versions can never be changed again.

    No door offers it: whoever keeps the signatures calls it. Errors: approval-missing where `approval` is not of
    exactly this change; base-moved where another version came first; DefinitionError where the whole catalog would
    not load.
    """
    lock_catalog()
    approved = approval_of(approval)
    if approved is None or approved.digest != change.digest:
        raise Denied("approval-missing", approval=approval)
    moved = reads.moved(change)
    if moved:
        raise Conflict("base-moved", names=moved)
    rows = reads.entries_of(change)
    before = {pk: row.head.digest if row.head else "" for pk, row in rows.items()}
    proposed = [Proposed(single(item.text), rows.get(item.entry)) for item in change.items if item.text]
    retire = [rows[item.entry] for item in change.items if item.is_retirement]
    told = {"valid_from": change.valid_from, "note": approved.note, "approval": approval}
    versions, workspace = publish_pieces(proposed, retire=retire, author=approved.author, **told)
    for version in versions:
        Draft.objects.filter(kind=version.kind, name=version.name, text=version.text).delete()
        if before.get(version.entry_id, version.digest) != version.digest:
            tell_published(actor, version)
    for row in retire:
        tell_retired(actor, row, approved.note)
    ask_about_new_meanings(actor, workspace)
    return versions


@action(may=may_fill, doors={"rest", "cli"}, event="catalog.published", secret=("texts",))
def apply_texts(actor: Actor, texts: dict[str, str], *, note: str = "") -> list[DefinitionVersion]:
    """Fill a catalog that holds no metric yet with a folder of definitions, all or nothing.

    Nobody can be affected then, so nobody signs. From the first metric on, changes are proposals (catalog-in-use).
    """
    lock_catalog()
    if Metric.objects.filter(head__isnull=False).exists():
        raise Conflict("catalog-in-use")
    pieces, problems = pieces_of(texts)
    if problems:
        raise DefinitionError.of(problems)
    rows = reads.rows_for(pieces)
    proposed = [Proposed(piece, rows[piece]) for piece in pieces if reads.differs(piece, rows[piece])]
    if not proposed:
        return []
    return publish_pieces(proposed, author=actor.user_id, note=note)[0]
