"""Wording of the errors of the engine stage."""

from hedu.errors.texts.text import Text

TEXTS: dict[str, Text] = {
    "engine-unknown": Text(
        "没有名为 `{name}` 的引擎。",
        "There is no engine `{name}`.",
        "引擎地址以这些之一开头: {known}, 例如 duckdb:///warehouse。",
        "An engine URL begins with one of: {known}, for example duckdb:///warehouse.",
    ),
    "engine-missing-database": Text(
        "找不到数据库 `{name}`。",
        "There is no database `{name}`.",
        "检查引擎地址; 相对路径从工作区目录算起。",
        "Check the engine URL; a relative path starts at the workspace's folder.",
    ),
    "engine-unreachable": Text(
        "打不开数据库: {detail}",
        "The database cannot be opened: {detail}",
        "检查地址和权限; 若有其他程序正在写入它, 稍后再试。",
        "Check the address and its permissions; if another program is writing to it, try again later.",
    ),
    "engine-not-a-select": Text(
        "引擎只回答一条 SELECT。",
        "The engine answers one SELECT and nothing else.",
        "去掉其他语句。",
        "Leave out other statements.",
    ),
    "engine-timeout": Text(
        "查询超过 {seconds} 秒, 已停止。",
        "The question took longer than {seconds} seconds and was stopped.",
        "缩小时间范围、减少维度, 或请管理员放宽时限。",
        "Ask for a shorter range or fewer dimensions, or have the limit raised.",
    ),
    "engine-cancelled": Text(
        "查询已取消。",
        "The question was cancelled.",
        "需要时重新提问。",
        "Ask again when you need it.",
    ),
    "engine-missing-table": Text(
        "数据库里没有表 `{name}`。",
        "The database has no table `{name}`.",
        "先装入它的数据 (hedu import data 文件 --as {name}), 或改正数据集的 source。",
        "Load its data first (hedu import data FILE --as {name}), or mend the dataset's source.",
    ),
    "engine-missing-column": Text(
        "数据里没有列 `{name}`。",
        "The data have no column `{name}`.",
        "对照数据的列名, 改正数据集里的表达式。",
        "Mend the dataset's expression after the columns of the data.",
    ),
    "engine-out-of-memory": Text(
        "内存不够回答这个问题。",
        "There is not enough memory to answer this question.",
        "缩小范围, 或在引擎地址里放宽内存, 如 ?memory=4GB。",
        "Ask for less, or give the engine more memory in its URL, such as ?memory=4GB.",
    ),
    "engine-value-unfit": Text(
        "数据中有值超出范围或不能转换: {detail}",
        "A value is out of range or cannot be converted: {detail}",
        "检查数据集表达式里的类型转换与数据本身。",
        "Check the conversions in the dataset's expressions, and the data.",
    ),
    "engine-refused": Text(
        "数据库不接受这个查询: {detail}",
        "The database refused the query: {detail}",
        "检查数据集与指标里的表达式。",
        "Check the expressions of the dataset and the metric.",
    ),
    "engine-file-kind": Text(
        "文件 `{name}` 的类型不能直接读取。",
        "The file `{name}` is of a kind that cannot be read in place.",
        "可直接读取: {known}; 其他类型请先用 hedu import data 装入。",
        "Read in place: {known}; load other kinds with hedu import data.",
    ),
    "engine-missing-file": Text(
        "数据集 `{dataset}` 的文件 `{name}` 不存在。",
        "The file `{name}` of dataset `{dataset}` does not exist.",
        "路径从工作区目录算起, 请检查。",
        "Its path starts at the workspace's folder; check it.",
    ),
    "engine-no-history": Text(
        "这个数据库不保留历史版本, 不能按 {as_of} 回看。",
        "This database keeps no earlier versions, so it cannot answer as of {as_of}.",
        "去掉 as_of, 或用 Hedu 的仓库 (duckdb:///warehouse) 保存数据。",
        "Leave out as_of, or keep the data in Hedu's own warehouse (duckdb:///warehouse).",
    ),
}
