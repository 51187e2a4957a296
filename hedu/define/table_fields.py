"""Fields that several kinds of definitions have."""

from __future__ import annotations

from hedu.define.fields import Field, Free, Sql, Text, Texts, Version, Wording

VERSION = Field("version", Version(), "格式版本，固定为 1", "Version of the format: 1", required=True)
LABEL = Field("label", Wording(), "名称", "Name that people read")
MEANING = Field("meaning", Wording(), "口径：用一句大白话说明怎么算", "What it means, in plain words")
SYNONYMS = Field("synonyms", Texts(), "同义词，供搜索用", "Other names people search for")
OWNER = Field("owner", Text(), "负责部门", "Department that answers for it")
ID = Field("id", Text(), "永久编号，改名不变", "Permanent identity; survives a rename")
EXTRA = Field("x", Free(), "其他工具的扩展内容，原样保留", "Extensions of other tools, kept as they are")
WHERE = Field("where", Sql(), "业务限定：只计算满足条件的部分", "Only what fulfils this condition counts")
TABLE = Field("source", Text(), "数据表", "Table", attr="table")
FILE = Field("file", Text(), "数据文件，相对于工作区目录", "File, relative to the workspace")
SELECT = Field("select", Sql(), "一条 SELECT 语句", "A SELECT statement")
