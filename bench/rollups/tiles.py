"""What a dashboard of sales asks: figures of the year, courses, comparisons, splits, the first ten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_1997: Mapping[str, Any] = {"since": "1997", "until": "1997"}
NATION, SEGMENT = "customer.nation.name", "customer.segment"

TILES: tuple[Mapping[str, Any], ...] = (
    {"metrics": ["revenue"], **_1997},
    {"metrics": ["orders"], **_1997},
    {"metrics": ["discount_rate"], **_1997},
    {"metrics": ["average_order_value"], **_1997},
    {"metrics": ["revenue"], "by": ["metric_time.month"], "compare": ["last_year"]},
    {"metrics": ["orders"], "by": ["metric_time.month"], "compare": ["previous"], **_1997},
    {"metrics": ["revenue_year_to_date"], "by": ["metric_time.month"], **_1997},
    {"metrics": ["discount_rate"], "by": ["metric_time.quarter"]},
    {"metrics": ["revenue"], "by": [NATION], "order": ["-revenue"], "limit": 10, **_1997},
    {"metrics": ["revenue"], "by": [NATION, "metric_time.year"]},
    {"metrics": ["orders"], "by": [NATION], **_1997},
    {"metrics": ["revenue"], "by": [SEGMENT], "totals": True, **_1997},
    {"metrics": ["average_order_value"], "by": [SEGMENT, "metric_time.year"]},
    {"metrics": ["discount_rate"], "by": [SEGMENT, "metric_time.year"]},
    {"metrics": ["revenue"], "by": ["ship_mode"], **_1997},
    {"metrics": ["discount_rate"], "by": ["ship_mode"], "where": ["ship_mode in ('AIR', 'RAIL', 'TRUCK')"]},
    {"metrics": ["gross", "discounts"], "by": ["ship_mode", "metric_time.quarter"]},
    {"metrics": ["orders"], "by": ["priority"], **_1997},
    {"metrics": ["orders"], "by": ["priority", "metric_time.quarter"], "where": [f"{SEGMENT} = 'BUILDING'"]},
    {"metrics": ["supply_cost"], "by": ["supplier.nation.name"], "order": ["-supply_cost"]},
)
