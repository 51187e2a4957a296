"""Scene -> conflicts: every detector asked, every conflict weighed, signed and given the digests of its inputs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import Protocol

from hedu.alignment.classes import (
    access,
    aggregation,
    definition,
    duplicate,
    gaming,
    interpretation,
    ownership,
    source,
    target,
    timing,
    trade_off,
    unit,
    version,
)
from hedu.alignment.conflict import Conflict, ConflictClass
from hedu.alignment.scene import Scene
from hedu.alignment.severity import severity_of
from hedu.define.digest import meaning_digest
from hedu.errors import needs
from hedu.model.resting import resting_of
from hedu.model.types import Model


class Detector(Protocol):
    """A module of `hedu.alignment.classes`. VERSION rises when it would find something else in the same scene."""

    VERSION: int

    def detect(self, scene: Scene) -> Iterator[Conflict]:
        """The conflicts of its class."""


DETECTORS: tuple[tuple[ConflictClass, Detector], ...] = (
    ("definition", definition),
    ("duplicate", duplicate),
    ("source", source),
    ("timing", timing),
    ("unit", unit),
    ("aggregation", aggregation),
    ("target", target),
    ("trade_off", trade_off),
    ("gaming", gaming),
    ("ownership", ownership),
    ("version", version),
    ("access", access),
    ("interpretation", interpretation),
)
LEVELS = {"high": 0, "medium": 1, "low": 2}


def scan(
    scene: Scene, classes: Collection[ConflictClass] | None = None, metrics: Iterable[str] | None = None
) -> tuple[Conflict, ...]:
    """Every conflict of the scene, the gravest first; each fingerprint once.

    `classes` limits the detectors asked; `metrics` the conflicts to those that touch one of them (a scan on
    publish). One scan shares its answers in `scene.kept`; start the next with a new scene.
    Errors: EngineError extra-missing.
    """
    needs("alignment", "numpy", "scipy")
    focused = scene if metrics is None else replace(scene, focus=frozenset(metrics))
    found: dict[str, Conflict] = {}
    for kind, detector in DETECTORS:
        if classes is not None and kind not in classes:
            continue
        for conflict in detector.detect(focused):
            if focused.is_asked(*conflict.metrics):
                found.setdefault(conflict.fingerprint, _signed(focused, conflict, detector))
    return tuple(sorted(found.values(), key=_rank))


def _signed(scene: Scene, conflict: Conflict, detector: Detector) -> Conflict:
    return replace(
        conflict,
        severity=severity_of(scene, conflict),
        digests={**input_digests(scene, conflict), **conflict.digests},
        detector=f"{conflict.kind}/{detector.VERSION}",
    )


def input_digests(scene: Scene, conflict: Conflict) -> dict[str, str]:
    """Of each metric's definition with all it is made of ("definition:NAME"), and of the data ("data").

    "data" stands only where an exhibit rests on rows; it changes with every load.
    """
    digests = {
        f"definition:{name}": digest_of_metric(scene, name) for name in conflict.metrics if name in scene.model.metrics
    }
    rests_on_rows = any(one.question is not None or one.datasets for one in conflict.evidence)
    snapshot = scene.look.snapshot() if rests_on_rows else None
    return digests | ({"data": snapshot} if snapshot else {})


def digest_of_metric(scene: Scene, name: str) -> str:
    """Of the meaning of a metric and of every metric and dataset its value can depend on."""
    key = ("digest", name)
    if key not in scene.kept:
        scene.kept[key] = _digest(scene.model, name)
    found: str = scene.kept[key]
    return found


def _digest(model: Model, name: str) -> str:
    import hashlib

    known = resting_of(model, name)
    parts = [meaning_digest(model.metrics[one].definition) for one in known.metrics]
    for dataset in sorted(known.datasets):
        definition = model.datasets[dataset].definition
        parts.append(meaning_digest(definition) if definition else dataset)
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:16]


def _rank(conflict: Conflict) -> tuple[int, bool, int, str, tuple[str, ...]]:
    severity = conflict.severity
    return LEVELS[severity.level], not severity.is_key, -severity.audience, conflict.kind, conflict.metrics
