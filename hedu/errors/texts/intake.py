"""Wording of the errors of the intake stage: sources that cannot be read as they are."""

from hedu.errors.texts.text import Text

TEXTS: dict[str, Text] = {
    "load-option-unknown": Text(
        "{place} 里没有选项 `{name}`。",
        "{place} has no option `{name}`.",
        "是不是想写：{near}？可用：{known}。",
        "Did you mean: {near}? Options are: {known}.",
    ),
    "load-option-wrong": Text(
        "{place} 的选项 `{name}` 不能是 `{value}`。",
        "The option `{name}` of {place} cannot be `{value}`.",
        "可用：{known}。",
        "Use one of: {known}.",
    ),
    "load-manifest-wrong": Text(
        "装入清单 `{name}` 读不通：{detail}",
        "The load manifest `{name}` cannot be read: {detail}",
        "写成 version: 1 和 loads 列表，每项至少有 file 与 table。",
        "Write version: 1 and a list `loads`, each with at least `file` and `table`.",
    ),
    "table-name-wrong": Text(
        "表名 `{name}` 不合适。",
        "`{name}` is no table name.",
        "写成 名称 或 模式.名称，由字母、数字、下划线组成，如 erp.orders。",
        "Write a name or schema.name of letters, digits and underscores, such as erp.orders.",
    ),
    "questions-unreadable": Text(
        "提问清单 `{name}` 读不通：{detail}",
        "The list of questions `{name}` cannot be read: {detail}",
        "写成 UTF-8 的 YAML 或 JSON 列表，每项是一个问题，如 {{metrics: [revenue], by: [region], times: 20}}。",
        "Write a YAML or JSON list in UTF-8, each item a question, as in "
        "{{metrics: [revenue], by: [region], times: 20}}.",
    ),
    "file-missing": Text(
        "文件 `{name}` 不存在。",
        "There is no file `{name}`.",
        "检查路径；清单里的路径从清单所在目录算起。",
        "Check the path; in a manifest it starts at the manifest's folder.",
    ),
    "file-kind-unknown": Text(
        "看不出文件 `{name}` 是什么类型。",
        "The kind of the file `{name}` is not known.",
        "用选项 format 说明: csv、excel、parquet、json 或 sqlite。",
        "Say it with the option `format`: csv, excel, parquet, json or sqlite.",
    ),
    "file-empty": Text(
        "文件 `{name}` 里没有数据。",
        "The file `{name}` holds no data.",
        "换一个有内容的文件；仓库里的数据没有改动。",
        "Give a file with rows; the warehouse was not changed.",
    ),
    "file-binary": Text(
        "文件 `{name}` 不是文本。",
        "The file `{name}` is not text.",
        "若是 Excel 或 Parquet，请用正确的扩展名或选项 format。",
        "If it is Excel or Parquet, give it the right ending or the option `format`.",
    ),
    "file-broken": Text(
        "文件 `{name}` 不是完好的 {kind} 文件：{detail}",
        "The file `{name}` is no sound {kind} file: {detail}",
        "重新导出或重新上传这个文件。",
        "Export or upload the file again.",
    ),
    "file-unpacks-too-large": Text(
        "文件 `{name}` 解压后过大。",
        "The file `{name}` is too large once unpacked.",
        "拆成几个文件，或导出为 CSV、Parquet。",
        "Split it, or export it as CSV or Parquet.",
    ),
    "encoding-unknown": Text(
        "没有名为 `{encoding}` 的编码（文件 `{name}`）。",
        "There is no encoding `{encoding}` (file `{name}`).",
        "常用：utf-8、gb18030、utf-16、big5；不写则自动识别。",
        "Common ones: utf-8, gb18030, utf-16, big5; left out, it is found out.",
    ),
    "encoding-wrong": Text(
        "文件 `{name}` 第 {line} 行不是 {encoding} 编码。",
        "Line {line} of the file `{name}` is not {encoding}.",
        "用选项 encoding 说明编码，或另存为 UTF-8。",
        "Say the encoding with the option `encoding`, or save the file as UTF-8.",
    ),
    "header-missing": Text(
        "文件 `{name}` 没有第 {row} 行，找不到表头。",
        "The file `{name}` has no row {row}, where the header should be.",
        "用选项 header_row 说明表头所在行，没有表头写 0。",
        "Say the header's row with the option `header_row`, 0 for none.",
    ),
    "columns-twice": Text(
        "文件 `{name}` 的列名重复或为空：{columns}。",
        "The file `{name}` has columns without a name of their own: {columns}.",
        "改成各不相同的列名；若表头不在第一行，用选项 header_row 说明。",
        "Give each column its own name; if the header is not the first row, say so with `header_row`.",
    ),
    "columns-too-many": Text(
        "文件 `{name}` 有 {count} 列，超过上限 {most}。",
        "The file `{name}` has {count} columns; {most} is the most.",
        "检查分隔符是否正确（选项 separator），或去掉多余的列。",
        "Check the separator (option `separator`), or leave columns out.",
    ),
    "field-too-long": Text(
        "文件 `{name}` 第 {line} 行有过长的字段或没有闭合的引号：{detail}",
        "Line {line} of the file `{name}` has a field that is too long or a quote that never ends: {detail}",
        "检查这一行的引号。",
        "Check the quotes of that line.",
    ),
    "column-missing": Text(
        "文件 `{name}` 里没有列 `{column}`。",
        "The file `{name}` has no column `{column}`.",
        "是不是想写：{near}？它的列有：{known}。",
        "Did you mean: {near}? Its columns are: {known}.",
    ),
    "column-type-unfit": Text(
        "列 `{column}` 的值不能都转成 {type}: {detail}",
        "The values of `{column}` cannot all become {type}: {detail}",
        "改正声明的类型，或改正数据。",
        "Mend the declared type, or the data.",
    ),
    "too-many-rejects": Text(
        "`{name}` 的 {rows} 行里有 {count} 行不合格，没有装入任何数据。第一处：第 {line} 行 {column} {value}, {reason}。",
        "{count} of the {rows} rows of `{name}` do not fit; nothing was loaded. The first: line {line} {column} {value}, {reason}.",
        "改正数据或声明的类型；确认可以丢弃这些行时，提高 max_rejects。",
        "Mend the data or the declared types; raise `max_rejects` if those rows may be left out.",
    ),
    "sheet-missing": Text(
        "文件 `{name}` 里没有工作表 `{sheet}`。",
        "The file `{name}` has no sheet `{sheet}`.",
        "是不是想写：{near}？它的工作表有：{known}。",
        "Did you mean: {near}? Its sheets are: {known}.",
    ),
    "source-table-missing": Text(
        "`{name}` 里没有表 `{table}`。",
        "`{name}` has no table `{table}`.",
        "用选项 source_table 指明；它的表有：{known}。是不是想写：{near}？",
        "Say it with the option `source_table`; its tables are: {known}. Did you mean: {near}?",
    ),
    "header-looks-like-data": Text(
        "文件 `{name}` 的第一行像数据而不像表头：{value}",
        "The first row of the file `{name}` looks like data rather than a header: {value}",
        "没有表头请写 header_row: 0 (可用 names 给列命名)；若它确是表头，写 header_row: 1。",
        "Write `header_row: 0` if there is no header (`names` names the columns), `header_row: 1` if this is one.",
    ),
    "source-unreachable": Text(
        "连不上或读不了数据库 {name}: {detail}",
        "The database {name} cannot be reached or read: {detail}",
        "检查地址、账号和权限，以及网络是否可达。",
        "Check the address, the account and its rights, and the network.",
    ),
    "driver-missing": Text(
        "没有安装 {name} 的驱动。",
        "The driver for {name} is not installed.",
        "安装它: pip install 'hedu[{extra}]'。",
        "Install it: pip install 'hedu[{extra}]'.",
    ),
    "extra-missing": Text(
        "这里要用到 {name}，还没有安装。",
        "This needs {name}, which is not installed.",
        "一起安装它要用的：pip install 'hedu[{extra}]'。",
        "Install all that it needs: pip install 'hedu[{extra}]'.",
    ),
}
