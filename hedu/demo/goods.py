"""What the company makes: forty sensors in five product lines, with list price and cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hedu.demo.dates import Floats, Ints, rng

LINES = ("温湿度传感器", "压力传感器", "气体传感器", "智能家居套件", "工业网关")
LINE_CODES = ("TH", "PR", "GS", "HM", "GW")
LINE_LEVEL = (180.0, 420.0, 560.0, 330.0, 1450.0)
LINE_MARGIN = (0.40, 0.43, 0.45, 0.34, 0.41)
LINE_SHARE = (0.30, 0.21, 0.16, 0.22, 0.11)
SERIES = ("标准型", "增强型", "防爆型", "无线型", "低功耗型", "高精度型", "微型", "工业级")


@dataclass(frozen=True, slots=True)
class Goods:
    """Parallel columns, one entry per product. Prices in fen, without tax."""

    code: list[str]
    name: list[str]
    line: Ints
    list_price: Ints
    cost: Ints
    popularity: Floats
    launched: list[str]


def make_goods(seed: int) -> Goods:
    """Eight series in each of five lines; margins before discount between 33 and 47 %."""
    random = rng(seed, "goods")
    line = np.repeat(np.arange(5), 8)
    series = np.tile(np.arange(8), 5)
    price = np.array(LINE_LEVEL)[line] * (0.75 + 0.12 * series) * random.uniform(0.92, 1.08, 40)
    margin = np.array(LINE_MARGIN)[line] + random.uniform(-0.015, 0.015, 40)
    popularity = np.array(LINE_SHARE)[line] * random.dirichlet(np.full(8, 6.0), 5).ravel()
    list_price = np.round(price).astype(np.int64) * 100
    years = random.integers(2018, 2024, 40)
    return Goods(
        code=[f"{LINE_CODES[k]}-{100 + s * 10}" for k, s in zip(line, series, strict=True)],
        name=[SERIES[s] + LINES[k] for k, s in zip(line, series, strict=True)],
        line=line,
        list_price=list_price,
        cost=np.round(list_price * (1 - margin)).astype(np.int64),
        popularity=popularity / popularity.sum(),
        launched=[f"{y}-{1 + (i * 5) % 12:02d}-01" for i, y in enumerate(years)],
    )
