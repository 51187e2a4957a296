"""How news of the catalog reads."""

from django.utils.translation import gettext_lazy as _

TOPICS = {
    "catalog.published": _("%(who)s 发布了“%(name)s”第 %(number)s 版，口径有变化：%(note)s"),
    "catalog.period_submitted": _("%(who)s 提交了“%(name)s” %(period)s 的填报，等待审核"),
    "catalog.period_returned": _("%(who)s 退回了“%(name)s” %(period)s 的填报：%(note)s"),
    "catalog.confirm_asked": _("%(who)s 请您确认理解“%(name)s”第 %(number)s 版的口径"),
    "catalog.questions_outdated": _("“%(name)s”的口径变了，确认题是就旧口径出的，已停用：请确认仍然适用，或改写"),
    "outcome.confirmed": _("已确认"),
    "outcome.superseded": _("口径已更新"),
    "catalog.retired": _("%(who)s 停用了“%(name)s”：%(note)s"),
}
