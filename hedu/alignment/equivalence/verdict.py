"""What comparing two definitions comes to, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from hedu.define.definitions import Label

Says = Literal["equal", "different", "unproven"]
Relation = Literal["a_implies_b", "b_implies_a"]


@dataclass(frozen=True, slots=True)
class Witness:
    """The smallest database found on which two definitions differ, the question that shows it and both answers.

    `by` are the keys the question asks for, empty for SELECTs. Without any one of its rows the answers agree; a
    single row is kept even where no row at all would tell them apart.
    """

    tables: Mapping[str, tuple[Mapping[str, Any], ...]]
    a: tuple[Mapping[str, Any], ...]
    b: tuple[Mapping[str, Any], ...]
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FacetDifference:
    """One facet two definitions differ in: what it is with each of them, in words for both languages."""

    facet: str
    a: Label
    b: Label


@dataclass(frozen=True, slots=True)
class Gap:
    """What the two come to on real data: over all periods, by period, and (a - b) / |b| over all of them."""

    grain: str
    periods: tuple[tuple[str, float | None, float | None], ...]
    a: float | None
    b: float | None
    relative: float | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """EQUAL by form, DIFFERENT with a witness, or UNPROVEN: they agreed on `tries` databases.

    `relation` says which is a special case of the other: "a_implies_b" where b counts every row that a counts.
    """

    verdict: Says
    tries: int = 0
    witness: Witness | None = None
    relation: Relation | None = None
    facets: tuple[FacetDifference, ...] = field(default=())
    gap: Gap | None = None
