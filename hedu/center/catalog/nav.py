"""Entries of the catalog in the side bar."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hedu.center.kernel.nav import Entry, administrators

NAV = (
    Entry("catalog:metrics", "ruler-2", _("指标目录"), 20),
    Entry("catalog:datasets", "database", pgettext_lazy("many", "数据集"), 50, "define"),
    Entry("catalog:reported", "clipboard-list", _("指标填报"), 40, "define"),
    Entry("catalog:drafts", "pencil", _("定义草稿"), 60, "define"),
    Entry("catalog:reviews", "calendar-event", _("口径复核"), 62, "define"),
    Entry("catalog:rollups", "stack-2", _("预汇总"), 92, "admin", administrators),
    Entry("catalog:glossary", "book-2", _("术语"), 75, "define"),
)
