"""Random numbers -> Chinese names of people and companies, phones, and the ways clerks get them wrong."""

from __future__ import annotations

import numpy as np

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂文辉玲华红建国玉梅海燕志鹏雪琳晨宇欣怡子涵浩然思博雅婷嘉俊峰晓东立新永康振兴"
BRAND_FIRST = "华中国新天金海东南长远宏恒泰德信诚安正瑞盛嘉博创智科联合众鼎启明康腾飞凯佳利万通精锐优蓝"
BRAND_SECOND = "信达科源创泰丰盛联通威能力邦瑞达安康顺宇辰星光帆越景升远博拓维智格尔特森迪诺"
TRADES = {
    "工业制造": ("机械制造", "自动化设备", "仪器仪表", "精密制造", "汽车零部件"),
    "智能家居": ("智能家居", "智能科技", "家居用品", "电子商务", "家电销售"),
    "楼宇工程": ("机电工程", "楼宇科技", "建筑智能化", "系统集成", "消防工程"),
    "能源电力": ("新能源", "电力设备", "环保科技", "石化装备", "储能科技"),
    "科研教育": ("检测技术", "仪器研究", "教育装备", "实验设备", "计量技术"),
}
FORMS = ("有限公司", "股份有限公司", "有限责任公司")
LOOKALIKES = {
    "华": "化",
    "信": "讯",
    "达": "大",
    "科": "课",
    "源": "原",
    "创": "闯",
    "泰": "太",
    "丰": "峰",
    "盛": "胜",
    "联": "连",
    "通": "同",
    "威": "伟",
    "能": "龙",
    "力": "利",
    "瑞": "端",
    "安": "按",
    "康": "唐",
    "宇": "于",
    "辰": "晨",
    "星": "兴",
    "远": "运",
    "博": "搏",
    "智": "知",
    "诚": "城",
    "宏": "红",
    "恒": "衡",
    "鼎": "顶",
    "嘉": "佳",
    "凯": "铠",
    "精": "晶",
}
"""Characters people type for others: same sound or same look."""


def people(random: np.random.Generator, count: int) -> list[str]:
    """Names of two or three characters."""
    first = random.integers(0, len(SURNAMES), count)
    given = random.integers(0, len(GIVEN), (count, 2))
    long_name = random.random(count) < 0.62
    return [
        SURNAMES[a] + GIVEN[b] + (GIVEN[c] if more else "")
        for a, (b, c), more in zip(first, given, long_name, strict=True)
    ]


def unique_people(random: np.random.Generator, count: int) -> list[str]:
    """Names without repetition, in the order drawn."""
    return list(dict.fromkeys(people(random, count * 2)))[:count]


def phones(random: np.random.Generator, count: int) -> list[str]:
    """Eleven-digit mobile numbers on prefixes that carriers do not assign to people, so nobody is rung."""
    tails = random.choice(100_000_000, count, replace=False)
    return [f"100{tail:08d}" for tail in tails]


def companies(random: np.random.Generator, cities: list[str], segments: list[str]) -> list[str]:
    """City + brand + trade + legal form; a repeated name gets a numeral the way registries demand."""
    count = len(cities)
    first = random.integers(0, len(BRAND_FIRST), count)
    second = random.integers(0, len(BRAND_SECOND), count)
    trade = random.integers(0, 5, count)
    form = random.choice(3, count, p=(0.8, 0.1, 0.1))
    seen: dict[str, int] = {}
    names = []
    for city, segment, a, b, t, f in zip(cities, segments, first, second, trade, form, strict=True):
        stem = city + BRAND_FIRST[a] + BRAND_SECOND[b]
        seen[stem] = seen.get(stem, 0) + 1
        numeral = "" if seen[stem] == 1 else "二三四五六七八九"[seen[stem] - 2]
        names.append(stem + numeral + TRADES[segment][t] + FORMS[f])
    return names


def misspell(name: str, way: int) -> str:
    """One of six habits: look-alike, dropped form, bracketed city, swapped characters, abbreviation, blanks."""
    match way % 6:
        case 0:
            for place, char in enumerate(name):
                if place >= 2 and char in LOOKALIKES:
                    return name[:place] + LOOKALIKES[char] + name[place + 1 :]
            return name.replace("有限公司", "有限责任公司")
        case 1:
            return name.replace("股份有限公司", "").replace("有限责任公司", "").replace("有限公司", "")
        case 2:
            return name[2:].replace("有限公司", f"({name[:2]})有限公司")
        case 3:
            return name[:2] + name[3] + name[2] + name[4:]
        case 4:
            return name[:6]
        case _:
            return f"{name[:4]} {name[4:]} "


def mistype(phone: str, way: int) -> str:
    """Habits of writing a phone: dashes, country code, two digits swapped, one lost, none at all."""
    match way % 5:
        case 0:
            return f"{phone[:3]}-{phone[3:7]}-{phone[7:]}"
        case 1:
            return "+86 " + phone
        case 2:
            return phone[:8] + phone[9] + phone[8] + phone[10:]
        case 3:
            return phone[:-1]
        case _:
            return ""
