"""Entries of home in the side bar."""

from django.utils.translation import gettext_lazy as _

from hedu.center.kernel.nav import Entry, administrators

NAV = (
    Entry("home:home", "home", _("首页"), 10),
    Entry("home:system", "server", _("系统状态"), 85, "admin", administrators),
)
