"""Everything goals can be asked: rows, plans of targets, the tree, the scorecard, feasibility."""

from hedu.center.goals.reads.cycles import chosen_cycle, cycles
from hedu.center.goals.reads.feasible import Clash, Feasibility, feasibility, scene_constraints, scene_targets
from hedu.center.goals.reads.goalpage import GoalPage, course_rows, goal_page
from hedu.center.goals.reads.importing import ImportPlan, import_plan
from hedu.center.goals.reads.planning import fields_of, plan_targets
from hedu.center.goals.reads.programs import (
    check_ins,
    constraints,
    feasible,
    goals,
    guardrails,
    scorecard,
    target_json,
    targets,
)
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
    matching,
    may_manage_for,
    target_coded,
    targets_visible_to,
    visible_to,
)
from hedu.center.goals.reads.scorecard import Scorecard
from hedu.center.goals.reads.scorecard import scorecard as scorecard_of
from hedu.center.goals.reads.standing import Standing, Standings, standings
from hedu.center.goals.reads.tree import Node, Tree
from hedu.center.goals.reads.tree import tree as tree_of
from hedu.center.kernel.reading import found

__all__ = [
    "Clash",
    "Feasibility",
    "GoalPage",
    "ImportPlan",
    "Node",
    "Scorecard",
    "Standing",
    "Standings",
    "Tree",
    "archived_visible_to",
    "check_ins",
    "check_ins_visible_to",
    "chosen_cycle",
    "constraints",
    "constraints_visible_to",
    "course_rows",
    "cycles",
    "departments_managed",
    "feasibility",
    "feasible",
    "fields_of",
    "found",
    "goal_coded",
    "goal_page",
    "goals",
    "guardrails",
    "guardrails_visible_to",
    "history_of",
    "import_plan",
    "involved",
    "managed_departments",
    "matching",
    "may_manage_for",
    "plan_targets",
    "scene_constraints",
    "scene_targets",
    "scorecard",
    "scorecard_of",
    "standings",
    "target_coded",
    "target_json",
    "targets",
    "targets_visible_to",
    "tree_of",
    "visible_to",
]
