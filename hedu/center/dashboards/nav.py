"""Entries of dashboards in the side bar."""

from django.utils.translation import gettext_lazy as _

from hedu.center.kernel.nav import Entry

NAV = (
    Entry("dashboards:explore", "compass", _("探索"), 30),
    Entry("dashboards:boards", "layout-dashboard", _("看板"), 40),
    Entry("dashboards:views", "bookmark", _("已存视图"), 45),
)
