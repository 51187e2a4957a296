"""Ids and identifiers -> what people call them."""

from __future__ import annotations

from collections.abc import Iterable

from hedu.center.catalog import reads as catalog
from hedu.center.catalog.changeset import ChangeSet
from hedu.center.catalog.models import Usage
from hedu.center.kernel.actor import SYSTEM
from hedu.center.people.models import Department
from hedu.center.people.reads import visible_to as departments_visible_to


def departments_in(ids: Iterable[int | None]) -> dict[int, Department]:
    """Departments by id: no secret to those who may sign in."""
    return departments_visible_to(SYSTEM).in_bulk([pk for pk in set(ids) if pk is not None])


def departments_called(codes: Iterable[str]) -> dict[str, str]:
    """Departments by code -> their name in the reader's language."""
    return {row.code: row.name for row in departments_visible_to(SYSTEM).filter(code__in=set(codes))}


def labels_of(names: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Metric -> its Chinese and English label: what metrics are called is no secret either."""
    rows = catalog.visible_to(SYSTEM).filter(name__in=set(names)).values_list("name", "label_zh", "label_en")
    return {name: (zh, en) for name, zh, en in rows}


def labels_wanted(change: ChangeSet) -> dict[str, tuple[str, str]]:
    """The same for metrics that a change adds or renames: the catalog knows them not yet."""
    texts = {item.name: item.text for item in change.items if item.kind == "metric" and item.text}
    labels = {name: catalog.definition_of(text).label for name, text in texts.items()}
    return {name: (label.zh, label.en) for name, label in labels.items()}


def case_number(case: str) -> str:
    """What people call the conflict case of that id: cases stand above proposals, which know only the id.

    >>> case_number("2")
    'C-0002'
    """
    return f"C-{case:0>4}"


def titles_of(uses: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Boards and views as the register titles them -> the same in Chinese and English."""
    rows = Usage.objects.filter(title__in=set(uses)).exclude(title_en="").values_list("title", "title_en")
    return {zh: (zh, en) for zh, en in rows.distinct()}
