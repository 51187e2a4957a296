"""Entries of people in the side bar."""

from django.utils.translation import gettext_lazy as _

from hedu.center.kernel.nav import Entry, administrators

NAV = (
    Entry("people:departments", "sitemap", _("部门与人员"), 80),
    Entry("people:users", "users", _("用户"), 90, "admin", administrators),
    Entry("people:policies", "shield-lock", _("数据权限"), 92, "admin", administrators),
)
