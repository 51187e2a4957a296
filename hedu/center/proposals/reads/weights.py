"""Metrics -> how much is made of each, for the order in which a preview has room for them."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count, Q

from hedu.center.catalog.models import Metric
from hedu.center.proposals.reads.affected import AIMS

Weight = tuple[int, int, int]


def weights_of(names: Collection[str]) -> dict[str, Weight]:
    """Aims, then other uses, then questions asked; nothing for the unknown."""
    aims = Count("uses", filter=Q(uses__kind__in=AIMS), distinct=True)
    uses = Count("uses", distinct=True)
    rows = Metric.objects.filter(name__in=set(names)).annotate(aims=aims, all_uses=uses)
    found = {
        name: (aimed, used, asked)
        for name, aimed, used, asked in rows.values_list("name", "aims", "all_uses", "popularity")
    }
    return {name: found.get(name, (0, 0, 0)) for name in names}
