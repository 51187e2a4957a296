"""What is done later: looking for conflicts, checking one case, and what time does to cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hedu.alignment.conflict import Conflict
from hedu.alignment.scan import DETECTORS, scan
from hedu.alignment.scene import Scene
from hedu.center.conflicts import actions, reads
from hedu.center.conflicts.scene import site_scene
from hedu.center.conflicts.watching import Watched
from hedu.center.kernel.job import Leaving, Run, job
from hedu.errors import EngineError, HeduError


def both(waiting: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """One look for two: the later does the work of the earlier too.

    >>> both({"scan": 1}, {"scan": 1}), both({"scan": 2, "also": [1]}, {"scan": 3})
    ({'scan': 1, 'also': []}, {'scan': 3, 'also': [1, 2]})
    """
    every = {*waiting.get("also", ()), *wanted.get("also", ()), waiting["scan"]} - {wanted["scan"]}
    return {"scan": wanted["scan"], "also": sorted(every)}


@job("conflicts.scan", retries=1, lane="long", limit=1800, merge=both)
def look(run: Run, *, scan: int, also: Sequence[int] = ()) -> dict[str, Any]:
    """One detector after the other, outside of any transaction; what they found is filed at once."""
    try:
        row = actions.begin_scan(run.actor, scan, also=also)
        found, scene, look = _found(run, row.pk, tuple(row.metrics))
        unsure, snapshot = look.unanswered(scene.model), look.snapshot() or ""
        return actions.file_found(run.actor, scan, conflicts=found, snapshot=snapshot, unsure=unsure).counts
    except Leaving:
        raise
    except Exception as error:
        told = error.problem.as_json() if isinstance(error, HeduError) else {"code": type(error).__name__, "facts": {}}
        actions.fail_scan(run.actor, scan, code=told["code"], facts=told["facts"])
        raise


def _watched() -> tuple[Scene, Watched]:
    scene = site_scene()
    look = Watched(scene.look)
    return replace(scene, look=look), look


def _found(run: Run, row: int, metrics: tuple[str, ...]) -> tuple[list[Conflict], Scene, Watched]:
    found: list[Conflict] = []
    scene, look = _watched()
    for at, (kind, _) in enumerate(DETECTORS):
        run.progress(at / len(DETECTORS), kind)
        actions.tell_scan(run.actor, row, done=100 * at // len(DETECTORS), note=kind)
        found.extend(scan(scene, classes=(kind,), metrics=metrics or None))
    return found, scene, look


@job("conflicts.check", retries=1, lane="long", limit=600)
def check(run: Run, *, case: int) -> dict[str, Any]:
    """The detector that found a case looks again, at the case's metrics only. Unanswered, or of metrics that do not
    answer at present, it has not looked."""
    try:
        row = reads.visible_to(run.actor).get(pk=case)
        scene, look = _watched()
        if reads.unanswering(row, scene.model):
            actions.give_up_check(run.actor, case)
            return {"state": row.state}
        kinds = tuple(dict.fromkeys(part.kind for part in reads.parts_of(row)))
        found = scan(scene, classes=kinds, metrics=row.names or None)  # type: ignore[arg-type]
        if fault := look.fault_about(row.names, scene.model):
            raise fault
        made = actions.file_check(run.actor, case, conflicts=found, snapshot=look.snapshot() or "")
    except Leaving:
        raise
    except Exception as error:
        if run.job.attempts > check.retries or not isinstance(error, EngineError):
            actions.give_up_check(run.actor, case)
        raise
    return {"state": made.state}


@job("conflicts.sweep")
def sweep(run: Run) -> dict[str, int]:
    """Deadlines that passed, acceptance that ran out."""
    return actions.sweep(run.actor)


@job("conflicts.nightly")
def nightly(run: Run) -> dict[str, int]:
    """Look everywhere once a night."""
    return {"scan": actions.scan(run.actor, why="night").pk}


@job("conflicts.refreshed")
def refreshed(run: Run) -> dict[str, Any]:
    """Look everywhere where other data answers than at the last look."""
    last = reads.last_scan(run.actor)
    now = reads.snapshot_now()
    if last is None or not now or last.snapshot == now[:120] or reads.is_scanning(run.actor):
        return {}
    return {"scan": actions.scan(run.actor, why="data").pk}


JOBS = (look, check, sweep, nightly, refreshed)
