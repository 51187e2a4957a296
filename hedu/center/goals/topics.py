"""How news of goals reads."""

from django.utils.translation import gettext_lazy as _

TOPICS = {
    "goals.target_changed": _("%(who)s 调整了“%(name)s”的目标"),
    "goals.targets_changed": _("%(who)s 调整了您部门的 %(count)s 个目标，例如“%(name)s”"),
    "goals.doubted": _("%(who)s 对目标“%(name)s”的把握只有 %(confidence)s 分：%(text)s"),
    "goals.check_in_due": _("目标“%(name)s”该更新进展了：已有 %(days)s 天没有更新"),
    "outcome.checked_in": _("已更新进展"),
    "outcome.archived": _("目标已归档"),
}
