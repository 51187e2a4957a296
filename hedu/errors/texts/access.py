"""Wording of the errors of what a person may see."""

from hedu.errors.texts.text import Text

TEXTS: dict[str, Text] = {
    "access-filter-unknown": Text(
        "行权限里的名字 `{name}` 不是数据集 `{dataset}` 的维度，因此不返回任何数据。",
        "The row policy names `{name}`, which is no dimension of `{dataset}`; nothing is shown.",
        "请管理员改正策略；可用的维度：{known}。",
        "Ask an administrator to mend the policy; the dimensions are: {known}.",
    ),
    "access-filter-settable": Text(
        "数据集 `{dataset}` 的行权限取决于 `{name}`，而它随提问时的参数改变，因此不返回任何数据。",
        "The row policy of `{dataset}` rests on `{name}`, which changes with the parameters of a question; nothing is shown.",
        "请管理员改用不由参数算出的维度。",
        "Ask an administrator to use dimensions that are not worked out of parameters.",
    ),
    "access-dataset-hidden": Text(
        "你没有查看数据集 `{dataset}` 的权限。",
        "You may not see dataset `{dataset}`.",
        "向数据集的负责部门申请权限。",
        "Ask the department that owns it for access.",
    ),
    "access-measure-masked": Text(
        "指标 `{metric}` 用到了对你隐藏的列 `{measure}`。",
        "`{metric}` measures `{measure}`, which is hidden from you.",
        "向数据集的负责部门申请权限。",
        "Ask the department that owns the dataset for access.",
    ),
    "access-filter-masked": Text(
        "`{name}` 的值对你隐藏，不能用来筛选。",
        "The values of `{name}` are hidden from you and cannot be filtered by.",
        "去掉这个筛选，或向数据集的负责部门申请权限。",
        "Leave this filter out, or ask the department that owns the dataset for access.",
    ),
}
