"""How news and tasks of proposals read."""

from django.utils.translation import gettext_lazy as _

TOPICS = {
    "proposals.sign_asked": _("%(who)s 请您会签变更提案 #%(number)s“%(name)s”"),
    "proposals.sign_deed": _("同意"),
    "proposals.opinion_asked": _("%(who)s 就变更提案 #%(number)s“%(name)s”征求您的意见"),
    "proposals.opened": _("%(who)s 发起了变更提案 #%(number)s“%(name)s”"),
    "proposals.revised": _("变更提案 #%(number)s“%(name)s”有了第 %(revision)s 次修订，需要重新会签：%(note)s"),
    "proposals.published": _("变更提案 #%(number)s“%(name)s”会签完成，已发布"),
    "proposals.rejected": _("%(who)s 否决了变更提案 #%(number)s“%(name)s”：%(note)s"),
    "proposals.withdrawn": _("%(who)s 撤回了变更提案 #%(number)s“%(name)s”：%(note)s"),
    "proposals.superseded": _("变更提案 #%(number)s“%(name)s”已被另一份提案替代"),
    "proposals.expired": _("变更提案 #%(number)s“%(name)s”逾期未完成会签，已过期"),
    "proposals.changes_asked": _("%(who)s 要求修改变更提案 #%(number)s“%(name)s”：%(note)s"),
    "proposals.advised": _("%(who)s 对变更提案 #%(number)s“%(name)s”提出意见：%(note)s"),
    "proposals.rebased": _(
        "变更提案 #%(number)s“%(name)s”已与刚发布的版本合并为第 %(revision)s 次修订，需要重新会签：%(note)s"
    ),
    "proposals.blocked": _("变更提案 #%(number)s“%(name)s”不能继续会签。%(why)s 请以刚发布的版本为底稿修订，或撤回"),
    "proposals.unseen": _(
        "变更提案 #%(number)s“%(name)s”等待 %(departments)s 会签，但那里能会签的人看不到数据集 %(datasets)s，"
        "需要管理员授权查看，或由发起人撤回"
    ),
    "proposals.held": _(
        "变更提案 #%(number)s“%(name)s”已到生效日期，但未能发布：%(why)s 请修订、撤回，或解决之后再试一次"
    ),
    "proposals.reminded": _("变更提案 #%(number)s“%(name)s”等待您会签，截止 %(due)s"),
    "proposals.escalated": _("变更提案 #%(number)s“%(name)s”逾期未会签，已上报给您，截止 %(due)s"),
    "proposals.extension_asked": _("%(who)s 申请把变更提案 #%(number)s“%(name)s”的会签延至 %(until)s：%(note)s"),
    "proposals.extension_granted": _("%(who)s 同意把变更提案 #%(number)s“%(name)s”的会签延至 %(until)s"),
    "proposals.grant_deed": _("同意延期"),
    "proposals.refuse_deed": _("不同意延期"),
    "proposals.extension_refused": _("%(who)s 不同意变更提案 #%(number)s“%(name)s”延期"),
}
