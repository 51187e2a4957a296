"""Where the company sells: regions, provinces, cities, channels, segments, with their weights."""

from __future__ import annotations

REGIONS = ("华东", "华北", "华南", "华中", "西南", "西北", "东北")
REGION_WEIGHTS = (0.30, 0.17, 0.19, 0.12, 0.11, 0.06, 0.05)
CITIES: tuple[tuple[str, str, str], ...] = (
    ("华东", "上海", "上海"),
    ("华东", "江苏", "苏州"),
    ("华东", "江苏", "南京"),
    ("华东", "浙江", "杭州"),
    ("华东", "浙江", "宁波"),
    ("华东", "安徽", "合肥"),
    ("华东", "山东", "青岛"),
    ("华北", "北京", "北京"),
    ("华北", "天津", "天津"),
    ("华北", "河北", "石家庄"),
    ("华北", "山西", "太原"),
    ("华南", "广东", "深圳"),
    ("华南", "广东", "广州"),
    ("华南", "广东", "东莞"),
    ("华南", "福建", "厦门"),
    ("华南", "广西", "南宁"),
    ("华中", "湖北", "武汉"),
    ("华中", "湖南", "长沙"),
    ("华中", "河南", "郑州"),
    ("西南", "四川", "成都"),
    ("西南", "重庆", "重庆"),
    ("西南", "云南", "昆明"),
    ("西南", "贵州", "贵阳"),
    ("西北", "陕西", "西安"),
    ("西北", "甘肃", "兰州"),
    ("西北", "新疆", "乌鲁木齐"),
    ("东北", "辽宁", "沈阳"),
    ("东北", "辽宁", "大连"),
    ("东北", "吉林", "长春"),
    ("东北", "黑龙江", "哈尔滨"),
)
"""Region, province, city."""
CHANNELS = ("直销", "经销商", "电商", "海外")
CHANNEL_WEIGHTS = (0.36, 0.34, 0.22, 0.08)
SEGMENTS = ("工业制造", "智能家居", "楼宇工程", "能源电力", "科研教育")
SEGMENT_WEIGHTS = (0.34, 0.26, 0.20, 0.13, 0.07)
GRADES = ("A", "B", "C")
GRADE_WEIGHTS = (0.12, 0.33, 0.55)
WAREHOUSES = ("苏州仓", "东莞仓", "武汉仓", "成都仓")
WAREHOUSE_OF_REGION = {"华东": 0, "东北": 0, "华北": 0, "华南": 1, "华中": 2, "西北": 2, "西南": 3}
PLANTS = ("苏州一厂", "苏州二厂", "东莞工厂")

DEPARTMENTS: tuple[tuple[str, str, str], ...] = (
    ("marketing", "市场", "Marketing"),
    ("sales", "销售", "Sales"),
    ("product", "产品", "Product"),
    ("rnd", "研发", "R&D"),
    ("service", "客服", "Service"),
    ("finance", "财务", "Finance"),
    ("hr", "人力", "HR"),
    ("operations", "运营", "Operations"),
)
"""Name, Chinese, English; all below the company itself."""
DEPARTMENT_ZH = {name: zh for name, zh, _ in DEPARTMENTS}
