"""What came from Ossie and goes out word for word: all that still reads back as the definitions it stands beside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hedu.define.definitions import Definitions
from hedu.define.ossie.carry import carried
from hedu.define.ossie.meant import Refused
from hedu.define.ossie.model import VENDOR
from hedu.define.ossie.own import json_text
from hedu.define.ossie.spell import Resolved, Spelling, spelt
from hedu.define.ossie.told import told_of
from hedu.errors import DefinitionError

Key = tuple[str, str]


def stated_in(definitions: Definitions) -> frozenset[Key]:
    """The datasets and metrics that hold a wording of their own: ("dataset" or "metric", name)."""
    datasets = {("dataset", one.name) for one in definitions.datasets if told_of(one.x)}
    told = {one.name: told_of(one.x) for one in definitions.metrics}
    metrics = {("metric", name) for name, held in told.items() if "dialects" in held and "dataset" not in held}
    return frozenset(datasets | metrics)


def changed(
    keys: frozenset[Key], definitions: Definitions, resolved: Resolved, document: Mapping[str, Any]
) -> frozenset[Key]:
    """Those of `keys` whose wording in `document` no longer means what `definitions` say."""
    try:
        back = carried({"again.json": json_text(_core_of(document))}).definitions
    except DefinitionError:
        return keys
    names = {one.name: {item.name for item in one.dimensions} for one in definitions.datasets}
    then, now = dict(_meanings(back, {}, names)), dict(_meanings(definitions, resolved, names))
    return frozenset(key for key in keys if then.get(key) != now.get(key))


def _meanings(definitions: Definitions, resolved: Resolved, names: Mapping[str, set[str]]) -> Iterator[tuple[Key, Any]]:
    """What each dataset, with its dimensions among `names`, and each metric comes to."""
    spelling = Spelling(definitions, resolved)
    for dataset in definitions.datasets:
        known = names.get(dataset.name, set())
        dimensions = {one.name: one.expr for one in dataset.dimensions if one.name in known}
        yield ("dataset", dataset.name), (dataset.source, dataset.primary_key, dataset.unique_keys, dimensions)
    for metric in definitions.metrics:
        try:
            yield ("metric", metric.name), spelt(spelling.metric(metric))
        except Refused:
            yield ("metric", metric.name), metric.body


def _core_of(part: Any) -> Any:
    """Without what only we read."""
    if isinstance(part, Mapping):
        return {key: _core_of(value) for key, value in part.items()}
    if isinstance(part, list):
        return [_core_of(one) for one in part if not (isinstance(one, Mapping) and one.get("vendor_name") == VENDOR)]
    return part
