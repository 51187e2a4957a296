"""Definitions resolved before -> the same model, each part opened when it is first asked for.

Kept outside the folder of definitions (`HEDU_CACHE`, else the user's cache folder), so that no folder can bring
a prepared answer with it, under the digest of every text and of the code that resolved them.
"""

from __future__ import annotations

import gc
import hashlib
import marshal
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any, Generic, Literal, NamedTuple, TypeVar, overload

from hedu.define.definitions import Definitions, MetricDef, Reported
from hedu.define.packed import packed, unpacked
from hedu.errors import Problem
from hedu.model.types import Dataset, Entity, Metric, Model, reported_dataset

Value = TypeVar("Value")
_KEPT_AT_MOST = 40
_RESOLVED = tuple(one.name for one in fields(Metric) if one.name not in ("name", "definition"))
_CODE = ("define", "model", "errors")


class Opened(NamedTuple):
    """A model with its definitions and problems; `place` is where it is kept, None where it is not."""

    model: Model
    definitions: Definitions
    problems: tuple[Problem, ...]
    place: Path | None = None


def opened(texts: Mapping[str, bytes]) -> Opened:
    """The model of a folder's texts with its definitions and problems: as kept from before, else resolved and kept."""
    place = _place(texts)
    kept = _read(place) if place else None
    if kept is not None:
        return kept
    made = resolved(texts)._replace(place=place)
    if place:
        with _uncollected():
            _write(place, _kept(made.model, made.definitions, made.problems))
    return made


def resolved(texts: Mapping[str, str | bytes]) -> Opened:
    """The model of texts with its definitions and problems."""
    from hedu.define.read import read
    from hedu.model.resolve import resolve

    with _uncollected():
        definitions, problems = read(texts)
        model, more = resolve(definitions)
    return Opened(model, definitions, (*problems, *more))


@contextmanager
def _uncollected() -> Iterator[None]:
    """No garbage collection: a large catalog is built of objects that all stay, and looking at them again and again
    would take as long as building it. Nor are they young in the end: frozen and thawed, they count as old."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()
            gc.enable()


def findings(model: Model, place: Path | None, kind: Literal["faults", "advice"]) -> tuple[Problem, ...]:
    """What the checks of a model find: as kept beside it, else found and kept."""
    beside = place.with_suffix(f".{kind}") if place else None
    content = _content(beside) if beside else None
    if content is not None:
        with suppress(KeyError, ValueError, EOFError, TypeError, IndexError):
            kept: tuple[Problem, ...] = unpacked(content["found"])
            return kept
    from hedu.model import checks

    with _uncollected():
        found = checks.faults(model) if kind == "faults" else checks.advice(model)
    if beside:
        _write(beside, {"found": packed(found)})
    return found


class Lazily(Mapping[str, Value], Generic[Value]):
    """A mapping whose names are known and whose values are made on demand, each once."""

    def __init__(self, names: Sequence[str], make: Callable[[str], Value]) -> None:
        self._names = dict.fromkeys(names)
        self._make = make
        self._made: dict[str, Value] = {}

    def __getitem__(self, name: str) -> Value:
        if name not in self._made:
            if name not in self._names:
                raise KeyError(name)
            self._made[name] = self._make(name)
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class _InOrder(Sequence[Value], Generic[Value]):
    """The values of a lazy mapping, in the order of `names`."""

    def __init__(self, names: Sequence[str], values: Mapping[str, Value]) -> None:
        self._names = names
        self._values = values

    @overload
    def __getitem__(self, at: int) -> Value: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Value]: ...
    def __getitem__(self, at: int | slice) -> Value | Sequence[Value]:
        if isinstance(at, slice):
            return tuple(self._values[name] for name in self._names[at])
        return self._values[self._names[at]]

    def __len__(self) -> int:
        return len(self._names)


def _read(place: Path) -> Opened | None:
    kept = _content(place)
    try:
        return _reopened(kept, place) if kept is not None else None
    except (ValueError, EOFError, TypeError, KeyError, IndexError):
        return None


def _content(place: Path) -> dict[str, Any] | None:
    """What a file of our own holds; None where there is none, or it is somebody else's or damaged."""
    try:
        if place.stat().st_uid != os.geteuid():
            return None
        kept = marshal.loads(place.read_bytes())  # noqa: S302 (a file of our own, in a folder of our own)
    except (OSError, ValueError, EOFError, TypeError):
        return None
    return kept if isinstance(kept, dict) else None


def _reopened(kept: dict[str, Any], place: Path) -> Opened:
    metric_blobs, dataset_blobs = kept["metrics"], kept["datasets"]
    metric_defs = Lazily[MetricDef](list(metric_blobs), lambda name: unpacked(metric_blobs[name]))
    dataset_defs = Lazily[Any](list(dataset_blobs), lambda name: unpacked(dataset_blobs[name]))
    rest: Definitions = unpacked(kept["rest"])
    definitions = replace(
        rest,
        datasets=_InOrder(list(dataset_blobs), dataset_defs),
        metrics=_InOrder(list(metric_blobs), metric_defs),
    )
    facts = kept["facts"]
    metrics = Lazily[Metric](list(facts), lambda name: Metric(name, metric_defs[name], **facts[name]))
    datasets = _datasets(kept, dataset_defs, metric_defs)
    model = Model(datasets, metrics, rest.settings, definitions, kept["uses"])
    vars(model)["endings"] = frozenset(kept["endings"])  # else every dataset would be opened to know them
    return Opened(model, definitions, unpacked(kept["problems"]), place)


def _datasets(kept: dict[str, Any], defs: Mapping[str, Any], metrics: Mapping[str, MetricDef]) -> Lazily[Dataset]:
    """Every dataset on demand; one that is joined to opens those it leads to, without their own joins."""
    from hedu.model.far_times import with_far_times
    from hedu.model.resolve import resolve_dataset, resolve_reported, with_joins

    reports: dict[str, str] = {reported_dataset(name): name for name in kept["reported"]}

    def alone(name: str) -> Dataset:
        if name in reports:
            metric = metrics[reports[name]]
            assert isinstance(metric.body, Reported)
            return resolve_reported(metric, metric.body, [])
        return resolve_dataset(defs[name])

    apart = Lazily[Dataset]([*defs, *reports], alone)
    owners: dict[str, tuple[tuple[str, str], ...]] = kept["identified"]

    def keys_of(entity: str) -> tuple[Entity, ...]:
        return tuple(apart[dataset].entities[role] for dataset, role in owners[entity])

    identified = Lazily[tuple[Entity, ...]](list(owners), keys_of)
    bridges = kept["bridges"]
    joined = Lazily[Dataset](
        [*defs, *reports],
        lambda name: with_joins(apart[name], identified, [apart[bridge] for bridge in bridges]),
    )
    return Lazily[Dataset]([*defs, *reports], lambda name: with_far_times(joined[name], joined))


def _write(place: Path, kept: dict[str, Any]) -> None:
    """Keep it; where that cannot be, the next start does the work again."""
    try:
        content = marshal.dumps(kept)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = place.with_name(f".{place.name}.{os.getpid()}")
        fresh.write_bytes(content)
        fresh.replace(place)
        others = sorted(place.parent.glob(f"*{place.suffix}"), key=lambda one: one.stat().st_mtime, reverse=True)
        for old in others[_KEPT_AT_MOST:]:
            old.unlink(missing_ok=True)
    except (OSError, ValueError):
        return


def _kept(model: Model, definitions: Definitions, problems: tuple[Problem, ...]) -> dict[str, Any]:
    identified: dict[str, list[tuple[str, str]]] = {}
    for dataset in model.datasets.values():
        for entity in dataset.entities.values():
            if entity.unique:
                identified.setdefault(entity.entity, []).append((dataset.name, entity.role))
    return {
        "metrics": {one.name: packed(one) for one in definitions.metrics},
        "datasets": {one.name: packed(one) for one in definitions.datasets},
        "rest": packed(replace(definitions, metrics=(), datasets=())),
        "facts": {name: {field: getattr(one, field) for field in _RESOLVED} for name, one in model.metrics.items()},
        "uses": dict(model.uses),
        "endings": list(model.endings),
        "problems": packed(problems),
        "reported": [one.name for one in definitions.metrics if isinstance(one.body, Reported)],
        "identified": {entity: tuple(roles) for entity, roles in identified.items()},
        "bridges": [one.name for one in definitions.datasets if one.bridge],
    }


def _place(texts: Mapping[str, bytes]) -> Path | None:
    """Where the model of these texts is kept; None where nothing is to be kept (`HEDU_CACHE=off`)."""
    told = os.environ.get("HEDU_CACHE", "")
    if told == "off":
        return None
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    digest = hashlib.sha256(_code().encode())
    for name, text in texts.items():
        digest.update(f"\0{name}\0{len(text)}\0".encode())
        digest.update(text)
    return (Path(told) if told else Path(home, "hedu")) / f"{digest.hexdigest()[:32]}.model"


@cache
def _code() -> str:
    """What the code that resolves is: its files, their sizes and times, and the Python that runs it."""
    package = Path(__file__).parents[1]
    files = [file for part in _CODE for file in sorted((package / part).rglob("*.py"))]
    states = [(file.name, stat.st_size, stat.st_mtime_ns) for file in files for stat in (file.stat(),)]
    return repr((sys.version_info[:3], states))
