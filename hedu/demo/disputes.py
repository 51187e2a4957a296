"""The company's papers -> what detectors look at on the site, and a first scan for the worker to do."""

from __future__ import annotations

from pathlib import Path


def fill_disputes(company: Path) -> None:
    """File what no table of the site holds, then ask for a scan: it runs once the site is up, beside people's work."""
    from hedu.center.catalog.reads import workspace
    from hedu.center.conflicts import actions
    from hedu.center.conflicts.papers import KINDS
    from hedu.center.kernel.actor import SYSTEM
    from hedu.center.kernel.plain import plain
    from hedu.demo.scene import demo_scene

    scene = demo_scene(company, workspace())
    for kind in KINDS:
        actions.file_papers(SYSTEM, kind=kind, rows=plain(getattr(scene, kind)))
    actions.scan(SYSTEM, why="first")
