"""Every write of the dashboards app: views and boards."""

from hedu.center.dashboards.actions.boards import (
    add_tile,
    create_dashboard,
    delete_dashboard,
    duplicate_dashboard,
    rename_dashboard,
    restore_dashboard,
    save_layout,
    set_filters,
    share_dashboard,
    star,
)
from hedu.center.dashboards.actions.following import follow_names
from hedu.center.dashboards.actions.views import (
    delete_view,
    duplicate_view,
    rename_view,
    restore_view,
    save_view,
    share_view,
    update_view,
)

__all__ = [
    "add_tile",
    "create_dashboard",
    "delete_dashboard",
    "delete_view",
    "duplicate_dashboard",
    "duplicate_view",
    "follow_names",
    "rename_dashboard",
    "rename_view",
    "restore_dashboard",
    "restore_view",
    "save_layout",
    "save_view",
    "set_filters",
    "share_dashboard",
    "share_view",
    "star",
    "update_view",
]
