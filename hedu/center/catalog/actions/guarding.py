"""A catalog about to be published -> whether every right by dataset and column still has something to hold on to."""

from __future__ import annotations

from hedu.center.catalog import serving
from hedu.center.people.reads import grants
from hedu.errors import Conflict
from hedu.model.types import Model


def require_rights_hold(after: Model) -> None:
    """Refuse to take away or rename what a policy speaks of: nobody would be kept from it under its new name.

    Errors: Conflict policy-loses-dataset, policy-loses-column.
    """
    before = serving.served().workspace.model
    for grant in grants():
        if grant.dataset not in before.datasets:
            continue
        if grant.dataset not in after.datasets:
            raise Conflict("policy-loses-dataset", dataset=grant.dataset)
        if grant.column and _has(before, grant.dataset, grant.column) and not _has(after, grant.dataset, grant.column):
            raise Conflict("policy-loses-column", dataset=grant.dataset, column=grant.column)


def _has(model: Model, dataset: str, column: str) -> bool:
    held = model.datasets[dataset]
    return column in held.dimensions or column in held.measures
