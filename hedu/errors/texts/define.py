"""Wording of the errors of the define stage."""

from hedu.errors.texts import formats, kinds
from hedu.errors.texts.text import Text

_YAML = {
    "yaml-broken": Text(
        "这里不是合法的 YAML。",
        "This is not valid YAML.",
        "解析器的说法：{said}。请检查这一行及上一行的缩进、引号和括号。",
        "The parser says: {said}. Check indentation, quotes and brackets of this line and the one above.",
    ),
    "yaml-colon": Text(
        "这里的冒号让这一行无法解析。",
        "A colon here makes the line unreadable.",
        "每行只写一个 `键: 值`；键后面是冒号加空格；值里含有冒号时请用引号括起来。",
        "Write one `key: value` a line with a space after the colon; quote a value that contains a colon.",
    ),
    "yaml-indentation": Text(
        "缩进与上面的行对不上。",
        "The indentation does not match the lines above.",
        "同一层的键要左对齐，只用空格；引号结束之后不要再有文字。",
        "Align the keys of one level, with spaces only; nothing may follow a closing quote.",
    ),
    "yaml-unclosed": Text(
        "从这里开始的引号或括号没有正确结束。",
        "The quote or bracket that opens here is not closed properly.",
        "补上结尾的引号或括号；列表各项之间用半角逗号隔开。",
        "Close it, and separate the items with commas.",
    ),
    "yaml-character": Text(
        "值不能以 `{character}` 开头。",
        "A value cannot start with `{character}`.",
        "用引号把整个值括起来。",
        "Put the whole value in quotes.",
    ),
    "yaml-tab": Text(
        "这里用了制表符（Tab）缩进。",
        "This line is indented with a tab.",
        "YAML 只允许用空格缩进，请把 Tab 换成两个空格。",
        "YAML allows only spaces: replace the tab by two spaces.",
    ),
    "yaml-escape": Text(
        "双引号里的反斜杠写法无效。",
        "This backslash escape is not known inside double quotes.",
        "改用单引号，或把 `\\` 写成 `\\\\`。",
        "Use single quotes, or write `\\\\` for a backslash.",
    ),
    "full-width-colon": Text(
        "这里用了全角冒号 “：”。",
        "This line has a full-width colon `：`.",
        "切换到英文输入法，写成半角冒号加一个空格：`键: 值`。",
        "Type an ASCII colon and a space: `key: value`.",
    ),
    "control-character": Text(
        "文本中有不可见的控制字符 {character}。",
        "The text holds an invisible control character, {character}.",
        "删除这个字符；它多半是复制粘贴带进来的。",
        "Delete it; it probably came with copy and paste.",
    ),
    "not-utf8": Text(
        "文件不是 UTF-8 编码，看起来是 {looks}。",
        "The file is not UTF-8; it looks like {looks}.",
        "在编辑器中把文件另存为 UTF-8。",
        "Save the file as UTF-8 in your editor.",
    ),
    "metrics-too-deep": Text(
        "指标 `{name}` 层层依赖其他指标，超过 {deepest} 层。",
        "Metric `{name}` rests on metrics that rest on others, more than {deepest} deep.",
        "减少中间指标：把几层公式合并成一个，或直接引用更底层的指标。",
        "Have fewer steps between: put several formulas into one, or use the metrics further down.",
    ),
    "nested-too-deep": Text(
        "嵌套超过 {deepest} 层。",
        "Nested more than {deepest} levels deep.",
        "定义只需要几层；请检查是否有多余的括号或缩进。",
        "A definition needs only a few levels: look for stray brackets or indentation.",
    ),
    "text-too-large": Text(
        "文件超过 {megabytes} MB。",
        "The file is larger than {megabytes} MB.",
        "把定义拆成多个文件，放在同一目录下即可。",
        "Split it into several files in the same folder.",
    ),
    "alias-unknown": Text(
        "`*{alias}` 没有对应的 `&{alias}`。",
        "`*{alias}` has no `&{alias}` before it.",
        "在同一文档前面用 `&{alias}` 标出要引用的内容；若 `*` 只是普通文字，请用引号括起来。",
        "Anchor what it stands for with `&{alias}` earlier in the document, or quote the text if `*` is meant literally.",
    ),
    "alias-loop": Text(
        "`*{alias}` 引用了包含它自己的内容。",
        "`*{alias}` stands inside the very thing it refers to.",
        "去掉这个循环引用。",
        "Remove the circular alias.",
    ),
    "alias-bomb": Text(
        "别名层层相套，展开后过于庞大。",
        "Aliases of aliases make this document far too large.",
        "直接写出内容，不要让别名再引用别名。",
        "Write the content out instead of nesting aliases.",
    ),
    "tag-refused": Text(
        "不允许使用 YAML 标签 `{tag}`。",
        "The YAML tag `{tag}` is not allowed.",
        "删除标签，只写值。",
        "Remove the tag and write the value alone.",
    ),
}

_KEYS = {
    "key-twice": Text(
        "键 `{key}` 写了两次，第一次在 {first}。",
        "The key `{key}` stands twice; first at {first}.",
        "合并成一处，删除另一处。",
        "Keep one of them.",
    ),
    "key-not-text": Text(
        "键必须是简单的文字。",
        "A key must be plain text.",
        "写成 `键: 值`；键里不要用列表、映射或标签。",
        "Write `key: value`; lists, maps and tags cannot be keys.",
    ),
    "key-misspelt": Text(
        "{object} 没有 `{key}` 这个键。",
        "`{key}` is not a key of {object}.",
        "是否想写 `{near}`？其他工具的扩展内容请放在 `x:` 下。",
        "Did you mean `{near}`? Extensions of other tools go under `x:`.",
    ),
    "key-unknown": Text(
        "{object} 没有 `{key}` 这个键。",
        "`{key}` is not a key of {object}.",
        "可用的键：{known}。其他工具的扩展内容请放在 `x:` 下。",
        "It has: {known}. Extensions of other tools go under `x:`.",
    ),
    "key-missing": Text(
        "{object} 缺少 `{key}`。",
        "`{key}` is missing from {object}.",
        "补上 `{key}: …`。",
        "Add `{key}: …`.",
    ),
    "one-of-missing": Text(
        "{object} 缺少取值方式。",
        "{object} does not say where its values come from.",
        "写上且只写其中一个：{keys}。",
        "Add exactly one of: {keys}.",
    ),
    "one-of-twice": Text(
        "{object} 同时写了 {keys}。",
        "{object} has both: {keys}.",
        "只保留一个；其余的另立一个定义。",
        "Keep one; make the other a definition of its own.",
    ),
    "version-missing": Text(
        "缺少格式版本 `version`。",
        "The format version is missing.",
        "在文档第一行写 `version: 1`。",
        "Start the document with `version: 1`.",
    ),
    "version-unknown": Text(
        "不认识格式版本 `{version}`。",
        "The format version `{version}` is not known.",
        "写 `version: 1`；若文件由更新的版本生成，请先升级。",
        "Write `version: 1`; if a newer release made this file, upgrade first.",
    ),
    "object-missing": Text(
        "看不出这里定义的是什么。",
        "This document does not say what it defines.",
        "写上其中一个：{keys}，值为名称，例如 `metric: net_revenue`。",
        "Add one of: {keys}, with its name, such as `metric: net_revenue`.",
    ),
    "object-twice": Text(
        "一份文档里同时有 {keys}。",
        "One document has {keys} together.",
        "用单独一行 `---` 把它们分成几份文档，每份各写 `version: 1`。",
        "Split it with a line `---`; each document starts with `version: 1`.",
    ),
    "document-not-a-map": Text(
        "这份文档不是由 `键: 值` 组成的。",
        "This document is not made of `key: value` lines.",
        "以 `version: 1` 开头，每行一个键。",
        "Start with `version: 1` and write one key a line.",
    ),
    "workspace-twice": Text(
        "工作区设置写了两次，第一次在 {first}。",
        "The workspace is described twice; first at {first}.",
        "合并成一份。",
        "Merge them into one document.",
    ),
}

_VALUES = {
    "value-missing": Text(
        "`{key}` 没有值。",
        "`{key}` has no value.",
        "写上值，或删除这一行。",
        "Give it a value, or delete the line.",
    ),
    "expected-text": Text(
        "`{key}` 应该是一段文字。",
        "`{key}` must be a text.",
        "写成 `键: 文字`，不要用列表或映射；含特殊符号时用引号括起来。",
        "Write `key: text`, no list or map; quote it if it holds special characters.",
    ),
    "expected-list": Text(
        "`{key}` 应该是一个列表。",
        "`{key}` must be a list.",
        "写成 `[甲, 乙]`；只有一项时可以直接写这一项。",
        "Write `[a, b]`; a single item may stand alone.",
    ),
    "expected-keys": Text(
        "`{key}` 应该是键的列表。",
        "`{key}` must be a list of keys.",
        "每个键写成一个列表，例如 `[[order_no], [shop, receipt]]`。",
        "Write each key as a list of columns: `[[order_no], [shop, receipt]]`.",
    ),
    "expected-map": Text(
        "`{key}` 应该是 `键: 值` 的映射。",
        "`{key}` must be a map.",
        "写成 `{{键: 值}}`，或换行缩进逐个写出。",
        "Write `{{key: value}}`, or one key a line, indented.",
    ),
    "expected-names": Text(
        "`{key}` 应该按名称逐个列出。",
        "`{key}` must list things under their names.",
        "写成 `名称: {{…}}`，每个名称一行，不要用 `-` 列表。",
        "Write `name: {{…}}`, one a line, not a `-` list.",
    ),
    "expected-wording": Text(
        "`{key}` 应该是文字，或者中英文对照。",
        "`{key}` must be a text or a text in both languages.",
        "写成 `{{zh: 净销售额, en: Net revenue}}`。",
        "Write `{{zh: 净销售额, en: Net revenue}}`.",
    ),
    "expected-flag": Text(
        "`{key}` 应该是 true 或 false，而不是 `{found}`。",
        "`{key}` must be true or false, not `{found}`.",
        "写 `true` 或 `false`，不加引号。",
        "Write `true` or `false` without quotes.",
    ),
    "expected-number": Text(
        "`{key}` 里的 `{found}` 不是有限的数字。",
        "`{found}` in `{key}` is not a finite number.",
        "写成 `12.5` 这样的数字，不加引号、千分位或单位；NaN 和无穷大都不允许。",
        "Write a number like `12.5` without quotes, separators or unit; NaN and infinity are refused.",
    ),
    "expected-band": Text(
        "`{key}` 应该是两个数字。",
        "`{key}` must be two numbers.",
        "写成 `[下限, 上限]`，例如 `[0.2, 0.35]`。",
        "Write `[low, high]`, such as `[0.2, 0.35]`.",
    ),
    "band-backwards": Text(
        "区间的下限 {low} 大于上限 {high}。",
        "The band starts at {low}, above its end {high}.",
        "交换两个数字。",
        "Swap the two numbers.",
    ),
    "band-missing": Text(
        "`{name}` 的方向是 band，却没有区间。",
        "`{name}` has the direction band but no band.",
        "补上 `band: [下限, 上限]`，或改用 up、down、none。",
        "Add `band: [low, high]`, or choose up, down or none.",
    ),
    "band-unused": Text(
        "`{name}` 写了区间，方向却是 {direction}。",
        "`{name}` has a band but its direction is {direction}.",
        "写上 `direction: band`，或删除 `band`。",
        "Write `direction: band`, or remove `band`.",
    ),
    "choice-unknown": Text(
        "`{key}` 不能是 `{found}`。",
        "`{key}` cannot be `{found}`.",
        "可选：{choices}。",
        "Choose one of: {choices}.",
    ),
    "item-twice": Text(
        "`{key}` 里 `{item}` 重复了。",
        "`{item}` stands twice in `{key}`.",
        "删除重复的一项。",
        "Remove one of them.",
    ),
    "language-unknown": Text(
        "`{key}` 里没有 `{language}` 这种语言。",
        "`{language}` is not a language of `{key}`.",
        "用 `zh` 写中文，用 `en` 写英文。",
        "Use `zh` for Chinese and `en` for English.",
    ),
    "time-zone-unknown": Text(
        "没有 `{zone}` 这个时区。",
        "There is no time zone `{zone}`.",
        "写 IANA 名称，例如 `Asia/Shanghai`、`UTC`。",
        "Use an IANA name such as `Asia/Shanghai` or `UTC`.",
    ),
    "measure-unqualified": Text(
        "`{measure}` 没有说明是哪个数据集的度量。",
        "`{measure}` does not say which dataset the measure belongs to.",
        "写成 `数据集.度量`，例如 `orders.amount`；算式请用 `derived`。",
        "Write `dataset.measure`, such as `orders.amount`; for arithmetic use `derived`.",
    ),
}

_NAMES = {
    "name-invalid": Text(
        "`{name}` 不能用作名称。",
        "`{name}` cannot be a name.",
        "名称由字母、汉字、数字和单个下划线组成，不以数字开头，例如 `{proposal}`。显示用的名称写在 `label` 里。",
        "Use letters, digits and single underscores, not starting with a digit, such as `{proposal}`. "
        "What people read goes into `label`.",
    ),
    "name-reserved": Text(
        "`{name}` 是保留字，不能用作名称。",
        "`{name}` is reserved and cannot be a name.",
        "换一个名称，例如 `{proposal}`。",
        "Choose another, such as `{proposal}`.",
    ),
    "name-too-long": Text(
        "名称 `{name}…` 太长。",
        "The name `{name}…` is too long.",
        "名称不超过 120 个字符，说明文字写在 `label` 或 `meaning` 里。",
        "Keep names within 120 characters; explanations go into `label` or `meaning`.",
    ),
    "name-full-width": Text(
        "名称 `{name}` 含有全角字符。",
        "The name `{name}` holds full-width characters.",
        "改用半角：`{proposal}`。",
        "Use the ordinary ones: `{proposal}`.",
    ),
    "definition-twice": Text(
        "{kind} `{name}` 已经在 {first} 定义过（`{other}`）。",
        "The {kind} `{name}` is already defined at {first} (as `{other}`).",
        "改名，或删除其中一个；只差大小写也算重名。",
        "Rename or remove one of them; names that differ only in case count as equal.",
    ),
    "name-is-entity": Text(
        "数据集 `{dataset}` 里的维度和实体都叫 `{name}`，实体在 {first}。",
        "In dataset `{dataset}` both a dimension and an entity are called `{name}`; the entity is at {first}.",
        "给维度改名，例如 `{name}_name`；按实体本身分组不需要另设维度。",
        "Rename the dimension, say `{name}_name`; grouping by the entity itself needs no dimension.",
    ),
}

_FILES = {
    "folder-missing": Text(
        "找不到目录 `{path}`。",
        "There is no folder `{path}`.",
        "检查路径；若要新建工作区，先建好目录并放入 .yml 文件。",
        "Check the path, or create the folder and put a .yml file in it.",
    ),
    "folder-empty": Text(
        "目录 `{path}` 里没有 .yml 或 .yaml 文件。",
        "There is no .yml or .yaml file in `{path}`.",
        "放入定义文件，或换一个目录；隐藏文件不会读取。",
        "Put definitions there or name another folder; hidden files are not read.",
    ),
    "file-unreadable": Text(
        "读不了文件 `{path}`: {reason}。",
        "The file `{path}` cannot be read: {reason}.",
        "检查文件权限，或它是否被其他程序占用。",
        "Check its permissions and whether another program holds it.",
    ),
    "file-unwritable": Text(
        "写不了 `{path}`: {reason}。",
        "`{path}` cannot be written: {reason}.",
        "换一个可以写的文件夹，或检查权限和剩余空间。",
        "Choose a folder that can be written, or check permissions and free space.",
    ),
    "file-refused": Text(
        "系统不让读写 `{path}`: {reason}。",
        "The system does not let `{path}` be read or written: {reason}.",
        "检查路径、权限和剩余空间，然后再运行一次。",
        "Check the path, its permissions and the free space, and run the command again.",
    ),
    "out-not-ours": Text(
        "{path} 里已有别的文件，不在其中生成目录。",
        "{path} holds other files: no catalog is written among them.",
        "换一个空文件夹，或以前生成过目录的文件夹。",
        "Name an empty folder, or one a catalog was written into before.",
    ),
}

TEXTS: dict[str, Text] = {**_YAML, **_KEYS, **_VALUES, **_NAMES, **_FILES, **kinds.TEXTS, **formats.TEXTS}
