"""Every deed of the kernel."""

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
    "attach",
    "cancel_job",
    "comment",
    "create_token",
    "delete_comment",
    "read_notifications",
    "remove_document",
    "retry_job",
    "revoke_token",
    "set_preferences",
    "update_profile",
]
