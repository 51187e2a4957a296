"""Wording of the errors of proposals and their sign-off."""

from hedu.errors.texts.text import Text

TEXTS: dict[str, Text] = {
    "proposal-ended": Text(
        "变更提案 #{number} 的状态是“{state}”，不能再做这一步。",
        "Proposal #{number} is “{state}”; this cannot be done any more.",
        "请打开提案查看经过；需要继续时请发起新的提案。",
        "Open it to see what happened; to go on, open a new proposal.",
    ),
    "proposal-revised": Text(
        "变更提案 #{number} 已有第 {revision} 次修订，您看到的是之前的内容；没有记录任何会签。",
        "Proposal #{number} has a newer revision, {revision}; what you saw is out of date. Nothing was recorded.",
        "请刷新页面，看过新的差异和预览之后再会签。",
        "Reload the page, look at the new differences and preview, then sign.",
    ),
    "disputes-left": Text(
        "还有没选定的字段：{fields}。",
        "Fields are still disputed: {fields}.",
        "请对每个字段选择已发布的、您的，或另写一个。",
        "Choose for each field what was published, what you proposed, or write another.",
    ),
    "nothing-to-merge": Text(
        "变更提案 #{number} 没有与已发布的版本不一致的地方。",
        "Nothing was published that proposal #{number} would have to be merged with.",
        "可以继续会签；要改内容请修订。",
        "It can be signed as it is; revise it to change it.",
    ),
    "proposal-not-of-texts": Text(
        "变更提案 #{number} 的内容不是口径定义，不能用定义文本修订。",
        "Proposal #{number} is not about definitions; texts cannot revise it.",
        "请撤回后重新发起，或由目标、数据权限页面发起新的提案。",
        "Withdraw it and propose the targets or data policies anew.",
    ),
    "preview-unsigned": Text(
        "数据集 `{dataset}` 是提案新增的，或者读取范围、维度与现在不同，生效之前不显示它的数字。",
        "Dataset `{dataset}` is new in this proposal, or reads or means something else than now: no numbers until it "
        "takes effect.",
        "请在差异中核对数据集的来源和维度；需要先看数字时，请管理员代为预览。",
        "Look at its source and dimensions among the differences; an administrator can preview the numbers.",
    ),
    "not-for-department": Text(
        "您不能代表部门 {department} 对这份提案会签。",
        "You cannot sign this proposal for the department {department}.",
        "请由该部门的联络人或指标负责人会签；他们不在岗时由副联络人会签。",
        "Its liaison or owner signs; while they are away, a deputy does.",
    ),
    "settings-not-yours": Text(
        "工作区设置由管理员提出变更。",
        "Changes of the workspace's settings are proposed by administrators.",
        "请联系管理员，或从提案中去掉 `workspace:` 文件。",
        "Ask an administrator, or leave the `workspace:` file out.",
    ),
    "signers-see-nothing": Text(
        "必须会签的部门 {departments} 中，能会签的人都看不到数据集 {datasets}：看不到的内容不能请人会签。",
        "Nobody who may sign for {departments}, whose signature is needed, can see {datasets}: nobody is asked to sign "
        "what is hidden from them.",
        "请管理员在“数据权限”中让该部门的联络人或负责人看到这些数据集（可以只授权给联络人角色），再发起提案。",
        "Ask an administrator to let the department's liaison or owner see these datasets (the liaison role alone is "
        "enough) under data policies, then open the proposal.",
    ),
    "not-due-yet": Text(
        "变更提案 #{number} 在 {day} 生效，现在还不能发布。",
        "Proposal #{number} takes effect on {day}; it cannot be published yet.",
        "到那一天会自动发布；要提前生效，请修订提案的生效日期，重新会签。",
        "It is published by itself on that day; revise it to take effect earlier.",
    ),
    "successor-not-yours": Text(
        "变更提案 #{number} 不是您发起的，不能用它来替代您的提案。",
        "Proposal #{number} is not yours; it cannot take the place of one of your own.",
        "请撤回自己的提案，并在理由里写明对方的编号；或请管理员代办。",
        "Withdraw your own and name the other in the reason, or ask an administrator.",
    ),
    "reason-missing": Text(
        "请写明理由。",
        "A reason is needed.",
        "写一两句话：对方据此修改，后来的人据此理解。",
        "One or two sentences: others act on them, and later readers understand by them.",
    ),
    "field-decision-wrong": Text(
        "这些字段不在提案里，或决定不是 approve / object：{fields}。",
        "These fields are not part of the proposal, or were decided neither approve nor object: {fields}.",
        "字段写作“定义名/路径”，例如 revenue/where。",
        "A field is written definition/path, for example revenue/where.",
    ),
    "extension-unfit": Text(
        "不能延期到 {until}：须晚于现在的截止日期 {due}，且不超过今天起 {most} 个工作日。",
        "It cannot be extended to {until}: later than {due} and within {most} working days from today.",
        "请选择这个范围内的日期。",
        "Choose a day in that range.",
    ),
    "extension-asked": Text(
        "变更提案 #{number} 已有一份延期申请在等待批准。",
        "A request for more time on proposal #{number} is waiting already.",
        "请先等那一份有结果。",
        "Wait until it is decided.",
    ),
    "extension-decided": Text(
        "变更提案 #{number} 的这份延期申请已有结果。",
        "This request for more time on proposal #{number} has been decided.",
        "如果还需要时间，请重新申请。",
        "Ask anew if more time is needed.",
    ),
}
