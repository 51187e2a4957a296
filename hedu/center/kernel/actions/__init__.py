"""Every deed of the kernel."""

from hedu.center.kernel.actions.answering import mark_tasks_read, take_back_reading
from hedu.center.kernel.actions.hearing import (
    add_channel,
    choose_ways,
    remove_channel,
    retry_messages,
    switch_channel,
    try_channel,
)
from hedu.center.kernel.actions.own import (
    NewToken,
    create_token,
    read_notifications,
    revoke_token,
    set_preferences,
    update_profile,
)
from hedu.center.kernel.actions.running import cancel_job, retry_job
from hedu.center.kernel.actions.talking import attach, comment, delete_comment, remove_document

__all__ = [
    "NewToken",
    "add_channel",
    "attach",
    "cancel_job",
    "choose_ways",
    "comment",
    "create_token",
    "delete_comment",
    "mark_tasks_read",
    "read_notifications",
    "remove_channel",
    "remove_document",
    "retry_job",
    "retry_messages",
    "revoke_token",
    "set_preferences",
    "switch_channel",
    "take_back_reading",
    "try_channel",
    "update_profile",
]
