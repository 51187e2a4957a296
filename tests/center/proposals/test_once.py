"""A row that stands for nobody's department stands once, on databases that heed nulls_distinct and on those that do not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import Q, UniqueConstraint

from hedu.center.catalog.models import Metric, Popularity, Usage
from hedu.center.kernel.actor import Actor
from hedu.center.proposals import reads
from hedu.center.proposals.models import Affected, SignOff
from tests.center.proposals.test_signing import narrower

Act = Callable[[str], Actor]


def test_every_such_row_stands_once(act: Act) -> None:
    revision = reads.latest(narrower(act("sally")))
    metric, who = Metric.objects.get(name="revenue"), act("sally").user_id
    made = (
        (Affected, {"revision": revision, "part": "must_sign"}),
        (SignOff, {"revision": revision, "person_id": who, "digest": "x", "decision": "approve"}),
        (Usage, {"kind": "view", "object": "1", "metric": metric}),
        (Popularity, {"metric": metric, "day": date(2026, 1, 5)}),
    )
    for model, fields in made:
        model.objects.create(department=None, **fields)
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.create(department=None, **fields)


def test_no_constraint_rests_on_nulls_distinct_alone() -> None:
    alone = []
    for model in apps.get_models():
        constraints = [one for one in model._meta.constraints if isinstance(one, UniqueConstraint)]
        partial = {(one.fields, str(one.condition)) for one in constraints if one.condition is not None}
        for one in constraints:
            if one.nulls_distinct is not False:
                continue
            for name in one.fields:
                if model._meta.get_field(name).null:
                    rest = tuple(field for field in one.fields if field != name)
                    if (rest, str(Q(**{name: None}))) not in partial:
                        alone.append(one.name)
    assert not alone
