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
}
