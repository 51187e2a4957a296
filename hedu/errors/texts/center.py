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
    "comment-empty": Text(
        "评论内容为空。",
        "The comment is empty.",
        "请写下您想说的话后再发送。",
        "Write what you want to say, then send it.",
    ),
    "comment-too-long": Text(
        "评论有 {length} 个字，超过 {limit} 个字的上限。",
        "The comment has {length} characters; at most {limit} fit.",
        "请精简内容，或把长文作为附件上传。",
        "Shorten it, or attach the long text as a document.",
    ),
    "file-too-large": Text(
        "文件“{name}”超过 {limit} MB。",
        "The file “{name}” is larger than {limit} MB.",
        "请压缩或拆分后再上传。",
        "Compress or split it and upload again.",
    ),
    "field-invalid": Text(
        "“{field}”填写有误：{reason}",
        "“{field}” is not valid: {reason}",
        "请改正后重新提交，其他内容没有丢失。",
        "Correct it and send again; nothing else was lost.",
    ),
    "department-under-itself": Text(
        "部门“{name}”不能放到它自己或它的下级部门之下。",
        "The department “{name}” cannot be put under itself or one below it.",
        "请选择其他上级部门。",
        "Choose another parent.",
    ),
    "role-unknown": Text(
        "没有“{role}”这个角色。",
        "There is no role “{role}”.",
        "可用的角色：{known}。",
        "Roles are: {known}.",
    ),
    "dates-reversed": Text(
        "截止日期 {until} 早于生效日期 {since}。",
        "The end {until} is before the start {since}.",
        "请调整其中一个日期，或留空表示不限。",
        "Change one of them, or leave it empty for no limit.",
    ),
    "last-administrator": Text(
        "“{name}”是最后一位管理员，不能取消。",
        "“{name}” is the last administrator and must stay one.",
        "请先指定另一位管理员，再取消此角色。",
        "Make somebody else an administrator first.",
    ),
    "policy-needs-column": Text(
        "没有写明要限制数据集“{dataset}”的哪一列。",
        "The column of “{dataset}” to be kept closed is missing.",
        "请填写列名（维度或度量的名称）。",
        "Name the column: one of the dataset's dimensions or measures.",
    ),
    "policy-condition-unreadable": Text(
        "行条件“{where}”无法识别。{reason}",
        "The row condition “{where}” cannot be read. {reason}",
        "请写成一个条件，例如 region = '华东' AND channel <> '内部'；留空表示全部行。",
        "Write one condition such as region = 'East' AND channel <> 'internal'; empty means all rows.",
    ),
    "page-for-administrators": Text(
        "“{page}”只对系统管理员开放。",
        "“{page}” is for administrators.",
        "如需调整人员或数据权限，请联系系统管理员。",
        "Ask an administrator to change people or data policies.",
    ),
    "request-invalid": Text(
        "请求内容有误：{fields}。",
        "The request is not valid: {fields}.",
        "请按 /api/docs/ 中的参数说明修改后重试。",
        "Correct it as /api/docs/ says, and send it again.",
    ),
    "not-signed-in": Text(
        "没有登录，或访问令牌无效、已过期、已吊销。",
        "Not signed in, or the token is unknown, expired or revoked.",
        "请在“个人设置 › 访问令牌”中创建令牌，并放在请求头 Authorization: Bearer 之后。",
        "Create a token under Profile › Access tokens and send it as Authorization: Bearer.",
    ),
    "token-read-only": Text(
        "此令牌只能读取，不能执行 {action}。",
        "This token may only read; it may not do {action}.",
        "请创建一个权限为“读取和操作”的令牌。",
        "Create a token that may read and act.",
    ),
    "idempotency-key-reused": Text(
        "Idempotency-Key “{key}”已用于另一次内容不同的 {action}。",
        "The Idempotency-Key “{key}” was used for another {action} with other inputs.",
        "重试同一请求时内容须完全相同；新的请求请换一个 Key。",
        "Repeat the very same request, or take a new key for a new one.",
    ),
    "bad-request": Text(
        "请求的格式不正确。",
        "The request is malformed.",
        "请返回上一页，刷新后重试。",
        "Go back, reload the page and try again.",
    ),
    "page-denied": Text(
        "您无权访问此页面。",
        "You may not open this page.",
        "请联系相关部门的联络人或系统管理员。",
        "Ask the department's liaison or an administrator.",
    ),
    "page-not-found": Text(
        "这个页面不存在。",
        "There is no such page.",
        "请检查链接是否完整，或用上方的搜索查找。",
        "Check that the link is complete, or search above.",
    ),
    "internal-error": Text(
        "系统出现内部错误，操作没有完成。",
        "Something failed inside; nothing was done.",
        "请重试；若仍出现，请把请求编号 {id} 告诉管理员。",
        "Try again; if it persists, give the request id {id} to an administrator.",
    ),
    "csrf-failed": Text(
        "表单已失效，没有提交。",
        "The form is stale and was not sent.",
        "请刷新页面后重新提交；程序请改用访问令牌。",
        "Reload the page and send it again; programs use a token instead.",
    ),
    "sign-in-locked": Text(
        "登录失败次数过多，已暂时锁定。",
        "Too many failed attempts: signing in is locked for now.",
        "请在 {minutes} 分钟后重试，或联系管理员。",
        "Try again in {minutes} minutes, or ask an administrator.",
    ),
}
