"""Entries of goals in the side bar."""

from django.utils.translation import gettext_lazy as _

from hedu.center.kernel.nav import Entry

NAV = (
    Entry("goals:scorecard", "report-analytics", _("计分卡"), 32),
    Entry("goals:tree", "target-arrow", _("目标树"), 34),
    Entry("goals:targets", "flag", _("目标值"), 36),
)
