"""Every write of the conflicts app: scans and what they find, and each step of a case."""

from hedu.center.conflicts.actions.applying import apply
from hedu.center.conflicts.actions.arguing import assign_mediator, merge, raise_by_hand, state_position, triage
from hedu.center.conflicts.actions.papers import file_papers
from hedu.center.conflicts.actions.renaming import follow_names
from hedu.center.conflicts.actions.scanning import begin_scan, fail_scan, file_found, scan, tell_scan
from hedu.center.conflicts.actions.settling import close, decide, dismiss, reopen
from hedu.center.conflicts.actions.verifying import file_check, give_up_check, verify
from hedu.center.conflicts.actions.waiting import escalate, sweep

__all__ = [
    "apply",
    "assign_mediator",
    "begin_scan",
    "close",
    "decide",
    "dismiss",
    "escalate",
    "fail_scan",
    "file_check",
    "file_found",
    "file_papers",
    "follow_names",
    "give_up_check",
    "merge",
    "raise_by_hand",
    "reopen",
    "scan",
    "state_position",
    "sweep",
    "tell_scan",
    "triage",
    "verify",
]
