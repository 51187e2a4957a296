"""Everything goals can be asked: rows, plans of targets, the tree, the scorecard, feasibility."""

from hedu.center.goals.reads.planning import fields_of, plan_targets
from hedu.center.goals.reads.programs import goal_json, target_json
from hedu.center.goals.reads.rows import (
    archived_visible_to,
    check_ins_visible_to,
    constraints_visible_to,
    departments_managed,
    goal_coded,
    guardrails_visible_to,
    history_of,
    involved,
    managed_departments,
    may_manage_for,
    target_coded,
    targets_visible_to,
    visible_to,
    with_department,
)
from hedu.center.kernel.reading import found

__all__ = [
    "archived_visible_to",
    "check_ins_visible_to",
    "constraints_visible_to",
    "departments_managed",
    "fields_of",
    "found",
    "goal_coded",
    "goal_json",
    "guardrails_visible_to",
    "history_of",
    "involved",
    "managed_departments",
    "may_manage_for",
    "plan_targets",
    "target_coded",
    "target_json",
    "targets_visible_to",
    "visible_to",
    "with_department",
]
