"""How news and tasks of cases read."""

from django.utils.translation import gettext_lazy as _

TOPICS = {
    "conflicts.opened": _("新发现的冲突待分诊：%(name)s"),
    "conflicts.raised": _("%(who)s 提出一个数不对：%(name)s"),
    "conflicts.position_asked": _("请说明本部门的立场：%(name)s"),
    "conflicts.mediate_asked": _("请您调解并作出裁定：%(name)s"),
    "conflicts.position_stated": _("%(department)s 说明了立场：%(name)s"),
    "conflicts.mediating": _("%(who)s 指定了调解人：%(name)s"),
    "conflicts.decided": _("%(who)s 作出裁定“%(decision)s”：%(name)s"),
    "conflicts.apply_asked": _("裁定待落实：%(name)s"),
    "conflicts.applied": _("%(who)s 按裁定开出了变更提案：%(name)s"),
    "conflicts.verified": _("已复核，冲突不再存在：%(name)s"),
    "conflicts.not_clean": _("复核未通过，冲突仍在：%(name)s"),
    "conflicts.closed": _("%(who)s 关闭了 %(name)s"),
    "conflicts.dismissed": _("%(who)s 驳回了 %(name)s：%(text)s"),
    "conflicts.reopened": _("%(who)s 重新打开了 %(name)s：%(text)s"),
    "conflicts.escalated": _("冲突处理已逾期，请督办：%(name)s"),
    "conflicts.acceptance_over": _("暂时接受的期限已到：%(name)s"),
}
