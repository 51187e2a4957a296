"""Wording of the errors of the engine stage."""

from hedu.errors.texts.text import Text

TEXTS: dict[str, Text] = {
    "engine-unknown": Text(
        "没有名为 `{name}` 的引擎。",
        "There is no engine `{name}`.",
        "引擎地址以这些之一开头：{known}，例如 duckdb:///warehouse。",
        "An engine URL begins with one of: {known}, for example duckdb:///warehouse.",
    ),
    "engine-missing-database": Text(
        "找不到数据库 `{name}`。",
        "There is no database `{name}`.",
        "检查引擎地址；相对路径从工作区目录算起。",
        "Check the engine URL; a relative path starts at the workspace's folder.",
    ),
    "engine-unreachable": Text(
        "打不开数据库：{detail}",
        "The database cannot be opened: {detail}",
        "检查地址和权限；若有其他程序正在写入它，稍后再试。",
        "Check the address and its permissions; if another program is writing to it, try again later.",
    ),
    "engine-not-a-select": Text(
        "引擎只回答一条 SELECT。",
        "The engine answers one SELECT and nothing else.",
        "只写一条 SELECT（可带 WITH），去掉分号和其他语句。",
        "Write one SELECT (WITH is fine), without semicolons or other statements.",
    ),
    "engine-timeout": Text(
        "查询超过 {seconds} 秒，已停止。",
        "The question took longer than {seconds} seconds and was stopped.",
        "缩小时间范围、减少维度，或请管理员放宽时限。",
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
        "先装入它的数据（hedu import data 文件 --as {name}），或改正数据集的 source。相近的表：{near}",
        "Load its data first (hedu import data FILE --as {name}), or mend the dataset's source. A table of a similar name: {near}",
    ),
    "engine-missing-column": Text(
        "数据里没有列 `{name}`。",
        "The data have no column `{name}`.",
        "对照数据的列名，改正数据集里的表达式。",
        "Mend the dataset's expression after the columns of the data.",
    ),
    "engine-out-of-memory": Text(
        "内存不够回答这个问题。",
        "There is not enough memory to answer this question.",
        "缩小范围，或在引擎地址里放宽内存，如 ?memory=4GB。",
        "Ask for less, or give the engine more memory in its URL, such as ?memory=4GB.",
    ),
    "engine-value-unfit": Text(
        "数据中有值超出范围或不能转换：{detail}",
        "A value is out of range or cannot be converted: {detail}",
        "检查数据集表达式里的类型转换与数据本身。",
        "Check the conversions in the dataset's expressions, and the data.",
    ),
    "engine-refused": Text(
        "数据库不接受这个查询：{detail}",
        "The database refused the query: {detail}",
        "检查数据集与指标里的表达式。",
        "Check the expressions of the dataset and the metric.",
    ),
    "engine-file-kind": Text(
        "文件 `{name}` 的类型不能直接读取。",
        "The file `{name}` is of a kind that cannot be read in place.",
        "可直接读取：{known}；其他类型请先用 hedu import data 装入。",
        "Read in place: {known}; load other kinds with hedu import data.",
    ),
    "engine-missing-file": Text(
        "数据集 `{dataset}` 的文件 `{name}` 不存在。",
        "The file `{name}` of dataset `{dataset}` does not exist.",
        "路径从工作区目录算起，请检查。",
        "Its path starts at the workspace's folder; check it.",
    ),
    "engine-no-history": Text(
        "这个数据库不保留历史版本，不能按 {as_of} 回看。",
        "This database keeps no earlier versions, so it cannot answer as of {as_of}.",
        "去掉 as_of, 或用 Hedu 的仓库 (duckdb:///warehouse) 保存数据。",
        "Leave out as_of, or keep the data in Hedu's own warehouse (duckdb:///warehouse).",
    ),
    "warehouse-broken": Text(
        "仓库 `{folder}` 的目录文件读不通：{detail}",
        "The manifest of warehouse `{folder}` cannot be read: {detail}",
        "从备份恢复 manifest.json, 或清空这个文件夹后重新装入数据。",
        "Restore manifest.json from a backup, or empty the folder and load the data again.",
    ),
    "warehouse-busy": Text(
        "另一个装入正在进行，等了 {seconds} 秒仍未结束。",
        "Another load is under way and did not end within {seconds} seconds.",
        "稍后重试；没有任何数据被改动。",
        "Try again later; nothing was changed.",
    ),
    "engine-before-history": Text(
        "最早的数据版本是 {earliest}，不能按 {as_of} 回看。",
        "The earliest version of the data is of {earliest}; they cannot be seen as of {as_of}.",
        "选一个不早于 {earliest} 的时刻。",
        "Choose a moment not before {earliest}.",
    ),
    "engine-moment-unread": Text(
        "看不懂时刻 `{as_of}`。",
        "`{as_of}` is no moment that can be read.",
        "写成 2026-03-31 或 2026-03-31T18:00。",
        "Write 2026-03-31 or 2026-03-31T18:00.",
    ),
    "engine-overflow": Text(
        "计算结果超出数值范围：{detail}",
        "A result is out of the range of its type: {detail}",
        "在表达式里转换成更大的类型，如 cast(x as double), 或检查数据里的异常值。",
        "Convert to a wider type in the expression, such as cast(x as double), or look for wild values in the data.",
    ),
    "engine-option-unfit": Text(
        "引擎地址的选项 `{name}` 的值 `{value}` 不可用。",
        "The option `{name}` of the engine URL has the unusable value `{value}`.",
        "可用的选项: memory=2GB、threads=2、timeout=60。",
        "Options are memory=2GB, threads=2 and timeout=60.",
    ),
    "engine-closed": Text(
        "引擎已经关闭。",
        "The engine is closed.",
        "重新打开工作区再提问。",
        "Open the workspace again and ask anew.",
    ),
    "engine-restless": Text(
        "数据一直在变：问了 {tries} 次，每次途中都有新的数据版本。",
        "The data never stood still: in {tries} tries a new version arrived under way each time.",
        "等正在进行的载入结束再问。",
        "Wait for the loads under way to end, and ask again.",
    ),
    "engine-broken-file": Text(
        "数据文件读不出来：{detail}",
        "A data file cannot be read: {detail}",
        "用 hedu import data 装入它：那里会识别编码并指出坏行。",
        "Load it with hedu import data, which recognises encodings and points at broken lines.",
    ),
    "warehouse-elsewhere": Text(
        "这个站点的数据在另一个数据库里，不在合度的仓库里。",
        "The data of this site are in another database, not in Hedu's own warehouse.",
        "用那个数据库自己的工具装入；要用内嵌仓库，就不要设 HEDU_ENGINE。",
        "Load them with that database's own tools; leave HEDU_ENGINE unset to use the warehouse that comes with Hedu.",
    ),
    "warehouse-full": Text(
        "仓库写不进去：{detail}",
        "The warehouse cannot be written: {detail}",
        "检查磁盘空间和目录权限；原有数据没有变化。",
        "Check the disk's space and the folder's permissions; the former data are unchanged.",
    ),
    "engine-reads-no-files": Text(
        "这个引擎不能就地读取数据集 `{name}` 的文件。",
        "This engine cannot read the file of dataset `{name}` in place.",
        "把文件装进这个数据库，再让数据集的 source 指向那张表；就地读文件只有 DuckDB 可以。",
        "Load the file into this database and point the dataset's source at that table; only DuckDB reads files in place.",
    ),
    "rollup-needs-warehouse": Text(
        "预汇总表只能建在合度自己的数据仓库（装入的数据）里，这里没有。",
        "Rollups are built in Hedu's own warehouse, from data that were loaded; there is none here.",
        "先用 `hedu import data` 装入数据。其他数据库请用它自己的物化视图。",
        "Load the data with `hedu import data` first. In other databases, use their own materialized views.",
    ),
    "rollup-outside-warehouse": Text(
        "预汇总表 `{name}` 要读的 {tables} 没有装入数据仓库，无法知道它们何时改变。",
        "Rollup `{name}` reads {tables}, which are not loaded into the warehouse: nobody would know when they change.",
        "用 `hedu import data` 装入这些表，或去掉这张预汇总表。",
        "Load those tables with `hedu import data`, or remove the rollup.",
    ),
}
