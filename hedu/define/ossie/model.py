"""An Apache Ossie document as values, as it stands: names as written, expressions as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hedu.errors import Where

VENDOR = "HEDU"


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something stands: its dotted path in the document, and its place in the text."""

    path: str
    where: Where


@dataclass(frozen=True, slots=True)
class Extras:
    """What any part may carry besides: context for tools, extensions of vendors, ours apart from the others."""

    synonyms: tuple[str, ...] = ()
    context: Any = None
    others: tuple[Mapping[str, Any], ...] = ()
    own: str | None = None


@dataclass(frozen=True, slots=True)
class Expression:
    """One meaning in several dialects: (dialect, text) in the order they stand."""

    dialects: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class OssieField:
    """A field; `is_dimension` where it says something of its role, be it nothing."""

    name: str
    expression: Expression
    at: Spot
    is_time: bool | None = None
    is_dimension: bool = False
    datatype: str | None = None
    label: str | None = None
    description: str | None = None
    extras: Extras = Extras()


@dataclass(frozen=True, slots=True)
class OssieMetric:
    """A metric; `dataset` names the one it stands in, where it does not stand beside them.

    `changed` are keys the specification does not know, of which each would make its values others.
    """

    name: str
    expression: Expression
    at: Spot
    datatype: str | None = None
    description: str | None = None
    dataset: str | None = None
    extras: Extras = Extras()
    core: Any = None
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OssieDataset:
    """A dataset; `changed` are keys the specification does not know, of which each would leave other rows."""

    name: str
    source: str
    at: Spot
    primary_key: tuple[str, ...] = ()
    unique_keys: tuple[tuple[str, ...], ...] = ()
    description: str | None = None
    fields: tuple[OssieField, ...] = ()
    metrics: tuple[OssieMetric, ...] = ()
    extras: Extras = Extras()
    core: Any = None
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Relationship:
    """Rows of `source` belong to at most one row of `target`."""

    name: str
    source: str
    target: str
    source_columns: tuple[str, ...]
    target_columns: tuple[str, ...]
    at: Spot
    extras: Extras = Extras()
    core: Any = None


@dataclass(frozen=True, slots=True)
class OssieModel:
    """A model; `document` is what the document it stands in says of all its models, `core` its own words."""

    name: str
    at: Spot
    datasets: tuple[OssieDataset, ...]
    relationships: tuple[Relationship, ...] = ()
    metrics: tuple[OssieMetric, ...] = ()
    description: str | None = None
    extras: Extras = field(default_factory=Extras)
    version: str = ""
    document: Mapping[str, Any] = field(default_factory=dict)
    core: Any = None
