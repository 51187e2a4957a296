"""Wording of the errors of the center stage."""

from hedu.errors.texts.text import Text

TEXTS: dict[str, Text] = {
    "action-denied": Text(
        "您无权执行此操作（{action}）。",
        "You may not do this ({action}).",
        "请联系相关部门的联络人或系统管理员；此次尝试已记录。",
        "Ask the department's liaison or an administrator; the attempt has been recorded.",
    ),
    "action-not-at-this-door": Text(
        "操作 {action} 不能通过“{door}”入口执行。",
        "The action {action} is not offered at the door “{door}”.",
        "请在页面上执行；各入口开放的操作见文档 reference/actions.md。",
        "Do it on a page; docs/reference/actions.md lists what each door offers.",
    ),
    "not-found": Text(
        "没有找到“{name}”，或者您无权查看它。",
        "“{name}” does not exist, or you may not see it.",
        "请检查链接是否完整；如需访问，请联系该内容的负责人。",
        "Check that the link is complete; ask the owner for access if you need it.",
    ),
}
