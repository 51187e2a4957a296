"""Every deed upon goals and targets."""

from hedu.center.goals.actions.following import follow_names
from hedu.center.goals.actions.goals import (
    archive_goal,
    check_in,
    create_goal,
    drop_constraint,
    edit_goal,
    move_goal,
    pair_guardrail,
    restore_goal,
    set_constraint,
    unpair_guardrail,
)
from hedu.center.goals.actions.reminding import remind_check_ins
from hedu.center.goals.actions.targets import (
    apply_targets,
    import_targets,
    phase_target,
    set_target,
    undo_target,
    withdraw_target,
)

__all__ = [
    "apply_targets",
    "archive_goal",
    "check_in",
    "create_goal",
    "drop_constraint",
    "edit_goal",
    "follow_names",
    "import_targets",
    "move_goal",
    "pair_guardrail",
    "phase_target",
    "remind_check_ins",
    "restore_goal",
    "set_constraint",
    "set_target",
    "undo_target",
    "unpair_guardrail",
    "withdraw_target",
]
