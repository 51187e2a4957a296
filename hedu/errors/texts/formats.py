"""Wording of the errors of reading and writing other tools' formats."""

from hedu.errors.texts.text import Text

TEXTS: dict[str, Text] = {
    "loss-refused": Text(
        "有 {count} 处内容无法带过去，例如 {paths}。",
        "{count} things cannot be carried over, such as {paths}.",
        "去掉 --strict 就会照常写出，并在 loss.json 里逐条说明；或先在原处改掉。",
        "Without --strict they are left out and listed in loss.json, each with the reason; or change them at the source.",
    ),
    "folder-not-empty": Text(
        "目录 `{path}` 里已有定义文件，没有写入。",
        "There are definitions in `{path}` already; nothing was written.",
        "换一个新目录，看过之后再合并。",
        "Name a new folder, look at what it holds, then merge.",
    ),
    "ossie-no-model": Text(
        "这份文件里没有 Ossie 模型。",
        "There is no Ossie model in this document.",
        "最外层应有 `semantic_model`，或直接写 `name` 与 `datasets`。",
        "At the top there should be `semantic_model`, or `name` and `datasets` themselves.",
    ),
    "ossie-not-found": Text(
        "`{path}` 里没有 Ossie 文件。",
        "There is no Ossie document in `{path}`.",
        "给出一个 .yaml、.yml 或 .json 文件，或装有它们的目录。",
        "Name a .yaml, .yml or .json file, or a folder that holds some.",
    ),
    "ossie-version-unknown": Text(
        "不认识 Ossie 版本 `{version}`。",
        "The version `{version}` of Ossie is not known here.",
        "可读的版本：{known}。请让导出它的工具写成其中一个。",
        "Versions that can be read: {known}. Have the tool that wrote it write one of them.",
    ),
    "ossie-key-missing": Text(
        "`{path}` 缺少 `{key}`。",
        "`{path}` lacks `{key}`.",
        "规范要求写出 `{key}`：请补上，或让导出它的工具重新导出。",
        "The specification requires `{key}`: add it, or have the tool that wrote this export it again.",
    ),
    "ossie-name-twice": Text(
        "名称 `{name}` 在这里出现了两次（{kind}），第一次在 {first}。",
        "The name `{name}` stands twice ({kind}); first at {first}.",
        "改名或删去其一；大小写不同仍算同名。",
        "Rename or delete one of them; case does not tell names apart.",
    ),
    "ossie-dataset-unknown": Text(
        "关系 `{relationship}` 用到的数据集 `{name}` 不存在。",
        "The relationship `{relationship}` names a dataset `{name}` that is not there.",
        "检查 `from` 和 `to` 的拼写。",
        "Check how `from` and `to` are spelt.",
    ),
    "ossie-columns-uneven": Text(
        "关系 `{relationship}` 一边有 {here} 列，另一边有 {there} 列。",
        "The relationship `{relationship}` has {here} columns on one side and {there} on the other.",
        "`from_columns` 与 `to_columns` 要逐一对应，至少一列。",
        "`from_columns` and `to_columns` correspond one by one; there is at least one.",
    ),
    "ossie-extension-broken": Text(
        "这里的 HEDU 扩展读不出来：{reason}。",
        "The HEDU extension here cannot be read: {reason}.",
        "用 `hedu export ossie` 重新导出，或删去这个扩展，只按规范部分读入。",
        "Export again with `hedu export ossie`, or delete the extension to read the core only.",
    ),
}
