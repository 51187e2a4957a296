"""Every deed upon the catalog."""

from hedu.center.catalog.actions.acknowledging import (
    ask_to_confirm,
    confirm_understanding,
    take_over_answers,
    write_questions,
)
from hedu.center.catalog.actions.drafts import TEXT_MOST, create_draft, discard_draft, rebase_draft, save_draft
from hedu.center.catalog.actions.owning import hand_over
from hedu.center.catalog.actions.publishing import apply_texts, publish
from hedu.center.catalog.actions.reporting import (
    lock_period,
    report_value,
    report_values,
    return_period,
    review_period,
    submit_period,
    unlock_period,
)
from hedu.center.catalog.actions.rolling import accept_rollup, drop_rollup, look_for_rollups
from hedu.center.catalog.actions.standing import certify, favourite, review_done, uncertify
from hedu.center.catalog.actions.uses import keep_counts, note_use, register_uses

__all__ = [
    "TEXT_MOST",
    "accept_rollup",
    "apply_texts",
    "ask_to_confirm",
    "certify",
    "confirm_understanding",
    "create_draft",
    "discard_draft",
    "drop_rollup",
    "favourite",
    "hand_over",
    "keep_counts",
    "lock_period",
    "look_for_rollups",
    "note_use",
    "publish",
    "rebase_draft",
    "register_uses",
    "report_value",
    "report_values",
    "return_period",
    "review_done",
    "review_period",
    "save_draft",
    "submit_period",
    "take_over_answers",
    "uncertify",
    "unlock_period",
    "write_questions",
]
